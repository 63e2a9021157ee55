"""Staff accounts, their roles, and current sign-ins."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from kanssa.accounts.models import ConflictOfInterest, SecondFactor, StaffRole, StaffSignIn, User
from kanssa.accounts.staff_refusals import NoSuchStaff, NotSignedIn, NotYourRole
from kanssa.values.actor import Actor
from kanssa.values.email_address import EmailAddress, NotAnEmailAddress
from kanssa.values.role import Role

LOCAL = "local"
"""The way of password users; other ways are keys of single sign-ons."""
# Write `seen_at` once a minute at most, not on every request.
_SEEN_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A signed-in member of the staff who has passed the second factor.

    `has_declared_own_code`: they declared their own identity code; without it, their own case cannot be
    detected.
    """

    sign_in_id: UUID
    user_id: UUID
    way: str
    name: str = field(repr=False)
    roles: frozenset[Role]
    has_declared_own_code: bool = False

    @property
    def actor(self) -> Actor:
        return Actor("staff", self.user_id)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """A staff account as the list shows it."""

    user_id: UUID
    name: str
    email: str
    way: str
    roles: frozenset[Role]
    is_closed: bool
    signed_in_at: datetime | None
    is_signed_in: bool


def require_role(staff: StaffMember, *roles: Role) -> None:
    """Require at least one of the roles. Refuses: NotYourRole."""
    if staff.roles.isdisjoint(roles):
        raise NotYourRole


def active_staff(sign_in_id: UUID, *, now: datetime) -> StaffMember:
    """Return the signed-in member with their current roles. Refuses: NotSignedIn.

    Updates `seen_at`, at most once a minute.
    """
    open_ones = _open(sign_in_id, began_since=now - settings.STAFF_SESSION_MAX_AGE)
    # Read the roles on every request, so that a revoked role takes effect at once.
    row = _with_roles(open_ones.filter(passed_at__isnull=False)).first()
    # Without a role a sign-in opens nothing.
    if row is None or row.seen_at < now - settings.STAFF_IDLE_LIMIT or not row.roles:
        raise NotSignedIn
    if row.seen_at < now - _SEEN_STEP:
        StaffSignIn.objects.filter(pk=row.pk).update(seen_at=now)
    roles = frozenset(map(Role, row.roles))
    return StaffMember(row.pk, row.user_id, row.way, row.user.name, roles, row.has_declared)


def pending_sign_in(sign_in_id: UUID, *, now: datetime) -> StaffSignIn:
    """Return a sign-in that waits for its second factor. Refuses: NotSignedIn."""
    began_since = now - settings.STAFF_SECOND_FACTOR_LIFETIME
    row = _open(sign_in_id, began_since=began_since).filter(passed_at__isnull=True).first()
    if row is None or not roles_of(row.user):
        raise NotSignedIn
    return row


def begin_sign_in(user: User, *, way: str, now: datetime, is_whole: bool) -> StaffSignIn:
    return StaffSignIn.objects.create(
        user=user, way=way, began_at=now, seen_at=now, passed_at=now if is_whole else None
    )


def end_sign_in(sign_in_id: UUID, *, why: str, now: datetime) -> None:
    _end(StaffSignIn.objects.filter(pk=sign_in_id), why, now)


def end_sign_ins_of(user: User, *, why: str, now: datetime) -> None:
    _end(StaffSignIn.objects.filter(user=user), why, now)


def complete_sign_in(sign_in: StaffSignIn, *, now: datetime) -> None:
    """Complete a sign-in after its second factor; works once. Refuses: NotSignedIn."""
    waiting = StaffSignIn.objects.filter(pk=sign_in.pk, passed_at__isnull=True, ended_at__isnull=True)
    if not waiting.update(passed_at=now, seen_at=now, new_secret=None):
        raise NotSignedIn


def may_use_password(user: User | None) -> bool:
    return (
        user is not None
        and user.closed_at is None
        and SecondFactor.objects.filter(pk=user.pk).exists()
        and bool(roles_of(user))
    )


def local_user(email: str) -> User | None:
    return User.objects.filter(email=normal_email(email), sign_on="").first()


def normal_email(typed: str) -> str:
    try:
        return EmailAddress.parse(typed, smtputf8=True).mailbox
    except NotAnEmailAddress:
        # Unchanged, it matches no account.
        return typed


def account(who: str) -> User:
    """Find an account by its address or its id, and lock it. Refuses: NoSuchStaff."""
    # Lock, so that two commands cannot change one account at once.
    users = User.objects.select_for_update()
    # An address is no UUID.
    with suppress(ValueError):
        if found := users.filter(pk=UUID(who)).first():
            return found
    found = users.filter(email=normal_email(who)).first()
    if found is None:
        raise NoSuchStaff
    return found


def roles_of(user: User) -> frozenset[Role]:
    return frozenset(Role(role) for role in user.roles.values_list("role", flat=True))


def set_roles(user: User, roles: Collection[Role]) -> None:
    user.roles.exclude(role__in=roles).delete()
    StaffRole.objects.bulk_create([StaffRole(user=user, role=role) for role in roles], ignore_conflicts=True)


def names_of(user_ids: Collection[UUID] | RawSQL) -> dict[UUID, str]:
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))


def accounts(*, now: datetime) -> list[StaffAccount]:
    # Signed in means: complete, not ended, not idle and not too old.
    is_passed, is_active = Q(sign_ins__passed_at__isnull=False), Q(sign_ins__ended_at__isnull=True)
    is_used = Q(
        sign_ins__seen_at__gte=now - settings.STAFF_IDLE_LIMIT,
        sign_ins__began_at__gt=now - settings.STAFF_SESSION_MAX_AGE,
    )
    users = (
        User.objects.filter(Q(roles__isnull=False) | Q(closed_at__isnull=False) | Q(sign_ins__isnull=False))
        .annotate(
            last=Max("sign_ins__passed_at"),
            active_sign_ins=Count("sign_ins", is_passed & is_active & is_used),
        )
        .prefetch_related("roles")
        .order_by("name", "pk")
    )
    return [_account(user) for user in users]


def _account(user: Any) -> StaffAccount:
    return StaffAccount(
        user_id=user.pk,
        name=user.name,
        email=user.email or "",
        way=user.sign_on or LOCAL,
        roles=frozenset(Role(each.role) for each in user.roles.all()),
        is_closed=user.closed_at is not None,
        signed_in_at=user.last,
        is_signed_in=user.active_sign_ins > 0,
    )


def _open(sign_in_id: UUID, *, began_since: datetime) -> QuerySet[StaffSignIn]:
    return StaffSignIn.objects.select_related("user").filter(
        pk=sign_in_id, ended_at__isnull=True, began_at__gt=began_since, user__closed_at__isnull=True
    )


def _with_roles(sign_ins: QuerySet[StaffSignIn]) -> QuerySet[Any]:
    """Read along what every page asks: on every request, so that a revoked role takes effect at once."""
    roles = StaffRole.objects.filter(user=OuterRef("user_id")).values("role")
    own_code = ConflictOfInterest.objects.filter(user=OuterRef("user_id"), relation="self")
    return sign_ins.annotate(roles=ArraySubquery(roles), has_declared=Exists(own_code))


def _end(sign_ins: QuerySet[StaffSignIn], why: str, now: datetime) -> None:
    sign_ins.filter(ended_at__isnull=True).update(ended_at=now, ended_why=why)
