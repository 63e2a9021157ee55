"""An application becomes valid, and what that ends elsewhere (DOMAIN, rule 5)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications import announcements
from kanssa.applications.desk import desk_is_open
from kanssa.applications.household import USED_ELSEWHERE, Household
from kanssa.applications.models import Seat
from kanssa.applications.states import State
from kanssa.applications.times import day_of, time_to_confirm, validity
from kanssa.evidence.record import record
from kanssa.values.actor import Actor


def validity_from(now: datetime) -> datetime:
    """When a version made now stops being valid."""
    return validity(from_day=day_of(now), days=settings.VALID_DAYS, months=settings.VALID_MONTHS)


def confirming_time_from(now: datetime, *, invited_at: datetime | None = None) -> datetime:
    """Until when all must have confirmed, counted from sending or falling back."""
    return time_to_confirm(
        from_day=day_of(now),
        invited_on=day_of(invited_at) if invited_at else None,
        days=settings.DAYS_TO_CONFIRM,
        desk_is_open=desk_is_open,
    )


def become_valid(household: Household, rivals: Iterable[Household], *, actor: Actor, now: datetime) -> None:
    """Every adult holds a living confirmation: take their seats, end what they hold elsewhere.

    The household and its rivals are locked. A version that becomes valid after its time was
    up gets a new one from now (rule 4).
    """
    application = household.application
    until = household.standing.version.valid_until
    application.valid_until = until if until > now else validity_from(now)
    people = {place.person_id for place in household.applicants.values() if place.person_id}
    for rival in rivals:
        _lose(rival, people, to=household, actor=actor, now=now)
    Seat.objects.filter(person_id__in=people).delete()
    Seat.objects.bulk_create(
        Seat(person_id=person, application=application, taken_at=now) for person in people
    )
    household.restate(now=now)
    record(
        "became-valid",
        actor=actor,
        now=now,
        application_id=application.pk,
        version=str(household.standing.version.pk),
        valid_until=application.valid_until.isoformat(),
    )
    announcements.tell_all_confirmed(household, now=now)


def _lose(rival: Household, people: set[UUID], *, to: Household, actor: Actor, now: datetime) -> None:
    """End what these people confirmed of another application, and let it fall where it falls."""
    was = rival.state(now=now)
    lost = [each for each in rival.confirmations if each.person_id in people and each.ended_at is None]
    if not lost:
        return
    for confirmation in lost:
        confirmation.ended_at, confirmation.ended_because = now, USED_ELSEWHERE
        confirmation.save(update_fields=["ended_at", "ended_because"])
    Seat.objects.filter(application=rival.application).delete()
    if was is State.VALID:
        rival.application.valid_until = None
        rival.application.confirm_by = confirming_time_from(now)
    state = rival.restate(now=now)
    record(
        "confirmations-used-elsewhere",
        actor=actor,
        now=now,
        application_id=rival.application.pk,
        to=str(to.application.pk),
        state=state,
    )
    announcements.tell_confirmed_elsewhere(rival, leavers=people, cause=to.standing.version.pk, now=now)
