"""Decide which message goes to which applicant when something happens to an application."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.accounts.applicant_account import mailbox_of
from kanssa.accounts.visitor_limits import may_message
from kanssa.applications.aggregate.address_troubles import Side
from kanssa.applications.aggregate.addresses import addresses_of, has_given, has_typed, own_mailbox
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.version_view import latest_facts_of
from kanssa.applications.aggregate.visibility import light_changes_visible_to
from kanssa.applications.content.content import Facts, first_name
from kanssa.applications.models import Applicant, Invitation
from kanssa.applications.notifications.recipients import (
    invited_recipients,
    is_notified,
    known_recipients,
    notify,
    notify_known,
    queue_for,
    queue_for_each,
)
from kanssa.identification.sessions import Identified
from kanssa.messages.queue import cancel_messages_to, count_messages_to, has_message_since, queue_message
from kanssa.messages.topics import Topic


def notify_received(loaded: LoadedApplication) -> None:
    main = loaded.facts_of(loaded.main_applicant.pk)
    # No person has identified yet, so the address may be anyone's: it gets a few messages a day at most.
    since = loaded.now - timedelta(days=1)
    if (
        count_messages_to(main.get("email", ""), topic=Topic.RECEIVED, since=since)
        >= settings.MAX_DAILY_RECEIPT_MESSAGES
    ):
        return
    # Counted with all that strangers cause to one mailbox, whatever the topic.
    if not may_message(main.get("email", ""), now=loaded.now):
        return
    content = loaded.current.content
    others = [content.adults[adult] for adult in content.co_applicant_ids]
    mailed = [bool(facts.get("email")) for facts in others if not facts.get("by_hand")]
    notify(
        loaded,
        loaded.main_applicant.pk,
        Topic.RECEIVED,
        cause="received",
        have_email=any(mailed),
        lack_email=not all(mailed),
        by_hand=any(facts.get("by_hand") for facts in others),
    )


def notify_all_confirmed(loaded: LoadedApplication) -> None:
    cause = f"all-confirmed:{loaded.current.version.pk}:{loaded.now.isoformat()}"
    for adult in loaded.current.digests:
        notify(loaded, adult, Topic.ALL_CONFIRMED, cause=cause)


def notify_confirmed_elsewhere(loaded: LoadedApplication, *, leavers: set[UUID], cause: str) -> None:
    for applicant in known_recipients(loaded):
        if applicant.person_id not in leavers:
            notify(loaded, applicant.pk, Topic.CONFIRMED_ELSEWHERE, cause=f"elsewhere:{cause}")


def notify_replaced(loaded: LoadedApplication, *, cause: str) -> None:
    notify_known(loaded, Topic.REPLACED, cause=f"replaced:{cause}")


def notify_fallen_back(loaded: LoadedApplication, *, excluding: UUID | None, cause: str) -> None:
    for applicant in known_recipients(loaded):
        if applicant.pk != excluding:
            notify(loaded, applicant.pk, Topic.FALLEN_BACK, cause=f"fallen-back:{cause}")


def notify_time_extended(loaded: LoadedApplication, *, cause: str) -> None:
    """Write to the adults whose confirmation is missing: until when they can confirm now."""
    for applicant in known_recipients(loaded):
        if applicant.pk in loaded.current.digests and loaded.confirmation_of(applicant.pk) is None:
            notify(loaded, applicant.pk, Topic.TIME_EXTENDED, cause=f"extended:{cause}")


def notify_withdrawn(loaded: LoadedApplication, *, excluding: UUID | None) -> None:
    for applicant in {
        applicant.pk: applicant for applicant in (*known_recipients(loaded), *invited_recipients(loaded))
    }.values():
        if applicant.pk != excluding:
            # At the typed address an adult who declined gets the same as one who did not.
            to_own = is_notified(loaded, applicant)
            notify(loaded, applicant.pk, Topic.WITHDRAWN, cause="withdrawn", to_own=to_own, to_invited=True)


def notify_removed(loaded: LoadedApplication, applicant: Applicant) -> None:
    if not applicant.takes_messages:
        return
    facts = latest_facts_of(applicant)
    # Removed adults have no current answers: the last ones tell where they were written to.
    typed = loaded.typed_answers.get(applicant.pk)
    is_invited = Invitation.objects.filter(applicant=applicant).exists()
    cause = f"removed:{loaded.current.version.pk}"
    reached = addresses_of(loaded, applicant, facts, typed.facts if typed else facts, is_invited=is_invited)
    queue_for_each(loaded, applicant, reached, Topic.REMOVED, cause=cause)


def notify_change(loaded: LoadedApplication, adults: Iterable[UUID], *, excluding: UUID | None) -> None:
    for adult in adults:
        applicant = loaded.applicants.get(adult)
        if adult == excluding or applicant is None or not applicant.person_id:
            continue
        # An adult who declined an earlier change is asked again.
        if applicant.declined_at is not None:
            applicant.declined_at = None
            applicant.save(update_fields=["declined_at"])
        # Of several changes in a row only the first is announced: the page shows the latest version anyway.
        if not _was_just_notified_of_change(loaded, applicant):
            notify(loaded, adult, Topic.CHANGE, cause=f"change:{loaded.current.version.pk}")


def notify_wishes_changed(loaded: LoadedApplication, *, excluding: UUID | None) -> None:
    """Write to the adults who have confirmed: a light change of the household, and nothing of its contents.

    Only if something differs from what they confirmed or last read. Of several changes in a row only the
    first is announced, until the adult has read them.
    """
    for adult in loaded.current.digests:
        applicant = loaded.applicants[adult]
        if adult == excluding or not light_changes_visible_to(adult, loaded):
            continue
        if is_notified(loaded, applicant) and not _was_just_notified_of_wishes(loaded, applicant):
            notify(loaded, adult, Topic.WISHES_CHANGED, cause=f"wishes:{loaded.current.version.pk}")


def notify_contact_changed(loaded: LoadedApplication, applicant_id: UUID, before: Facts) -> None:
    address = before.get("email")
    if not address or address == loaded.facts_of(applicant_id).get("email"):
        return
    applicant = loaded.applicants[applicant_id]
    is_given = has_given(loaded, applicant, address)
    # Waiting messages to an address that another applicant alone typed are not this adult's to cancel.
    if is_given or not loaded.controls_own_details(applicant_id):
        cancel_messages_to(address, applicant_id=applicant_id, now=loaded.now)
    if is_given:
        cause = f"contact-changed:{loaded.current.version.pk}"
        queue_for(loaded, applicant, before, Topic.CONTACT_CHANGED, cause=cause)


def cancel_messages_to_typed_address(loaded: LoadedApplication, applicant_id: UUID, before: Facts) -> None:
    address = before.get("email")
    if address and not has_given(loaded, loaded.applicants[applicant_id], address):
        cancel_messages_to(address, applicant_id=applicant_id, now=loaded.now)


def notify_invited(loaded: LoadedApplication, applicant_id: UUID, *, invitation_id: UUID, token: str) -> None:
    main = loaded.facts_of(loaded.main_applicant.pk)
    queue_for(
        loaded,
        loaded.applicants[applicant_id],
        loaded.typed_facts_of(applicant_id),
        Topic.INVITATION,
        cause=f"invitation:{invitation_id}",
        # The link goes where the main applicant wrote, even if the adult gave another address since.
        side=Side.TYPED,
        token=token,
        inviter=first_name(main),
    )


def notify_assisted(loaded: LoadedApplication, applicant_id: UUID, *, confirmation_id: UUID) -> None:
    applicant, facts = loaded.applicants[applicant_id], loaded.facts_of(applicant_id)
    address, person_id = facts.get("email"), applicant.person_id
    # Not at an address that another adult typed: it would reveal that they visited the desk.
    if applicant.is_main or has_typed(loaded, applicant, address, person_id=person_id):
        notify(loaded, applicant_id, Topic.ASSISTED, cause=f"assisted:{confirmation_id}")


def notify_decision(loaded: LoadedApplication, applicant_id: UUID, *, outcome: str, cause: str) -> None:
    """Write about a staff decision to the adult it concerns, if they have an address of their own.

    The others get nothing. `outcome` is `taken`, `annulled`, `identify`, `refuse`, `counts-again`, `freed`
    or `unconfirmed`.
    """
    applicant = loaded.applicants[applicant_id]
    mailbox = own_mailbox(loaded, applicant_id, person_id=applicant.person_id)
    if mailbox is None or not is_notified(loaded, applicant):
        return
    written_to = {"email": mailbox.address, "contact_language": mailbox.language}
    facts = loaded.facts_of(applicant_id) | written_to
    queue_for(loaded, applicant, facts, Topic.DECIDED, cause=f"decided:{cause}", outcome=outcome)


def notify_claim_rejected(identified: Identified, *, cause: str, now: datetime) -> None:
    mailbox = mailbox_of(identified.person_id)
    if mailbox is None:
        return
    # They are on no application, so the message names none.
    queue_message(
        Topic.DECIDED,
        cause=f"decided:{cause}",
        address=mailbox.address,
        language=mailbox.language,
        payload={"first_name": identified.first_name, "outcome": "not-taken"},
        now=now,
    )


def _was_just_notified_of_change(loaded: LoadedApplication, applicant: Applicant) -> bool:
    # A confirmation since the last message ends the pause: the adult does not know of the new change.
    since = max([loaded.now - settings.CHANGE_MESSAGE_COOL_DOWN, *_times_of_confirming(loaded, applicant)])
    return has_message_since(applicant.pk, topic=Topic.CHANGE, since=since)


def _was_just_notified_of_wishes(loaded: LoadedApplication, applicant: Applicant) -> bool:
    since = max([loaded.now - settings.CHANGE_MESSAGE_COOL_DOWN, *_times_of_confirming(loaded, applicant)])
    # Having read the changes ends the pause too.
    since = max(since, applicant.seen_at or since)
    return has_message_since(applicant.pk, topic=Topic.WISHES_CHANGED, since=since)


def _times_of_confirming(loaded: LoadedApplication, applicant: Applicant) -> list[datetime]:
    return [each.confirmed_at for each in loaded.confirmations if each.applicant_id == applicant.pk]
