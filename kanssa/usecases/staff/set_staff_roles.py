from collections.abc import Collection
from datetime import datetime

from kanssa.accounts.staff import account, end_sign_ins_of, roles_of, set_roles
from kanssa.accounts.staff_refusals import RolesComeFromSignOn
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def set_staff_roles(*, who: str, roles: Collection[Role], actor: Actor, now: datetime) -> None:
    """Give a member of staff exactly these roles; their sign-ins end at once.

    `who` is an address or an id. Refuses: NoSuchStaff, RolesComeFromSignOn.
    """
    user = account(who)
    if user.sign_on:
        raise RolesComeFromSignOn
    if roles_of(user) == set(roles):
        return
    set_roles(user, roles)
    end_sign_ins_of(user, why="roles-changed", now=now)
    record(EventKind.STAFF_ROLES_SET, actor=actor, now=now, user=str(user.pk), roles=sorted(roles))
