"""Lock applications in one order everywhere: people by id, then applications by id.

So households that become valid in the same second wait for each other and never deadlock. The rows are
locked before they are read with what belongs to them: after a lock wait PostgreSQL reads the locked row
again, but not the rows that were joined to it.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.loading import LoadedRows, load_rows
from kanssa.applications.notifications.timed_messages import notify_timed_transitions
from kanssa.applications.refusals import NoSuchApplication
from kanssa.applications.states import ACTIVE_STATES, TimedTransition
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.values.actor import SYSTEM

_MAX_ATTEMPTS = 5
_EVENT_OF_TRANSITION = {
    TimedTransition.CONFIRMATION_ENDS: EventKind.CLOCK_CONFIRMATION_ENDS,
    TimedTransition.FALLS_BACK: EventKind.CLOCK_FALLS_BACK,
    TimedTransition.EXPIRES: EventKind.CLOCK_EXPIRES,
    TimedTransition.CHANGE_LAPSES: EventKind.CLOCK_CHANGE_LAPSES,
    TimedTransition.LAPSES: EventKind.CLOCK_LAPSES,
    TimedTransition.EXTENDED: EventKind.CLOCK_EXTENDS,
}
_LOCK_PEOPLE = """
SELECT id FROM people_person WHERE id = ANY(ARRAY(
    SELECT person_id FROM applications_applicant
    WHERE application_id = ANY(%(wanted)s) AND person_id IS NOT NULL AND removed_at IS NULL
) || %(also)s::uuid[]) ORDER BY id FOR UPDATE
"""
_LOCK_APPLICATIONS = """
SELECT id FROM applications_application WHERE id = ANY(ARRAY(
    SELECT confirmation.application_id FROM applications_confirmation confirmation
    JOIN applications_application application ON application.id = confirmation.application_id
    WHERE confirmation.person_id = ANY(%(people)s::uuid[]) AND confirmation.ended_at IS NULL
        AND application.state = ANY(%(active)s)
) || %(wanted)s::uuid[]) ORDER BY id FOR UPDATE
"""
_LOCK_WAITING = """
SELECT id FROM applications_application WHERE id = ANY(ARRAY(
    SELECT application_id FROM applications_applicant
    WHERE hetu_lookup = %(lookup)s AND person_id IS NULL AND removed_at IS NULL
) || ARRAY(
    SELECT invited.application_id FROM applications_invitation invitation
    JOIN applications_applicant invited ON invited.id = invitation.applicant_id
    WHERE invitation.id = %(link)s::uuid AND invitation.is_by_hand
)) AND state = ANY(%(active)s) ORDER BY id FOR UPDATE
"""


class _PeopleChanged(Exception):
    """A person claimed an applicant while the locks were taken."""


def locked(application_id: UUID, *, now: datetime, reader: Identified | None = None) -> LoadedApplication:
    """Lock the application alone, for actions that touch no other application.

    Timed transitions until `now` are saved first. Raises NoSuchApplication.
    """
    _lock_applications([application_id])
    for rows in load_rows([application_id], reader=reader):
        return _load(rows, now)
    raise NoSuchApplication


def locked_waiting_for(
    identified: Identified, *, link: UUID | None = None, now: datetime
) -> list[LoadedApplication]:
    """Lock active applications with an unclaimed applicant under a person's identity code.

    Also the one of the printed invitation by which they came (`link`).
    """
    if identified.hetu_lookup is None:
        return []
    with connection.cursor() as cursor:
        active = [str(state) for state in ACTIVE_STATES]
        cursor.execute(_LOCK_WAITING, {"lookup": identified.hetu_lookup, "link": link, "active": active})
        ids = [application for (application,) in cursor.fetchall()]
    # A code alone shows nothing: it may be mistyped, and the person a stranger.
    return [_load(rows, now) for rows in load_rows(ids)]


def locked_with_rivals(
    application_id: UUID, *, now: datetime, also: Collection[UUID] = (), reader: Identified | None = None
) -> tuple[LoadedApplication, list[LoadedApplication]]:
    """Lock the people, then this application and the active ones that they have confirmed.

    `also`: people who are not on it now, but will be when the action is done.
    """
    first, rest = locked_together([application_id], now=now, also=also, reader=reader)
    return first[0], rest


def locked_together(
    application_ids: Collection[UUID],
    *,
    now: datetime,
    also: Collection[UUID] = (),
    reader: Identified | None = None,
) -> tuple[list[LoadedApplication], list[LoadedApplication]]:
    """Lock the people of some applications, then these and the others that the people have confirmed.

    Gives the requested ones in their order, then the others. Raises NoSuchApplication.
    """
    wanted = list(application_ids)
    # A person may claim an applicant between looking and locking. Then the savepoint's rollback releases the
    # locks, and all is done again: taking the missing lock now would break the order.
    for _try in range(_MAX_ATTEMPTS):
        with suppress(_PeopleChanged), transaction.atomic():
            people = _lock_people(wanted, also)
            ids = _lock_applications(wanted, people)
            found = {rows.application.pk: rows for rows in load_rows(ids, reader=reader)}
            # A draft may have been deleted meanwhile.
            if not found.keys() >= set(wanted):
                raise NoSuchApplication
            # Read again under the locks: only now can no other person join.
            if {person for each in wanted for person in _people_on(found[each])} | set(also) != people:
                raise _PeopleChanged
            first = [_load(found.pop(each), now) for each in wanted]
            return first, [_load(rows, now) for rows in found.values()]
    raise RuntimeError("the people of an application kept changing")


def _load(rows: LoadedRows, now: datetime) -> LoadedApplication:
    loaded = LoadedApplication(rows, now=now)
    if not loaded.timed_transitions:
        return loaded
    save(loaded)
    for applied in loaded.timed_transitions:
        record(
            _EVENT_OF_TRANSITION[applied.transition],
            actor=SYSTEM,
            now=now,
            application_id=loaded.application.pk,
            at=applied.at.isoformat(),
            standing=str(loaded.application.current_version_id),
        )
    notify_timed_transitions(loaded)
    return loaded


def _lock_people(wanted: list[UUID], also: Collection[UUID]) -> set[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_PEOPLE, {"wanted": wanted, "also": list(also)})
        return {person for (person,) in cursor.fetchall()}


def _lock_applications(wanted: list[UUID], people: Collection[UUID] = ()) -> list[UUID]:
    with connection.cursor() as cursor:
        active = [str(state) for state in ACTIVE_STATES]
        cursor.execute(_LOCK_APPLICATIONS, {"wanted": wanted, "people": list(people), "active": active})
        return [application for (application,) in cursor.fetchall()]


def _people_on(rows: LoadedRows) -> set[UUID]:
    return {
        applicant.person_id
        for applicant in rows.applicants
        if applicant.person_id and applicant.removed_at is None
    }
