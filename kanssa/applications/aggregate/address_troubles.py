"""Which address of an adult takes no mail: a mark for each address, and for each side that answers for it.

The main applicant answers for the address that they typed, and sees its mark; the adult answers for the
address on the record. An address may be both. What one side says of it never shows to the other.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from kanssa.applications.models.address_troubles import AddressTrouble
from kanssa.messages.queue import email_lookup_of

if TYPE_CHECKING:
    from kanssa.applications.models import Applicant

BOUNCED = "bounced"
NOT_FOR_ME = "not-for-me"


class Side(StrEnum):
    """Who answers for an address: the adult themselves, or the main applicant who typed it."""

    OWN = "own"
    TYPED = "typed"


def accepts_mail_at(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    """Whether an adult's address takes our mail: it did not bounce, and “not for me” was not said of it."""
    return trouble_at(applicant, address, side=side) is None


def refuses_mail_at(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    """Whether “not for me” was said of an address."""
    return trouble_at(applicant, address, side=side) == NOT_FOR_ME


def trouble_at(applicant: "Applicant", address: str, *, side: Side) -> str | None:
    """What keeps mail from an address, if anything does."""
    lookup = email_lookup_of(address)
    for mark in applicant.address_troubles.all():
        if mark.side == side and bytes(mark.address_lookup) == lookup:
            return mark.trouble
    return None


def has_refused_invitation(applicant: "Applicant") -> bool:
    """Whether “not for me” was said of a link to an adult."""
    return AddressTrouble.objects.filter(applicant=applicant, side=Side.TYPED, trouble=NOT_FOR_ME).exists()


def mark_refused(applicant: "Applicant", address: str) -> None:
    """Note that “not for me” was said at the typed address: neither side writes there."""
    for side in Side:
        AddressTrouble.objects.update_or_create(
            applicant=applicant,
            side=side,
            address_lookup=email_lookup_of(address),
            defaults={"trouble": NOT_FOR_ME},
        )
    _read_again(applicant)


def mark_bounced(applicant: "Applicant", address_lookup: bytes, *, side: Side) -> None:
    """Note that an address bounced; “not for me” says more, and stays."""
    AddressTrouble.objects.get_or_create(
        applicant=applicant, side=side, address_lookup=address_lookup, defaults={"trouble": BOUNCED}
    )
    _read_again(applicant)


def trust_address(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> None:
    """Write to an address again: the side that answers for it has said that it is right.

    Before the adult identifies both sides are one.
    """
    sides = (side,) if applicant.person_id else tuple(Side)
    marks = AddressTrouble.objects.filter(
        applicant=applicant, address_lookup=email_lookup_of(address), side__in=sides
    )
    marks.delete()
    _read_again(applicant)


def _read_again(applicant: "Applicant") -> None:
    """Forget the marks that were read along with the place."""
    if "address_troubles" in getattr(applicant, "_prefetched_objects_cache", {}):
        applicant.refresh_from_db(fields=["address_troubles"])
