from datetime import datetime

from kanssa.accounts.staff import account
from kanssa.accounts.staff_refusals import NoSuchStaff
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def reopen_staff_account(*, who: str, actor: Actor, now: datetime) -> None:
    """Let a person sign in by the single sign-on again, with the roles that it gives.

    A local account is opened again by `open_staff_account`. Refuses: NoSuchStaff.
    """
    user = account(who)
    if not user.sign_on:
        raise NoSuchStaff
    user.closed_at = None
    user.save(update_fields=["closed_at"])
    record(EventKind.STAFF_ACCOUNT_REOPENED, actor=actor, now=now, user=str(user.pk))
