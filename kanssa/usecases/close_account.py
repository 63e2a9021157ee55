from datetime import datetime
from uuid import UUID

from kanssa.accounts import account
from kanssa.accounts.activation import end_slips_of
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.evidence.record import record
from kanssa.identification.living import end_all_by_account
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def close_account(*, person_id: UUID, staff: StaffMember, actor: Actor, now: datetime) -> None:
    """Take a person's account, slips and sign-ins away: the identification behind them was wrong.

    Refuses: NotYourRole.
    """
    require_role(staff, Role.SUPERVISOR)
    account.remove(person_id, now=now)
    end_slips_of(person_id, now=now)
    end_all_by_account(person_id, now=now)
    record("account-closed", actor=actor, now=now, person=str(person_id))
