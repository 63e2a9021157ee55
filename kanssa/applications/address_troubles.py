"""Which address of an adult takes no mail: a mark for each address, and for each side that answers for it.

The main applicant answers for the address that they typed, and sees its mark; the adult answers for the
address on the record. An address may be both. What one side says of it never shows to the other.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import models

from kanssa.messages.letters import lookup_of

if TYPE_CHECKING:
    from kanssa.applications.models import Applicant

BOUNCED = "bounced"
NOT_FOR_ME = "not-for-me"


class Side(StrEnum):
    """Who answers for an address: the adult themselves, or the main applicant who typed it."""

    OWN = "own"
    TYPED = "typed"


class AddressTrouble(models.Model):
    """An address of an adult that takes no mail; `trouble` is `bounced` or `not-for-me`.

    `address_lookup` is its keyed look-up, `side` who answers for it.
    """

    applicant = models.ForeignKey(
        "applications.Applicant", on_delete=models.CASCADE, related_name="address_troubles"
    )
    side = models.CharField(max_length=5)
    address_lookup = models.BinaryField(max_length=32)
    trouble = models.CharField(max_length=12)

    class Meta:
        """One mark a side and address."""

        constraints = (
            models.UniqueConstraint(
                fields=["applicant", "side", "address_lookup"], name="one_trouble_an_address"
            ),
        )

    def __str__(self) -> str:
        return f"{self.trouble} of {self.applicant_id}"


def is_heard_at(place: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    """Whether an adult's address takes our mail: it did not bounce, and “not for me” was not said of it."""
    return trouble_at(place, address, side=side) is None


def refuses_mail_at(place: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    """Whether “not for me” was said of an address."""
    return trouble_at(place, address, side=side) == NOT_FOR_ME


def trouble_at(place: "Applicant", address: str, *, side: Side) -> str | None:
    """What keeps mail from an address, if anything does."""
    lookup = lookup_of(address)
    for mark in place.address_troubles.all():
        if mark.side == side and bytes(mark.address_lookup) == lookup:
            return mark.trouble
    return None


def has_refused_a_link(place: "Applicant") -> bool:
    """Whether “not for me” was said of a link to an adult."""
    return AddressTrouble.objects.filter(applicant=place, side=Side.TYPED, trouble=NOT_FOR_ME).exists()


def refuse_mail_at(place: "Applicant", address: str) -> None:
    """Note that “not for me” was said at the typed address: neither side writes there."""
    for side in Side:
        AddressTrouble.objects.update_or_create(
            applicant=place, side=side, address_lookup=lookup_of(address), defaults={"trouble": NOT_FOR_ME}
        )
    _read_again(place)


def note_bounced(place: "Applicant", address_lookup: bytes, *, side: Side) -> None:
    """Note that an address bounced; “not for me” says more, and stays."""
    AddressTrouble.objects.get_or_create(
        applicant=place, side=side, address_lookup=address_lookup, defaults={"trouble": BOUNCED}
    )
    _read_again(place)


def trust_address(place: "Applicant", address: str, *, side: Side = Side.OWN) -> None:
    """Write to an address again: the side that answers for it has said that it is right.

    Before the adult identifies both sides are one.
    """
    sides = (side,) if place.person_id else tuple(Side)
    marks = AddressTrouble.objects.filter(applicant=place, address_lookup=lookup_of(address), side__in=sides)
    marks.delete()
    _read_again(place)


def _read_again(place: "Applicant") -> None:
    """Forget the marks that were read along with the place."""
    if "address_troubles" in getattr(place, "_prefetched_objects_cache", {}):
        place.refresh_from_db(fields=["address_troubles"])
