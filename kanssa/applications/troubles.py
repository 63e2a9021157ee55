"""What an adult, the main applicant and a clerk are told of e-mail that does not arrive.

The main applicant hears of the messages with a link alone, which went to the address that they typed
themselves: nothing of it changes when the other adult identifies, or gives an address of their own.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from kanssa.applications.address_troubles import Side, trouble_at
from kanssa.applications.addresses import of_the_typed_side
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.messages.delivery import FAULTS, NOT_OURS, Delivery, Reason
from kanssa.messages.letters import Topic, lookup_of
from kanssa.messages.models import Message


class Trouble(StrEnum):
    """Why messages do not reach an adult. Only `BOUNCED` and `NOT_FOR_ME` say that the address is wrong."""

    BOUNCED = "bounced"
    NOT_FOR_ME = "not-for-me"
    DELAYED = "delayed"
    HELD = "held"
    NOT_ARRIVED = "not-arrived"
    LATER = "later"


_BY_DELIVERY = {
    Delivery.DELAYED: Trouble.DELAYED,
    Delivery.HELD: Trouble.HELD,
    Delivery.SET_ASIDE: Trouble.HELD,
    Delivery.NO_SUCH_ADDRESS: Trouble.BOUNCED,
}
_NOT_OF_THE_ADDRESS = (Reason.LINK_ENDED, Reason.LINK_REPLACED, Reason.ADDRESS_CHANGED)
_RECENT = settings.MAIL_TRIED_FOR + settings.MAIL_KEPT_FOR_BOUNCES


def own_trouble(household: Household, place: Applicant) -> Trouble | None:
    """What keeps messages from an adult at the address that is given for them."""
    address = household.facts_of(place.pk).get("email", "")
    if trouble := trouble_at(place, address, side=Side.OWN):
        return Trouble(trouble)
    latest = Message.objects.filter(
        applicant_id=place.pk,
        address_lookup=lookup_of(address),
        application_id=household.application.pk,
        written_at__gt=household.now - _RECENT,
    ).exclude(
        Q(delivery__in=(Delivery.WAITING, Delivery.CANCELLED))
        | Q(topic__in=of_the_typed_side(household, place))
    )
    message = latest.defer("sealed").order_by("-written_at").first()
    return _of_delivery(message) if message else None


def troubles_with_links(household: Household) -> Mapping[UUID, Trouble]:
    """What the main applicant sees of each co-applicant: how the latest link that was sent fared."""
    sent = Message.objects.filter(application_id=household.application.pk, topic=Topic.INVITATION)
    latest = sent.order_by("applicant_id", "-written_at").distinct("applicant_id")
    return {
        message.applicant_id: trouble
        for message in latest.defer("sealed")
        if message.applicant_id
        and _is_to_typed_address(household, message)
        and (trouble := _of_link(message, household.now))
    }


def _is_to_typed_address(household: Household, message: Message) -> bool:
    """What the main applicant types of another adult is theirs, before and after that adult identifies."""
    if message.applicant_id not in household.applicants:
        return False
    if not household.can_be_invited(message.applicant_id):
        return False
    address = household.typed_facts_of(message.applicant_id).get("email") or ""
    return lookup_of(address) == bytes(message.address_lookup)


def _of_delivery(message: Message) -> Trouble | None:
    if message.delivery not in FAULTS or message.failure in _NOT_OF_THE_ADDRESS:
        return None
    if message.delivery == Delivery.SET_ASIDE and message.failure in NOT_OURS:
        return Trouble.NOT_ARRIVED
    return _BY_DELIVERY.get(Delivery(message.delivery))


def _of_link(message: Message, now: datetime) -> Trouble | None:
    if message.failure == Reason.NOT_FOR_ME:
        return Trouble.NOT_FOR_ME
    if message.delivery == Delivery.WAITING and message.planned_at and message.planned_at > now:
        return Trouble.LATER
    trouble = _of_delivery(message)
    is_told = trouble is Trouble.BOUNCED or message.written_at > now - _RECENT
    return trouble if is_told else None
