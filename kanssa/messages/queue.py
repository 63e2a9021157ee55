"""Queue a message with its cause, and wake the worker after the commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import QuerySet

from kanssa.messages.delivery_states import UNSENT, Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.topics import Topic
from kanssa.values.email_address import EmailAddress
from kanssa.vault import fingerprint, open_json, seal_json

WAKE_UP = "kanssa_messages"
"""The channel on which PostgreSQL tells the worker that messages were queued."""


@dataclass(frozen=True, slots=True)
class SendPlan:
    """When a message may leave, and which daily share of its mailbox it uses, if any."""

    leaves_at: datetime
    share: str = ""


def queue_message(  # noqa: PLR0913 all by keyword
    topic: Topic,
    *,
    cause: str,
    address: str,
    language: str,
    payload: Mapping[str, Any],
    now: datetime,
    plan: SendPlan | None = None,
    application_id: UUID | None = None,
    applicant_id: UUID | None = None,
) -> None:
    """Queue one message in the caller's transaction; a repeated cause queues no second one.

    `payload` is JSON with only first names, the reference, ISO dates and page addresses.
    """
    message_id = uuid4()
    leaves_at = plan.leaves_at if plan else now
    contents = {"address": address, "says": dict(payload)}
    Message.objects.bulk_create(
        [
            Message(
                id=message_id,
                cause=cause,
                topic=topic,
                language=language,
                application_id=application_id,
                applicant_id=applicant_id,
                address_lookup=email_lookup_of(address),
                mailbox_lookup=mailbox_lookup_of(address),
                domain_lookup=domain_lookup_of(address),
                sealed=seal_json(contents, bound_to=f"message:{message_id}"),
                written_at=now,
                planned_at=leaves_at if plan and plan.share else None,
                share=plan.share if plan else "",
                send_at=leaves_at,
                trying_since=leaves_at,
            )
        ],
        # The cause is unique: repeating it queues nothing.
        ignore_conflicts=True,
    )
    # Before the commit the worker could not see the message.


def suppress_message(cause: str, *, now: datetime) -> None:
    Message.objects.filter(cause=cause).update(**_cancelled(DeliveryReason.ENOUGH_TODAY, now))


def count_messages_to(address: str, *, topic: Topic, since: datetime, about: UUID | None = None) -> int:
    written = Message.objects.filter(
        mailbox_lookup=mailbox_lookup_of(address), topic=topic, written_at__gt=since
    )
    return (written.filter(application_id=about) if about else written).count()


def has_message_since(applicant_id: UUID, *, topic: Topic, since: datetime) -> bool:
    return Message.objects.filter(applicant_id=applicant_id, topic=topic, written_at__gt=since).exists()


def cancel_messages_to(
    address: str,
    *,
    applicant_id: UUID,
    now: datetime,
    because: DeliveryReason = DeliveryReason.ADDRESS_CHANGED,
) -> None:
    unsent = Message.objects.filter(applicant_id=applicant_id, delivery__in=UNSENT)
    unsent.filter(address_lookup=email_lookup_of(address)).update(**_cancelled(because, now))


def cancel_messages_of(applicant_id: UUID, *, now: datetime) -> None:
    """Cancel an applicant's unsent messages: they left the application."""
    unsent = Message.objects.filter(applicant_id=applicant_id, delivery__in=UNSENT)
    cancel_all(unsent, DeliveryReason.LEFT, now=now)


def cancel_all(messages: QuerySet[Message], because: DeliveryReason, *, now: datetime) -> None:
    messages.update(**_cancelled(because, now))


def refuse_latest_invitation(applicant_id: UUID, *, now: datetime) -> None:
    latest = latest_invitations(applicant_id).first()
    if latest is not None:
        Message.objects.filter(pk=latest.pk).update(**_cancelled(DeliveryReason.NOT_FOR_ME, now))


def latest_invitations(applicant_id: UUID) -> QuerySet[Message]:
    return Message.objects.filter(applicant_id=applicant_id, topic=Topic.INVITATION).order_by("-written_at")


def applicant_of_message(message_id: UUID) -> UUID | None:
    applicants = Message.objects.filter(pk=message_id).values_list("applicant_id", flat=True)
    return applicants.first()


def read_contents(message: Message) -> tuple[str, dict[str, Any]]:
    """Open a message and return its address and payload. Raises ContentsErased after erasure."""
    if message.sealed is None:
        raise ContentsErased
    contents = open_json(message.sealed, bound_to=f"message:{message.id}")
    return contents["address"], contents["says"]


class ContentsErased(ValueError):
    """The contents were erased, so the message cannot be sent again."""


def email_lookup_of(address: str) -> bytes:
    return fingerprint(EmailAddress.of(address).mailbox, of="email")


def mailbox_lookup_of(address: str) -> bytes:
    local, at, domain = address.rpartition("@")
    # `aino+1@…` and `aino+2@…` share one mailbox.
    return email_lookup_of(f"{local.partition('+')[0] or local}{at}{domain}")


def domain_lookup_of(address: str) -> bytes:
    return fingerprint(address.rpartition("@")[2].casefold(), of="email-domain")


def _cancelled(because: DeliveryReason, now: datetime) -> dict[str, Any]:
    return {
        "delivery": Delivery.CANCELLED,
        "failed_at": now,
        "failure": because,
        "send_at": None,
        "sealed": None,
    }


def wake_worker() -> None:
    # A trigger wakes it for new messages; a lost wake-up only delays.
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {WAKE_UP}")
