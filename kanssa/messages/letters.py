"""Writing a letter with its cause, and waking the worker once the cause is committed."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from kanssa.messages.models import Message
from kanssa.values.email_address import EmailAddress
from kanssa.vault import fingerprint, open_json, seal_json

DELIVERY_JOB = "deliver_messages"


class Topic(StrEnum):
    """What a letter is about; each has a template of its name in kanssa/worker/emails."""

    RECEIVED = "received"
    INVITATION = "invitation"
    ALL_CONFIRMED = "all_confirmed"
    CONFIRMED_ELSEWHERE = "confirmed_elsewhere"
    REMINDER = "reminder"
    CHANGE = "change"
    CHANGE_LAPSED = "change_lapsed"
    EXPIRY = "expiry"
    LAPSED = "lapsed"
    FALLEN_BACK = "fallen_back"
    REPLACED = "replaced"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    NOW_MAIN = "now_main"
    CONTACT_CHANGED = "contact_changed"
    COMING_OF_AGE = "coming_of_age"
    DECIDED = "decided"
    ASSISTED = "assisted"
    DRAFT_LINK = "draft_link"
    ACCOUNT_LINK = "account_link"
    PASSWORD_LINK = "password_link"  # noqa: S105 a topic
    PASSWORD_SET = "password_set"  # noqa: S105 a topic
    ACCOUNT_OPENED = "account_opened"
    ACCOUNT_MOVED = "account_moved"
    ACCOUNT_CLOSED = "account_closed"


def write_letter(
    topic: Topic,
    *,
    cause: str,
    address: str,
    language: str,
    says: Mapping[str, Any],
    now: datetime,
    application_id: UUID | None = None,
    applicant_id: UUID | None = None,
) -> None:
    """Write one letter in the caller's transaction; a cause that wrote one writes no other.

    `says` is JSON: first names, the reference, dates as ISO and addresses of pages, no more.
    """
    message_id = uuid4()
    contents = {"address": address, "says": dict(says)}
    Message.objects.bulk_create(
        [
            Message(
                id=message_id,
                cause=cause,
                topic=topic,
                language=language,
                application_id=application_id,
                applicant_id=applicant_id,
                address_lookup=lookup_of(address),
                sealed=seal_json(contents, bound_to=f"message:{message_id}"),
                written_at=now,
                send_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    transaction.on_commit(wake, robust=True)


def count_to(address: str, *, topic: Topic, since: datetime) -> int:
    """How many letters of a topic were written to an address since then."""
    written = Message.objects.filter(address_lookup=lookup_of(address), topic=topic, written_at__gt=since)
    return written.count()


def was_written_to(applicant_id: UUID, *, topic: Topic, since: datetime) -> bool:
    """Whether an adult of an application was written to about something since then."""
    return Message.objects.filter(applicant_id=applicant_id, topic=topic, written_at__gt=since).exists()


def cancel_letters_to(address: str, *, applicant_id: UUID, now: datetime) -> None:
    """Let the letters to somebody that wait for an address unsent: it is theirs no more."""
    waiting = Message.objects.filter(applicant_id=applicant_id, sent_at=None, failed_at=None)
    waiting.filter(address_lookup=lookup_of(address)).update(
        failed_at=now, failure="address-changed", sealed=None
    )


def letter_about(message_id: UUID) -> UUID | None:
    """To which adult's place a letter goes, if to any."""
    places = Message.objects.filter(pk=message_id).values_list("applicant_id", flat=True)
    return places.first()


def note_failure(message_id: UUID, *, now: datetime) -> Message | None:
    """Note that a letter will not arrive, in the caller's transaction; None when that was known.

    `failure` says who said so: the first server, before the letter was sent, or a later one.
    """
    letter = Message.objects.select_for_update().filter(pk=message_id, failed_at__isnull=True).first()
    if letter is None:
        return None
    letter.failed_at = now
    letter.failure = "bounced" if letter.sent_at else "address-refused"
    letter.sealed = None
    letter.save(update_fields=["failed_at", "failure", "sealed"])
    return letter


def contents_of(message: Message) -> tuple[str, dict[str, Any]]:
    """Open a waiting message: the address, and what it says."""
    assert message.sealed is not None, "a sent message is empty"  # noqa: S101 for the type
    contents = open_json(message.sealed, bound_to=f"message:{message.id}")
    return contents["address"], contents["says"]


def lookup_of(address: str) -> bytes:
    """Give the keyed look-up of a stored e-mail address: equal mailboxes, equal bytes."""
    return fingerprint(EmailAddress.of(address).mailbox, of="email")


def wake() -> None:
    """Wake the worker. A waking that is lost only delays: a periodic sweep takes what waits."""
    with suppress(AlreadyEnqueued):
        app.configure_task(DELIVERY_JOB, queueing_lock=DELIVERY_JOB).defer()
