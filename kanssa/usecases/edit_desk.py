from datetime import datetime

from django.db import IntegrityError, transaction

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.desk import the_desk
from kanssa.applications.desk_editing import DeskChange, DeskEditedMeanwhile, NoMore, changed
from kanssa.applications.desk_edition import DeskEdition
from kanssa.applications.times import day_of
from kanssa.evidence.record import record
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def edit_desk(*, change: DeskChange, seen: int, staff: StaffMember, actor: Actor, now: datetime) -> None:
    """A supervisor or an operator changes what is said of the desk; `seen` is the edition that they saw.

    Each edition is kept, so that it stays known who said what and when. Of two who change the same
    edition the second is refused. Refuses: NotYourRole, DeskEditedMeanwhile, HoursNotUnderstood, DatesPassed.
    """
    require_role(staff, Role.SUPERVISOR, Role.OPERATOR)
    desk = the_desk()
    if desk.number != seen:
        raise DeskEditedMeanwhile
    following = changed(desk, change, today=day_of(now))
    try:
        with transaction.atomic():
            DeskEdition.objects.create(
                number=seen + 1, said=following.said(), made_at=now, made_by=staff.user_id
            )
    except IntegrityError:
        raise DeskEditedMeanwhile from None
    part = f"no-{change.part}" if isinstance(change, NoMore) else type(change).__name__.lower()
    record("desk-edited", actor=actor, now=now, edition=seen + 1, part=part)
