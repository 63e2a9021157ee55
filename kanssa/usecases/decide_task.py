from datetime import datetime
from uuid import UUID

from kanssa.accounts.own_people import require_strangers
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_decided, tell_not_taken
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.household import Household
from kanssa.applications.invitations import invite_all
from kanssa.applications.keeping import keep, locked_with_rivals
from kanssa.applications.matching import lookups_of, take_as_same
from kanssa.applications.models import Task
from kanssa.applications.proposals import keep_as_typed
from kanssa.applications.refusals import NoSuchTask, NotAllowedNow, PersonKnown, SomethingChanged
from kanssa.applications.states import LIVING
from kanssa.evidence.record import record
from kanssa.identification.living import identified_then
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def decide_task(
    *, task_id: UUID, is_accepted: bool, is_filled: bool, staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A clerk decides whether an identified person is the one who is named (DOMAIN, Matching).

    Accepted, the person fills the place as if their code had been typed; where somebody without a
    code fills it, both are taken as one: `is_filled` is what the clerk saw of that. Refuses:
    NotYourRole, NoSuchTask, OwnHousehold, NotAllowedNow (also where the identification was annulled
    since, or the adult recorded as dead or moved away), PersonKnown, SomethingChanged.
    """
    require_role(staff, Role.CLERK)
    tasks = Task.objects.select_related("applicant", "identification")
    named = tasks.filter(pk=task_id, decided_at=None).first()
    if named is None:
        raise NoSuchTask
    # People before applications, as when the identification is annulled meanwhile.
    also = [named.identification.person_id] if named.identification else []
    household, _rivals = locked_with_rivals(named.applicant.application_id, now=now, also=also)
    require_stranger(staff, household)
    task = Task.objects.select_for_update(of=("self",)).select_related("identification").get(pk=task_id)
    if task.decided_at is not None:
        raise NoSuchTask
    if task.identification is not None:
        require_strangers(staff, lookups_of(task.identification))
    if is_accepted:
        _fill(task, household, is_filled=is_filled)
        tell_decided(household, task.applicant_id, outcome="taken", cause=str(task.pk))
    elif task.identification is not None:
        tell_not_taken(identified_then(task.identification), cause=str(task.pk), now=now)
    task.decided_at, task.decided_by = now, staff.user_id
    task.outcome = "accepted" if is_accepted else "rejected"
    task.save(update_fields=["decided_at", "decided_by", "outcome"])
    record(
        "task-decided",
        actor=actor,
        now=now,
        application_id=household.application.pk,
        applicant_id=task.applicant_id,
        task=str(task.pk),
        about=task.kind,
        outcome=task.outcome,
    )


def _fill(task: Task, household: Household, *, is_filled: bool) -> None:
    place = household.applicants.get(task.applicant_id)
    identification = task.identification
    if place is None or identification is None or household.state not in LIVING:
        raise NotAllowedNow
    if identification.annulled_at is not None:  # it proves nothing of whoever asked
        raise NotAllowedNow
    if place.left_at is not None:
        raise NotAllowedNow
    if (place.person_id is not None) != is_filled:
        raise SomethingChanged
    if place.person_id is not None:
        _take_as_same(place.person_id, identification.person_id)
        return
    if any(other.person_id == identification.person_id for other in household.applicants.values()):
        raise PersonKnown
    keep_as_typed(place, household.facts_of(place.pk))
    place.person_id = identification.person_id
    place.identified_at = identification.authenticated_at
    place.identification_id = identification.pk
    place.save(update_fields=["person", "identified_at", "identification"])
    if place.is_main:
        invite_all(household)
    keep(household)


def _take_as_same(known_id: UUID, other_id: UUID) -> None:
    people = Person.objects.select_for_update().in_bulk(sorted((known_id, other_id)))
    if known_id == other_id or people[known_id].hetu_lookup is not None:
        raise NotAllowedNow
    take_as_same(people[known_id], people[other_id])
