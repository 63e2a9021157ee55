from datetime import datetime
from typing import Literal

from kanssa.accounts.own_people import declare
from kanssa.accounts.staff import StaffMember
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.hetu import Hetu


@use_case
def declare_own_person(
    *, hetu: Hetu, relation: Literal["self", "relative"], staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A member of the staff tells whose applications they may not handle."""
    if declare(staff, hetu, relation=relation, now=now):
        record("own-person-declared", actor=actor, now=now, relation=relation)
