from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kanssa.accounts.applicant_account import mailbox_of
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.addresses import own_mailbox
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.matching import TaskKind, lookups_of
from kanssa.applications.content.content import full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Task
from kanssa.applications.refusals import NoSuchTask
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import identity_of_session
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A person asks to be matched to an applicant: the typed answers, and the proven identity.

    `is_filled_for_good`: the person who claimed the applicant has an identity code, so the answer can only
    be no. `is_told_of_yes`, `is_told_of_no`: a message about that decision would reach them.
    """

    task_id: UUID
    kind: TaskKind
    is_filled: bool
    is_filled_for_good: bool
    application_id: UUID
    reference: str
    asked_at: datetime
    method: str
    identified_at: datetime
    is_told_of_yes: bool
    is_told_of_no: bool
    typed_name: str = field(repr=False)
    typed_born: date | None = field(repr=False)
    typed_hetu: str = field(repr=False)
    proven_name: str = field(repr=False)
    proven_born: date | None = field(repr=False)
    proven_hetu: str = field(repr=False)


@use_case
def open_task(*, task_id: UUID, staff: StaffMember, now: datetime) -> OpenTask:
    """Read a task that a clerk is to decide; records the reading.

    Refuses: NotYourRole, NoSuchTask, ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    tasks = Task.objects.filter(pk=task_id, decided_at=None, identification__isnull=False)
    task = tasks.select_related("applicant__person", "identification__person").first()
    if task is None or task.identification is None:
        raise NoSuchTask
    loaded = LoadedApplication.of(task.applicant.application_id, now=now)
    if task.applicant_id not in loaded.applicants:  # an edit named another adult since
        raise NoSuchTask
    # The person who asks may be a relative too, not only an adult of the application.
    require_no_conflict_of_interest(staff, loaded, also=lookups_of(task.identification))
    # An event of its own: supervisors look at these readings apart.
    record_protected_read(task.applicant, what="case", reason=AccessReason.TASK, actor=staff.actor, now=now)
    record(
        EventKind.CASE_OPENED,
        actor=staff.actor,
        now=now,
        application_id=task.applicant.application_id,
        applicant_id=task.applicant_id,
        reason=AccessReason.TASK,
        task=str(task.pk),
        identification=str(task.identification.pk),
    )
    facts, proven = loaded.facts_of(task.applicant_id), identity_of_session(task.identification)
    hetu = task.identification.person.hetu
    person_id = task.applicant.person_id or task.identification.person_id
    return OpenTask(
        task_id=task.pk,
        kind=TaskKind(task.kind),
        is_filled=task.applicant.person_id is not None,
        is_filled_for_good=_has_code(task.applicant.person),
        application_id=task.applicant.application_id,
        reference=loaded.application.reference or "",
        asked_at=task.asked_at,
        method=proven.method,
        identified_at=proven.authenticated_at,
        is_told_of_yes=own_mailbox(loaded, task.applicant_id, person_id=person_id) is not None,
        is_told_of_no=mailbox_of(task.identification.person_id) is not None,
        typed_name=full_name(facts),
        typed_born=birth_date(facts),
        typed_hetu=facts.get("hetu") or "",
        proven_name=proven.name,
        proven_born=proven.born,
        proven_hetu=hetu.code if hetu else "",
    )


def _has_code(person: Person | None) -> bool:
    return person is not None and person.hetu_lookup is not None
