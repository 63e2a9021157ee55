"""Whose applications a member of the staff may not handle: their own household's and relatives'."""

from collections.abc import Collection
from datetime import datetime

from kanssa.accounts.models import ConflictOfInterest
from kanssa.accounts.staff import StaffMember
from kanssa.accounts.staff_refusals import ConflictingInterest
from kanssa.people.models import hetu_lookup
from kanssa.values.hetu import Hetu


def declare_conflict(staff: StaffMember, hetu: Hetu, *, relation: str, now: datetime) -> bool:
    """Keep that a person is the member themselves, or a relative; gives whether that is new."""
    _declared, is_new = ConflictOfInterest.objects.get_or_create(
        user_id=staff.user_id,
        hetu_lookup=hetu_lookup(hetu),
        defaults={"relation": relation, "declared_at": now},
    )
    return is_new


def has_declared_own_code(staff: StaffMember) -> bool:
    """Whether the member has told who they are, without which their own case cannot be known."""
    return ConflictOfInterest.objects.filter(user_id=staff.user_id, relation="self").exists()


def conflicting_lookups(staff: StaffMember) -> list[bytes]:
    """The look-ups of the member's own code and of those whom they declared."""
    own = ConflictOfInterest.objects.filter(user_id=staff.user_id).values_list("hetu_lookup", flat=True)
    return [bytes(lookup) for lookup in own]


def require_no_conflict(staff: StaffMember, lookups: Collection[bytes]) -> None:
    """Let nobody handle what concerns themselves or a relative. Refuses: ConflictingInterest."""
    if ConflictOfInterest.objects.filter(user_id=staff.user_id, hetu_lookup__in=lookups).exists():
        raise ConflictingInterest
