"""Conflicts of interest: staff may not handle applications of their own household or relatives."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

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


def conflicting_lookups(staff: StaffMember) -> QuerySet[ConflictOfInterest, Any]:
    """Give the keyed look-ups of people whose applications they may not handle, for use in a statement."""
    return ConflictOfInterest.objects.filter(user_id=staff.user_id).values_list("hetu_lookup", flat=True)


def require_no_conflict(staff: StaffMember, lookups: Collection[bytes]) -> None:
    """Refuses: ConflictingInterest."""
    # Compare keyed look-ups: no code has to be opened.
    if ConflictOfInterest.objects.filter(user_id=staff.user_id, hetu_lookup__in=lookups).exists():
        raise ConflictingInterest
