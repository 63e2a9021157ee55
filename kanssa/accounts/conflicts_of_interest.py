"""Conflicts of interest: staff may not handle applications of their own household or relatives."""

from collections.abc import Collection
from datetime import datetime

from kanssa.accounts.models import ConflictOfInterest
from kanssa.accounts.staff import StaffMember
from kanssa.accounts.staff_refusals import ConflictingInterest
from kanssa.people.models import hetu_lookup
from kanssa.values.hetu import Hetu


def declare_conflict(staff: StaffMember, hetu: Hetu, *, relation: str, now: datetime) -> bool:
    _declared, is_new = ConflictOfInterest.objects.get_or_create(
        user_id=staff.user_id,
        hetu_lookup=hetu_lookup(hetu),
        defaults={"relation": relation, "declared_at": now},
    )
    return is_new


def has_declared_own_code(staff: StaffMember) -> bool:
    # Without their own code, their own case cannot be detected.
    return ConflictOfInterest.objects.filter(user_id=staff.user_id, relation="self").exists()


def conflicting_lookups(staff: StaffMember) -> list[bytes]:
    own = ConflictOfInterest.objects.filter(user_id=staff.user_id).values_list("hetu_lookup", flat=True)
    return [bytes(lookup) for lookup in own]


def require_no_conflict(staff: StaffMember, lookups: Collection[bytes]) -> None:
    """Refuses: ConflictingInterest."""
    # Compare keyed look-ups: no code has to be opened.
    if ConflictOfInterest.objects.filter(user_id=staff.user_id, hetu_lookup__in=lookups).exists():
        raise ConflictingInterest
