"""Let confirmations count again that ended for another application without reason (DOMAIN, rules 6, 8)."""

from uuid import UUID

from kanssa.applications.aggregate.given_confirmations import USED_ELSEWHERE
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.models import Confirmation, Seat
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.models import Identification
from kanssa.values.actor import Actor


def applications_lost_to(application_id: UUID, *, person_id: UUID) -> set[UUID]:
    """Give the applications in which this person's confirmations ended for another application."""
    lost = Confirmation.objects.filter(
        ended_for=application_id,
        ended_because=USED_ELSEWHERE,
        person_id=person_id,
        application__state__in=(*ACTIVE_STATES, State.REPLACED),
    )
    return set(lost.values_list("application_id", flat=True))


def revive(
    loaded: LoadedApplication,
    others: list[LoadedApplication],
    *,
    ended_for: UUID,
    actor: Actor,
    only_of: UUID | None = None,
    annulled: str = "",
) -> None:
    """Let what ended for another application count again, if there is time and its adults are free.

    `only_of`: of one person alone, who is no longer on the other application; the main applicant then stays
    who it is. `others` are the rest of what is locked, `annulled` is the confirmation that was.
    """
    application, now = loaded.application, loaded.now
    people = {applicant.person_id for applicant in loaded.applicants.values() if applicant.person_id}
    # An adult who is valid elsewhere by now keeps that: reviving would take it away unasked.
    if Seat.objects.filter(person_id__in=people).exclude(application=application).exists():
        return
    has_time = loaded.valid_until > now or (application.confirm_by or now) > now
    if not has_time:
        return
    application.ended_as, application.ended_at = "", None
    for each in _lost_to(loaded, ended_for, only_of):
        # The database allows one active confirmation of the same facts.
        if not any(_is_of_the_same(each, other) for other in loaded.confirmations.active):
            loaded.revive(each)
    if not loaded.is_confirmed_by_all and (application.confirm_by or now) <= now:
        loaded.start_confirmation_period(now)
    update_validity(loaded, [other for other in others if other.state in ACTIVE_STATES], actor=actor)
    record(
        EventKind.CONFIRMATIONS_REVIVED,
        actor=actor,
        now=now,
        application_id=application.pk,
        annulled=annulled,
        state=application.state,
    )


def _lost_to(loaded: LoadedApplication, ended_for: UUID, only_of: UUID | None) -> list[Confirmation]:
    # Asked of the database: an identification may have been annulled in this very action.
    ids = {each.identification_id for each in loaded.confirmations}
    proven = set(Identification.objects.filter(pk__in=ids, annulled_at=None).values_list("pk", flat=True))
    return [
        each
        for each in loaded.confirmations
        if each.ended_for == ended_for
        and each.ended_because == USED_ELSEWHERE
        and only_of in (None, each.person_id)
        and each.identification_id in proven
        and each.ends_by > loaded.now
    ]


def _is_of_the_same(one: Confirmation, other: Confirmation) -> bool:
    return one.digest == other.digest and one.applicant_id == other.applicant_id
