"""Mark the e-mail addresses of an adult that take no mail, one mark per address and side.

The main applicant answers for the address that they typed, and sees its mark; the adult answers for the
address of record. One address may have both sides. The mark of one side is never shown to the other.
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
    """The party that answers for an address: the adult, or the main applicant who typed it."""

    OWN = "own"
    TYPED = "typed"


def accepts_mail_at(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    return trouble_at(applicant, address, side=side) is None


def refuses_mail_at(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> bool:
    return trouble_at(applicant, address, side=side) == NOT_FOR_ME


def trouble_at(applicant: "Applicant", address: str, *, side: Side) -> str | None:
    lookup = email_lookup_of(address)
    for mark in applicant.address_troubles.all():
        if mark.side == side and bytes(mark.address_lookup) == lookup:
            return mark.trouble
    return None


def has_refused_invitation(applicant: "Applicant") -> bool:
    return AddressTrouble.objects.filter(applicant=applicant, side=Side.TYPED, trouble=NOT_FOR_ME).exists()


def mark_refused(applicant: "Applicant", address: str) -> None:
    # “Not for me” was said at the typed address: no mail of either side goes there.
    for side in Side:
        AddressTrouble.objects.update_or_create(
            applicant=applicant,
            side=side,
            address_lookup=email_lookup_of(address),
            defaults={"trouble": NOT_FOR_ME},
        )
    _reload_marks(applicant)


def mark_bounced(applicant: "Applicant", address_lookup: bytes, *, side: Side) -> None:
    # Not `update_or_create`: “not for me” says more than a bounce, and stays.
    AddressTrouble.objects.get_or_create(
        applicant=applicant, side=side, address_lookup=address_lookup, defaults={"trouble": BOUNCED}
    )
    _reload_marks(applicant)


def trust_address(applicant: "Applicant", address: str, *, side: Side = Side.OWN) -> None:
    # Before the adult identifies, both sides are one.
    sides, lookup = (side,) if applicant.person_id else tuple(Side), email_lookup_of(address)
    marks = [
        mark.pk
        for mark in applicant.address_troubles.all()
        if mark.side in sides and bytes(mark.address_lookup) == lookup
    ]
    if marks:
        AddressTrouble.objects.filter(pk__in=marks).delete()
        _reload_marks(applicant)


def _reload_marks(applicant: "Applicant") -> None:
    # The marks were read with the applicant; without this the same request would go on with the old ones.
    if "address_troubles" in getattr(applicant, "_prefetched_objects_cache", {}):
        applicant.refresh_from_db(fields=["address_troubles"])
