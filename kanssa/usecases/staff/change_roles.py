from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, account, end_sign_ins_of, require_role, roles_of, set_roles
from kanssa.accounts.staff_refusals import NotOnOwnAccount, RolesComeFromSignOn
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case
def change_roles(*, user_id: UUID, roles: Collection[Role], staff: StaffMember, now: datetime) -> None:
    """Give a member of staff exactly these roles, as a supervisor; their sign-ins end at once.

    Refuses: NotYourRole, NoSuchStaff, NotOnOwnAccount, RolesComeFromSignOn.
    """
    require_role(staff, Role.SUPERVISOR)
    user = account(str(user_id))
    # No supervisor raises or keeps their own power: another one must agree.
    if user.pk == staff.user_id:
        raise NotOnOwnAccount
    if user.sign_on:
        raise RolesComeFromSignOn
    before = roles_of(user)
    # Nothing changes, so no sign-in is ended.
    if before == set(roles):
        return
    set_roles(user, roles)
    # A revoked role takes effect at once.
    end_sign_ins_of(user, why="roles-changed", now=now)
    record(
        EventKind.STAFF_ROLES_SET,
        actor=staff.actor,
        now=now,
        user=str(user.pk),
        roles=sorted(roles),
        before=sorted(before),
    )
