"""Ending a confirmation that was forged or rests on a mistake (DOMAIN, rule 8)."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from kanssa.accounts.staff import StaffMember
from kanssa.applications.household import USED_ELSEWHERE, Household
from kanssa.applications.models import Confirmation, Seat, Task
from kanssa.applications.refusals import OwnCheck
from kanssa.applications.states import LIVING, State
from kanssa.applications.validity import hand_main_place, keep_losses, weigh
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import by
from kanssa.identification.living import ACCOUNT, DESK
from kanssa.identification.models import DeskCheck, Identification
from kanssa.values.actor import Actor

ANNULLED = "annulled"


def lost_to(confirmations: Iterable[Confirmation]) -> set[UUID]:
    """The applications that lost confirmations to these while they rested on them: to be locked too."""
    return {application_id for each in confirmations for application_id in _lost_to(each)}


def require_not_own(annulled: Confirmation, staff: StaffMember) -> None:
    """Let nobody judge what came of their own deed. Refuses: OwnCheck.

    Whoever identified the person (or decided so), recorded their code or took them for this one.
    """
    taken = Task.objects.filter(decided_by=staff.user_id, outcome="accepted")
    by_them = Q(applicant=annulled.applicant_id) | Q(identification__person=annulled.person_id)
    own = DeskCheck.objects.filter(
        by(staff.user_id), identification__person_id=annulled.person_id, identification__isnull=False
    )
    if annulled.identification.method not in (DESK, ACCOUNT):
        own = own.filter(code_recorded_at__lte=annulled.identification.authenticated_at)
    if own.exists() or taken.filter(by_them).exists():
        raise OwnCheck


def annul(
    given: Confirmation,
    household: Household,
    others: list[Household],
    *,
    grounds: str,
    words: str = "",
    actor: Actor,
) -> None:
    """End one of the household's confirmations. `others` are all else that is locked, with what it had ended.

    What the application's becoming valid had ended elsewhere lives again, if it still has time and
    its adults are not valid elsewhere.
    """
    lost = _lost_to(given)
    household.end(given, because=ANNULLED, at=household.now)
    record(
        "confirmation-annulled",
        actor=actor,
        now=household.now,
        application_id=household.application.pk,
        applicant_id=given.applicant_id,
        words=words,
        confirmation=str(given.pk),
        grounds=grounds,
    )
    keep_losses(household, actor=actor, but=None, cause=f"annulled:{given.pk}")
    for victim in others:
        if victim.application.pk in lost:
            _revive(victim, [household, *(each for each in others if each is not victim)], given, actor)


def _lost_to(annulled: Confirmation) -> set[UUID]:
    lost = Confirmation.objects.filter(
        ended_for=annulled.application_id,
        ended_because=USED_ELSEWHERE,
        ended_at__gte=annulled.confirmed_at,
        application__state__in=(*LIVING, State.REPLACED),
    )
    if annulled.ended_at is not None:
        lost = lost.filter(ended_at__lte=annulled.ended_at)
    return set(lost.values_list("application_id", flat=True))


def _revive(household: Household, others: list[Household], annulled: Confirmation, actor: Actor) -> None:
    application, now = household.application, household.now
    people = {place.person_id for place in household.applicants.values() if place.person_id}
    if Seat.objects.filter(person_id__in=people).exclude(application=application).exists():
        return
    has_time = household.valid_until > now or (application.confirm_by or now) > now
    if not has_time:
        return
    application.ended_as, application.ended_at = "", None
    proven = _proven(household)
    for each in household.confirmations:
        is_lost_to_it = each.ended_for == annulled.application_id and each.ended_because == USED_ELSEWHERE
        is_free = not any(
            other.digest == each.digest and other.applicant_id == each.applicant_id
            for other in household.confirmations
            if other.ended_at is None
        )
        if is_lost_to_it and is_free and each.identification_id in proven and each.ends_by > now:
            household.revive(each)
    if not household.is_confirmed_by_all and (application.confirm_by or now) <= now:
        household.begin_to_confirm(now)
    _give_main_place_back(household, annulled.application_id)
    weigh(household, [other for other in others if other.state in LIVING], actor=actor)
    record(
        "confirmations-revived",
        actor=actor,
        now=now,
        application_id=application.pk,
        annulled=str(annulled.pk),
        state=application.state,
    )


def _proven(household: Household) -> set[UUID]:
    """Asked of the database: an identification may have been annulled in this deed."""
    ids = {each.identification_id for each in household.confirmations}
    return set(Identification.objects.filter(pk__in=ids, annulled_at=None).values_list("pk", flat=True))


def _give_main_place_back(household: Household, application_id: UUID) -> None:
    for place in household.applicants.values():
        if place.main_lost_for == application_id:
            hand_main_place(household, place)
            return
