from datetime import datetime

from kanssa.accounts import second_factor
from kanssa.accounts.staff import account, end_sign_ins_of, set_roles
from kanssa.accounts.start_links import spend_start_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def close_staff_account(*, who: str, actor: Actor, now: datetime) -> None:
    """Close a staff account for every way of signing in; its sign-ins end at once. Refuses: NoSuchStaff."""
    user = account(who)
    user.closed_at = now
    user.save(update_fields=["closed_at"])
    # Opened again, the account begins without power.
    set_roles(user, ())
    second_factor.STAFF.remove(user.pk)
    spend_start_link(user)
    end_sign_ins_of(user, why="closed", now=now)
    record(EventKind.STAFF_ACCOUNT_CLOSED, actor=actor, now=now, user=str(user.pk))
