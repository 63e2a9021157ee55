from contextlib import suppress
from datetime import datetime
from uuid import UUID

from kanssa.accounts.password_links import new_link
from kanssa.applications.aggregate.address_troubles import Side, accepts_mail_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.applications.refusals import NotAllowedNow
from kanssa.applications.states import Action
from kanssa.applications.transitions.invitations import invite
from kanssa.applications.transitions.locking import locked
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.messages.delivery_states import UNSENT, Delivery, DeliveryReason, Verdict
from kanssa.messages.models import Message
from kanssa.messages.queue import applicant_of_message, email_lookup_of, queue_message, read_contents
from kanssa.messages.topics import Topic
from kanssa.messages.transitions import cancel, give_up, is_too_old
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor

_OF_ACCOUNTS = (Topic.ACCOUNT_LINK, Topic.PASSWORD_LINK)


@use_case(Action.RENEW_LINK)
def renew_mailed_link(*, message_id: UUID, actor: Actor, now: datetime) -> bool:
    """Queue a message with a new link instead of one whose link ended while it waited.

    Tells whether it did; else the message is set aside. A deleted draft gets no new link.
    """
    application = _locked_application_of(applicant_of_message(message_id), now)
    message = Message.objects.select_for_update().filter(pk=message_id, delivery__in=UNSENT).first()
    if message is None:
        return False
    # A message that is too old would arrive out of context.
    is_renewed = not is_too_old(message, now=now) and _renew(message, application, now)
    if is_renewed:
        cancel(message, DeliveryReason.LINK_REPLACED, now=now)
    else:
        give_up(message, Verdict(Delivery.SET_ASIDE, DeliveryReason.LINK_ENDED), now=now)
    record(
        EventKind.LINK_RENEWED if is_renewed else EventKind.LINK_ENDED,
        actor=actor,
        now=now,
        application_id=message.application_id,
        applicant_id=message.applicant_id,
        message=str(message.pk),
    )
    return is_renewed


def _locked_application_of(applicant_id: UUID | None, now: datetime) -> LoadedApplication | None:
    applicant = Applicant.objects.filter(pk=applicant_id).first() if applicant_id else None
    return locked(applicant.application_id, now=now) if applicant else None


def _renew(message: Message, application: LoadedApplication | None, now: datetime) -> bool:
    if message.topic in _OF_ACCOUNTS:
        return _renew_account_link(message, now)
    if message.topic == Topic.INVITATION and application is not None:
        return _invite_again(application, message)
    return False


def _renew_account_link(message: Message, now: datetime) -> bool:
    address, payload = read_contents(message)
    cause = f"account-link:{email_lookup_of(address).hex()}:{now.isoformat()}"
    queue_message(
        Topic(message.topic),
        cause=cause,
        address=address,
        language=message.language,
        payload={**payload, "token": new_link(address, language=message.language, now=now)},
        now=now,
    )
    # The new message is not tried for longer than the old one would have been.
    Message.objects.filter(cause=cause).update(trying_since=message.trying_since)
    return True


def _invite_again(application: LoadedApplication, message: Message) -> bool:
    # The time to confirm in the old message may have passed, and another has begun.
    applicant = application.applicants.get(message.applicant_id) if message.applicant_id else None
    with suppress(NotAllowedNow):
        application.require(Action.RESEND)
        if (
            applicant is not None
            and application.can_be_invited(applicant.pk)
            and _accepts_mail(application, applicant)
        ):
            invite(application, applicant)
            save(application)
            return True
    return False


def _accepts_mail(application: LoadedApplication, applicant: Applicant) -> bool:
    return accepts_mail_at(applicant, application.typed_facts_of(applicant.pk)["email"], side=Side.TYPED)
