from datetime import datetime

from django.contrib.auth.hashers import make_password

from kanssa.accounts import second_factor
from kanssa.accounts.staff import account, end_sign_ins_of
from kanssa.accounts.staff_refusals import NoSuchStaff
from kanssa.accounts.start_links import new_start_link
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def reset_staff_account(*, who: str, actor: Actor, now: datetime) -> str:
    """Reset an account after a lost password or second factor; give a new start link.

    Both are deleted and every sign-in ends. `who` is an address or an id. Refuses: NoSuchStaff.
    """
    user = account(who)
    if user.sign_on or user.closed_at:
        raise NoSuchStaff
    user.password = make_password(None)
    user.save(update_fields=["password"])
    second_factor.STAFF.remove(user.pk)
    # The lost factor may be in use by its finder.
    end_sign_ins_of(user, why="reset", now=now)
    record(EventKind.STAFF_ACCOUNT_RESET, actor=actor, now=now, user=str(user.pk))
    return new_start_link(user, now=now)
