"""Show an adult, the main applicant and a clerk which e-mail does not arrive.

The main applicant sees only the messages with a link, which went to the address that they typed. Nothing in
it changes when the other adult identifies, or gives an address of their own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.address_troubles import Side, trouble_at
from kanssa.applications.aggregate.addresses import typed_address_topics
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Applicant
from kanssa.messages.delivery_states import FAILED_STATES, NOT_OURS, Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of
from kanssa.messages.topics import Topic


class DeliveryTrouble(StrEnum):
    """Why messages do not reach an adult. Only `BOUNCED` and `NOT_FOR_ME` mean that the address is wrong."""

    BOUNCED = "bounced"
    NOT_FOR_ME = "not-for-me"
    DELAYED = "delayed"
    HELD = "held"
    NOT_ARRIVED = "not-arrived"
    LATER = "later"

    @property
    def is_ours(self) -> bool:
        return self is DeliveryTrouble.HELD

    @property
    def is_address_wrong(self) -> bool:
        return self in (DeliveryTrouble.BOUNCED, DeliveryTrouble.NOT_FOR_ME)

    @property
    def can_be_retried(self) -> bool:
        # “Not for me” was said by a reader, and a later message leaves by itself.
        return self not in (DeliveryTrouble.NOT_FOR_ME, DeliveryTrouble.LATER)

    @property
    def needs_attention(self) -> bool:
        return self not in (DeliveryTrouble.DELAYED, DeliveryTrouble.LATER)


_BY_DELIVERY = {
    Delivery.DELAYED: DeliveryTrouble.DELAYED,
    Delivery.HELD: DeliveryTrouble.HELD,
    Delivery.SET_ASIDE: DeliveryTrouble.HELD,
    Delivery.NO_SUCH_ADDRESS: DeliveryTrouble.BOUNCED,
}
_NOT_OF_THE_ADDRESS = (
    DeliveryReason.LINK_ENDED,
    DeliveryReason.LINK_REPLACED,
    DeliveryReason.ADDRESS_CHANGED,
)
_RECENT = settings.MAIL_RETRY_PERIOD + settings.MAIL_BOUNCE_PERIOD


def own_trouble(loaded: LoadedApplication, applicant: Applicant) -> DeliveryTrouble | None:
    address = loaded.facts_of(applicant.pk).get("email", "")
    if trouble := trouble_at(applicant, address, side=Side.OWN):
        return DeliveryTrouble(trouble)
    lookup, not_theirs = email_lookup_of(address), typed_address_topics(loaded, applicant)
    for message in _messages_of(loaded):
        is_recent = message.written_at > loaded.now - _RECENT
        is_theirs = message.applicant_id == applicant.pk and bytes(message.address_lookup) == lookup
        is_tried = message.delivery not in (Delivery.WAITING, Delivery.CANCELLED)
        if is_recent and is_theirs and is_tried and message.topic not in not_theirs:
            return _of_delivery(message)
    return None


def invitation_troubles(loaded: LoadedApplication) -> Mapping[UUID, DeliveryTrouble]:
    latest: dict[UUID, Message] = {}
    for message in _messages_of(loaded):
        if message.topic == Topic.INVITATION and message.applicant_id:
            # Newest first, so the first of each adult is the latest.
            latest.setdefault(message.applicant_id, message)
    return {
        key: trouble
        for key, message in latest.items()
        if _is_to_typed_address(loaded, message) and (trouble := _of_link(message, loaded.now))
    }


def _messages_of(loaded: LoadedApplication) -> Sequence[Message]:
    if loaded.rows.messages is not None:
        return loaded.rows.messages
    about = Message.objects.filter(application_id=loaded.application.pk).defer("sealed")
    return list(about.order_by("-written_at"))


def _is_to_typed_address(loaded: LoadedApplication, message: Message) -> bool:
    if message.applicant_id not in loaded.applicants:
        return False
    if not loaded.can_be_invited(message.applicant_id):
        return False
    address = loaded.typed_facts_of(message.applicant_id).get("email") or ""
    return email_lookup_of(address) == bytes(message.address_lookup)


def _of_delivery(message: Message) -> DeliveryTrouble | None:
    if message.delivery not in FAILED_STATES or message.failure in _NOT_OF_THE_ADDRESS:
        return None
    if message.delivery == Delivery.SET_ASIDE and message.failure in NOT_OURS:
        return DeliveryTrouble.NOT_ARRIVED
    return _BY_DELIVERY.get(Delivery(message.delivery))


def _of_link(message: Message, now: datetime) -> DeliveryTrouble | None:
    if message.failure == DeliveryReason.NOT_FOR_ME:
        return DeliveryTrouble.NOT_FOR_ME
    if message.delivery == Delivery.WAITING and message.planned_at and message.planned_at > now:
        return DeliveryTrouble.LATER
    trouble = _of_delivery(message)
    # Old trouble that time has settled must not alarm.
    is_told = trouble is DeliveryTrouble.BOUNCED or message.written_at > now - _RECENT
    return trouble if is_told else None
