"""Make an application valid or no longer valid, and end what that replaces elsewhere (DOMAIN, rule 5)."""

from collections.abc import Iterable
from uuid import UUID

from kanssa.applications.aggregate.given_confirmations import USED_ELSEWHERE
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.models import Seat
from kanssa.applications.notifications import announcements
from kanssa.applications.states import State
from kanssa.applications.transitions.saving import save
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.values.actor import Actor


def update_validity(loaded: LoadedApplication, rivals: Iterable[LoadedApplication], *, actor: Actor) -> None:
    """Save after an action that may have completed the confirmations, and make the application valid if so.

    The caller has locked the application and its rivals.
    """
    application = loaded.application
    # An expired application is not revived by a late confirmation.
    if not loaded.is_confirmed_by_all or loaded.state is State.EXPIRED:
        save(loaded)
        return
    was_valid = State(application.state) is State.VALID
    if was_valid and application.confirmed_version_id == application.current_version_id:
        save(loaded)
        return
    _make_valid(loaded, rivals, actor=actor)
    if not was_valid:
        announcements.notify_all_confirmed(loaded)


def save_ended_confirmations(
    loaded: LoadedApplication, *, actor: Actor, excluding: UUID | None, cause: str
) -> State:
    application = loaded.application
    was_valid = State(application.state) is State.VALID
    loaded.fall_back(loaded.now, was_valid=was_valid)
    state = save(loaded)
    if was_valid and state is State.SENT:
        record(EventKind.FELL_BACK, actor=actor, now=loaded.now, application_id=application.pk)
        announcements.notify_fallen_back(loaded, excluding=excluding, cause=cause)
    return state


def _make_valid(loaded: LoadedApplication, rivals: Iterable[LoadedApplication], *, actor: Actor) -> None:
    application, now = loaded.application, loaded.now
    until = loaded.valid_until
    # A version that becomes valid after its validity ended gets a new one from now (rule 4).
    application.valid_until = until if until > now else validity_from(now)
    application.confirmed_version = application.current_version
    application.confirm_by = application.to_confirm_since = None
    loaded.set_current_version(loaded.current)
    state = save(loaded)
    people = {applicant.person_id for applicant in loaded.applicants.values() if applicant.person_id}
    # Adults who have their seat here confirmed an edit of the same application: nothing ends for them.
    newcomers = people - loaded.seated
    for rival in rivals:
        _end_rival_confirmations(rival, newcomers, to=loaded, actor=actor)
        # In memory too: the rival may be saved again in this action.
        rival.seated -= newcomers
    _take_seats(loaded, people)
    record(
        EventKind.BECAME_VALID,
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(application.current_version_id),
        valid_until=application.valid_until.isoformat(),
        state=state,
    )


def _take_seats(loaded: LoadedApplication, people: set[UUID]) -> None:
    if left := loaded.seated - people:
        Seat.objects.filter(application=loaded.application, person_id__in=left).delete()
    taken = [
        Seat(person_id=person, application=loaded.application, taken_at=loaded.now)
        # In one order, so that two actions never wait for each other's seats.
        for person in sorted(people - loaded.seated)
    ]
    Seat.objects.bulk_create(
        taken, update_conflicts=True, unique_fields=["person"], update_fields=["application", "taken_at"]
    )
    loaded.seated = frozenset(people)


def _end_rival_confirmations(
    rival: LoadedApplication, people: set[UUID], *, to: LoadedApplication, actor: Actor
) -> None:
    lost = [each for each in rival.confirmations if each.person_id in people and each.ended_at is None]
    if not lost:
        return
    was_valid = rival.state is State.VALID
    for each in lost:
        rival.end(each, because=USED_ELSEWHERE, at=rival.now, ended_for=to.application.pk)
    rival.fall_back(rival.now, was_valid=was_valid)
    cause = f"{to.current.version.pk}:{rival.now.isoformat()}"
    state = save(rival)
    record(
        EventKind.CONFIRMATIONS_USED_ELSEWHERE,
        actor=actor,
        now=rival.now,
        application_id=rival.application.pk,
        to=str(to.application.pk),
        state=state,
        main_applicant=str(rival.main_applicant.pk),
    )
    if state is State.REPLACED:
        # One message: that it ended says more than that a person left.
        announcements.notify_replaced(rival, cause=cause)
        return
    announcements.notify_confirmed_elsewhere(rival, leavers=people, cause=cause)
