from datetime import datetime
from uuid import UUID

from kanssa.accounts.conflicts_of_interest import require_no_conflict
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.corrections import keep_proven_identity
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.casework.matching import lookups_of, merge_people
from kanssa.applications.models import Task
from kanssa.applications.notifications.announcements import notify_claim_rejected, notify_decision
from kanssa.applications.refusals import NoSuchTask, NotAllowedNow, PersonKnown, SomethingChanged
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.invitations import invite_all
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import identity_of_session
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.DECIDE_MATCH)
def decide_task(
    *, task_id: UUID, is_accepted: bool, is_filled: bool, staff: StaffMember, now: datetime
) -> None:
    """Decide as a clerk whether an identified person is the named adult (DOMAIN, Matching).

    If accepted, the person claims the applicant as if their code had been typed; if a person without a code
    has claimed it, both are merged: `is_filled` is what the clerk saw of that.
    Refuses: NotYourRole, NoSuchTask, ConflictingInterest, NotAllowedNow (also where the identification was
    annulled since, or the adult recorded as dead or moved away), PersonKnown, SomethingChanged.
    """
    require_role(staff, Role.CLERK)
    tasks = Task.objects.select_related("applicant", "identification")
    named = tasks.filter(pk=task_id, decided_at=None).first()
    if named is None:
        raise NoSuchTask
    # Lock people before applications, as an annulment of the identification does: else they deadlock.
    also = [named.identification.person_id] if named.identification else []
    loaded, _rivals = locked_with_rivals(named.applicant.application_id, now=now, also=also)
    require_no_conflict_of_interest(staff, loaded)
    # Read again under the lock: two clerks may have opened the same task.
    task = Task.objects.select_for_update(of=("self",)).select_related("identification").get(pk=task_id)
    if task.decided_at is not None:
        raise NoSuchTask
    if task.identification is not None:
        require_no_conflict(staff, lookups_of(task.identification))
    if is_accepted:
        _claim(task, loaded, is_filled=is_filled)
        notify_decision(loaded, task.applicant_id, outcome="taken", cause=str(task.pk))
    elif task.identification is not None:
        notify_claim_rejected(identity_of_session(task.identification), cause=str(task.pk), now=now)
    task.decided_at, task.decided_by = now, staff.user_id
    task.outcome = "accepted" if is_accepted else "rejected"
    task.save(update_fields=["decided_at", "decided_by", "outcome"])
    record(
        EventKind.TASK_DECIDED,
        actor=staff.actor,
        now=now,
        application_id=loaded.application.pk,
        applicant_id=task.applicant_id,
        task=str(task.pk),
        about=task.kind,
        outcome=task.outcome,
    )


def _claim(task: Task, loaded: LoadedApplication, *, is_filled: bool) -> None:
    applicant = loaded.applicants.get(task.applicant_id)
    identification = task.identification
    if applicant is None or identification is None or loaded.state not in ACTIVE_STATES:
        raise NotAllowedNow
    if identification.annulled_at is not None:  # it proves nothing about the person who asked
        raise NotAllowedNow
    # A record of a death or departure is undone by a supervisor, not by a claim.
    if applicant.left_at is not None:
        raise NotAllowedNow
    # The clerk decided about what the page showed; a claim or a release since changes the question.
    if (applicant.person_id is not None) != is_filled:
        raise SomethingChanged
    if applicant.person_id is not None:
        _merge_people(applicant.person_id, identification.person_id)
        return
    if any(other.person_id == identification.person_id for other in loaded.applicants.values()):
        # One person cannot be two adults of an application.
        raise PersonKnown
    # Before the claim: from then on the record holds the adult's own answers.
    loaded.keep_typed_answers(applicant)
    identity = identity_of_session(identification)
    facts, hetu = loaded.facts_of(applicant.pk), identification.person.hetu
    keep_proven_identity(applicant, facts, hetu=hetu, born=identity.born)
    applicant.person_id = identification.person_id
    applicant.identified_at = identification.authenticated_at
    applicant.identification_id = identification.pk
    applicant.save(update_fields=["person", "identified_at", "identification"])
    if applicant.is_main:
        invite_all(loaded)
    save(loaded)


def _merge_people(known_id: UUID, other_id: UUID) -> None:
    people = Person.objects.select_for_update().in_bulk(sorted((known_id, other_id)))
    if known_id == other_id or people[known_id].hetu_lookup is not None:
        raise NotAllowedNow
    merge_people(people[known_id], people[other_id])
