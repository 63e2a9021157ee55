"""Make an application valid or no longer valid, and end what that replaces elsewhere (DOMAIN, rule 5)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from kanssa.applications.aggregate.drafts import discard_draft
from kanssa.applications.aggregate.given_confirmations import USED_ELSEWHERE
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.models import Applicant, Seat
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
    has_passed = transfer_main_applicant(rival, leaving=people, lost_for=to.application.pk)
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
    if has_passed:
        announcements.notify_main_applicant_transferred(rival, cause=cause)


def transfer_main_applicant(
    loaded: LoadedApplication, *, leaving: Collection[UUID | None], lost_for: UUID | None = None
) -> bool:
    """Make the first remaining adult to have confirmed, else to identify, the main applicant.

    Only if the main applicant is among the people who leave and a known adult remains. The former one's
    open edit is deleted.
    """
    main = loaded.main_applicant
    if main.person_id not in leaving:
        return False
    remaining = [
        applicant
        for applicant in loaded.applicants.values()
        if applicant.person_id is not None
        and applicant.person_id not in leaving
        and applicant.left_at is None
    ]
    successor = min(remaining, key=lambda applicant: _precedence(loaded, applicant), default=None)
    # No one known remains, so the role stays vacant until the first adult identifies.
    if successor is None:
        return False
    main.main_lost_for = lost_for
    set_main_applicant(loaded, successor)
    return True


def set_main_applicant(loaded: LoadedApplication, successor: Applicant) -> None:
    main = loaded.main_applicant
    main.is_main = False
    main.save(update_fields=["is_main", "main_lost_for"])
    successor.is_main, successor.main_lost_for = True, None
    successor.save(update_fields=["is_main", "main_lost_for"])
    # Only the former main applicant may see their open edit.
    discard_draft(loaded.application)
    loaded.applicants_changed()
    if successor.pk not in loaded.current.digests:
        loaded.drop_waiting_version()


def transfer_vacant_main_applicant(loaded: LoadedApplication) -> bool:
    main = loaded.main_applicant
    given = [each for each in loaded.confirmations if each.applicant_id == main.pk]
    has_living = any(each.ended_at is None for each in given)
    lost_for = given[-1].ended_for if given and not has_living else None
    if main.left_at is None and lost_for is None:
        return False
    return transfer_main_applicant(loaded, leaving={main.person_id}, lost_for=lost_for)


def _precedence(loaded: LoadedApplication, applicant: Applicant) -> tuple[bool, float]:
    given = [each.confirmed_at for each in loaded.active_confirmations_of(applicant.pk)]
    if given:
        return (False, min(given).timestamp())
    identified_at = applicant.identified_at or loaded.now
    return (True, identified_at.timestamp())
