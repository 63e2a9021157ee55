from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.models import ContactRecord
from kanssa.applications.states import Action
from kanssa.applications.transitions.locking import locked
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role

_REPEATED_WITHIN = timedelta(minutes=1)


@use_case(Action.RECORD_CONTACT)
def record_contact(
    *,
    application_id: UUID,
    channel: Literal["phone", "email"],
    outcome: Literal["visit-agreed", "representative-sent", "helped-by-phone", "closed"],
    staff: StaffMember,
    now: datetime,
) -> None:
    """Record that a person who cannot come contacted the advisory service, and how that ended.

    Recorded twice within a minute, it is one. Refuses: NotYourRole, NoSuchApplication, ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    loaded = locked(application_id, now=now)
    require_no_conflict_of_interest(staff, loaded)
    # A double press must not look like two calls.
    if _was_just_recorded(application_id, staff, channel, outcome, now):
        return
    ContactRecord.objects.create(
        application=loaded.application, at=now, staff_id=staff.user_id, channel=channel, outcome=outcome
    )
    record(
        EventKind.CONTACT_RECORDED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        channel=channel,
        outcome=outcome,
    )


def _was_just_recorded(
    application_id: UUID, staff: StaffMember, channel: str, outcome: str, now: datetime
) -> bool:
    same = ContactRecord.objects.filter(
        application_id=application_id, staff_id=staff.user_id, channel=channel, outcome=outcome
    )
    return same.filter(at__gt=now - _REPEATED_WITHIN).exists()
