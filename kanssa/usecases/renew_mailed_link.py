from contextlib import suppress
from datetime import datetime
from uuid import UUID

from kanssa.accounts.links import new_link
from kanssa.applications.address_troubles import Side, is_heard_at
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite
from kanssa.applications.keeping import keep, locked
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NotAllowedNow
from kanssa.applications.states import Deed
from kanssa.evidence.record import record
from kanssa.messages.delivery import UNSENT, Delivery, Reason, Verdict
from kanssa.messages.letters import Topic, contents_of, letter_about, lookup_of, write_letter
from kanssa.messages.models import Message
from kanssa.messages.progress import cancel, give_up, is_too_old
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor

_OF_ACCOUNTS = (Topic.ACCOUNT_LINK, Topic.PASSWORD_LINK)


@use_case
def renew_mailed_link(*, message_id: UUID, actor: Actor, now: datetime) -> bool:
    """Write a message with a new link in place of one whose link ended while it waited.

    Gives whether there is one; else the message is set aside. A draft that is gone has no new link.
    """
    household = _locked_household_of(letter_about(message_id), now)
    message = Message.objects.select_for_update().filter(pk=message_id, delivery__in=UNSENT).first()
    if message is None:
        return False
    is_renewed = not is_too_old(message, now=now) and _renew(message, household, now)
    if is_renewed:
        cancel(message, Reason.LINK_REPLACED, now=now)
    else:
        give_up(message, Verdict(Delivery.SET_ASIDE, Reason.LINK_ENDED), now=now)
    record(
        "link-renewed" if is_renewed else "link-ended",
        actor=actor,
        now=now,
        application_id=message.application_id,
        applicant_id=message.applicant_id,
        message=str(message.pk),
    )
    return is_renewed


def _locked_household_of(applicant_id: UUID | None, now: datetime) -> Household | None:
    place = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(place.application_id, now=now) if place else None


def _renew(message: Message, household: Household | None, now: datetime) -> bool:
    if message.topic in _OF_ACCOUNTS:
        return _renew_account_link(message, now)
    if message.topic == Topic.INVITATION and household is not None:
        return _invite_again(household, message)
    return False


def _renew_account_link(message: Message, now: datetime) -> bool:
    """The new message is tried no longer than the old one would be."""
    address, says = contents_of(message)
    cause = f"account-link:{lookup_of(address).hex()}:{now.isoformat()}"
    write_letter(
        Topic(message.topic),
        cause=cause,
        address=address,
        language=message.language,
        says={**says, "token": new_link(address, language=message.language, now=now)},
        now=now,
    )
    Message.objects.filter(cause=cause).update(trying_since=message.trying_since)
    return True


def _invite_again(household: Household, message: Message) -> bool:
    """The time to confirm that the message told of has passed, and another has begun."""
    place = household.applicants.get(message.applicant_id) if message.applicant_id else None
    with suppress(NotAllowedNow):
        household.require(Deed.RESEND)
        if place is not None and household.can_be_invited(place.pk) and _is_heard(household, place):
            invite(household, place)
            keep(household)
            return True
    return False


def _is_heard(household: Household, place: Applicant) -> bool:
    return is_heard_at(place, household.typed_facts_of(place.pk)["email"], side=Side.TYPED)
