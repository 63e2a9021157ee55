"""An application becomes valid, or is no more, and what that ends elsewhere (DOMAIN, rule 5)."""

from collections.abc import Collection, Iterable
from uuid import UUID

from kanssa.applications import announcements
from kanssa.applications.drafts import drop_draft
from kanssa.applications.household import USED_ELSEWHERE, Household
from kanssa.applications.keeping import keep
from kanssa.applications.models import Applicant, Seat
from kanssa.applications.periods import validity_from
from kanssa.applications.states import State
from kanssa.evidence.record import record
from kanssa.values.actor import Actor


def weigh(household: Household, rivals: Iterable[Household], *, actor: Actor) -> None:
    """Let a deed that may have made everybody's confirmations whole have its effect, and keep it.

    The household and its rivals are locked.
    """
    application = household.application
    if not household.is_confirmed_by_all or household.state is State.EXPIRED:
        keep(household)
        return
    was_valid = State(application.state) is State.VALID
    if was_valid and application.confirmed_version_id == application.standing_version_id:
        keep(household)
        return
    _become_valid(household, rivals, actor=actor)
    if not was_valid:
        announcements.tell_all_confirmed(household)


def keep_losses(household: Household, *, actor: Actor, but: UUID | None, cause: str) -> State:
    """After a deed ended confirmations: what was valid falls back, and the others are told."""
    application = household.application
    was_valid = State(application.state) is State.VALID
    household.fall_back(household.now, was_valid=was_valid)
    state = keep(household)
    if was_valid and state is State.SENT:
        record("fell-back", actor=actor, now=household.now, application_id=application.pk)
        announcements.tell_fallen_back(household, but=but, cause=cause)
    return state


def _become_valid(household: Household, rivals: Iterable[Household], *, actor: Actor) -> None:
    """Take everybody's seat, and end what they hold elsewhere.

    Who sits here already loses nothing: it is valid already for them. A version that becomes
    valid after its time was up gets a new one from now (rule 4).
    """
    application, now = household.application, household.now
    until = household.valid_until
    application.valid_until = until if until > now else validity_from(now)
    application.confirmed_version = application.standing_version
    application.confirm_by = application.to_confirm_since = None
    household.stand_on(household.standing)
    state = keep(household)
    people = {place.person_id for place in household.applicants.values() if place.person_id}
    seated = set(Seat.objects.filter(application=application).values_list("person_id", flat=True))
    for rival in rivals:
        _lose(rival, people - seated, to=household, actor=actor)
    Seat.objects.filter(application=application).exclude(person_id__in=people).delete()
    Seat.objects.filter(person_id__in=people - seated).delete()
    Seat.objects.bulk_create(
        Seat(person_id=person, application=application, taken_at=now) for person in people - seated
    )
    record(
        "became-valid",
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(application.standing_version_id),
        valid_until=application.valid_until.isoformat(),
        state=state,
    )


def _lose(rival: Household, people: set[UUID], *, to: Household, actor: Actor) -> None:
    """End what these people confirmed of another application, and let it fall where it falls."""
    lost = [each for each in rival.confirmations if each.person_id in people and each.ended_at is None]
    if not lost:
        return
    was_valid = rival.state is State.VALID
    for each in lost:
        rival.end(each, because=USED_ELSEWHERE, at=rival.now, ended_for=to.application.pk)
    rival.fall_back(rival.now, was_valid=was_valid)
    cause = f"{to.standing.version.pk}:{rival.now.isoformat()}"
    has_passed = pass_main_place(rival, away_from=people, lost_for=to.application.pk)
    state = keep(rival)
    record(
        "confirmations-used-elsewhere",
        actor=actor,
        now=rival.now,
        application_id=rival.application.pk,
        to=str(to.application.pk),
        state=state,
        main_applicant=str(rival.main_applicant.pk),
    )
    if state is State.REPLACED:
        announcements.tell_replaced(rival, cause=cause)
        return
    announcements.tell_confirmed_elsewhere(rival, leavers=people, cause=cause)
    if has_passed:
        announcements.tell_main_applicant_passed(rival, cause=cause)


def pass_main_place(
    household: Household, *, away_from: Collection[UUID | None], lost_for: UUID | None = None
) -> bool:
    """Let the first remaining adult to have confirmed, else to identify, be the main applicant.

    Only if the main applicant is among the people who leave, and somebody known remains. What the
    former one was editing is theirs, and is forgotten.
    """
    main = household.main_applicant
    if main.person_id not in away_from:
        return False
    remaining = [
        place
        for place in household.applicants.values()
        if place.person_id is not None and place.person_id not in away_from and place.left_at is None
    ]
    heir = min(remaining, key=lambda place: _precedence(household, place), default=None)
    if heir is None:
        return False
    main.main_lost_for = lost_for
    hand_main_place(household, heir)
    return True


def hand_main_place(household: Household, heir: Applicant) -> None:
    """Make somebody the main applicant.

    What the former one was editing holds what only they may see, and is forgotten. A change that
    leaves the new one out waits no more.
    """
    main = household.main_applicant
    main.is_main = False
    main.save(update_fields=["is_main", "main_lost_for"])
    heir.is_main, heir.main_lost_for = True, None
    heir.save(update_fields=["is_main", "main_lost_for"])
    drop_draft(household.application)
    household.places_changed()
    if heir.pk not in household.standing.digests:
        household.drop_change()


def pass_open_main_place(household: Household) -> bool:
    """Where the main applicant left while nobody else was known: the first to identify takes over."""
    main = household.main_applicant
    given = [each for each in household.confirmations if each.applicant_id == main.pk]
    has_living = any(each.ended_at is None for each in given)
    lost_for = given[-1].ended_for if given and not has_living else None
    if main.left_at is None and lost_for is None:
        return False
    return pass_main_place(household, away_from={main.person_id}, lost_for=lost_for)


def _precedence(household: Household, place: Applicant) -> tuple[bool, float]:
    """Who has confirmed comes first, by when; then who identified, by when."""
    given = [each.confirmed_at for each in household.living_confirmations_of(place.pk)]
    if given:
        return (False, min(given).timestamp())
    identified_at = place.identified_at or household.now
    return (True, identified_at.timestamp())
