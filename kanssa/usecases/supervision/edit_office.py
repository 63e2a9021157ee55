from datetime import datetime

from django.db import IntegrityError, transaction

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.calendar.days import day_of
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.office.current import current_office, forget_look_up
from kanssa.office.editing import OfficeChange, OfficeEditedMeanwhile, Removal, changed
from kanssa.office.information import ExceptionalDay, OfficeNotice, ServiceTimes
from kanssa.office.models import OfficeEdition
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_PARTS = {ServiceTimes: "times", ExceptionalDay: "exceptionalday", OfficeNotice: "notice"}
"""Names of the changed parts in events."""


@use_case
def edit_office(*, change: OfficeChange, seen: int, staff: StaffMember, now: datetime) -> None:
    """Change the information about the desk; `seen` is the edition that the editor saw.

    Each edition is kept, with its editor and time. Of two edits of the same edition the second is refused.
    Refuses: NotYourRole, OfficeEditedMeanwhile, InvalidOpeningHours, DateInPast.
    """
    require_role(staff, Role.SUPERVISOR, Role.OPERATOR)
    desk = current_office(is_fresh=True)
    # Of two edits of the same edition the second is refused, not merged.
    if desk.number != seen:
        raise OfficeEditedMeanwhile
    following = changed(desk, change, today=day_of(now))
    try:
        with transaction.atomic():
            OfficeEdition.objects.create(
                number=seen + 1, information=following.information(), made_at=now, made_by=staff.user_id
            )
    except IntegrityError:  # another editor made this edition in this moment
        raise OfficeEditedMeanwhile from None
    part = f"no-{change.part}" if isinstance(change, Removal) else _PARTS[type(change)]
    forget_look_up()
    transaction.on_commit(forget_look_up)  # a page may have looked up the former edition meanwhile
    record(EventKind.OFFICE_EDITED, actor=staff.actor, now=now, edition=seen + 1, part=part)
