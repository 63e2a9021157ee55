from datetime import datetime
from uuid import UUID

from django.db.models import Q

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_decided
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.household import USED_ELSEWHERE, Household
from kanssa.applications.keeping import locked_together
from kanssa.applications.models import Confirmation, Seat, Task
from kanssa.applications.refusals import ConfirmationEnded, NoSuchConfirmation, OwnCheck
from kanssa.applications.states import LIVING, Deed, State
from kanssa.applications.validity import hand_main_place, keep_losses, weigh
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import by
from kanssa.identification.living import ACCOUNT, DESK
from kanssa.identification.models import DeskCheck
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role

ANNULLED = "annulled"


@use_case
def annul_confirmation(
    *,
    confirmation_id: UUID,
    grounds: str,
    words: str = "",
    is_told: bool = False,
    staff: StaffMember,
    actor: Actor,
    now: datetime,
) -> None:
    """A supervisor ends a confirmation that was forged or rests on a mistake (DOMAIN, rule 8).

    What the application's becoming valid had ended elsewhere lives again, if it still has time and
    its adults are not valid elsewhere. `is_told`: whoever gave it is written to about it, where no other
    letter says so. Refuses: NotYourRole, NoSuchConfirmation, ConfirmationEnded,
    OwnHousehold, OwnCheck (it rests on an identification that they made at the desk or decided, or on
    their yes to a task).
    """
    require_role(staff, Role.SUPERVISOR)
    annulled = Confirmation.objects.filter(pk=confirmation_id).first()
    if annulled is None:
        raise NoSuchConfirmation
    victims = _ended_for(annulled)
    first, rivals = locked_together([annulled.application_id, *victims], now=now)
    household = first[0]
    require_stranger(staff, household)
    _require_not_own(annulled, staff)
    household.require(Deed.ANNUL)
    given = next(each for each in household.confirmations if each.pk == confirmation_id)
    if given.ended_because == ANNULLED:
        raise ConfirmationEnded
    household.end(given, because=ANNULLED, at=now)
    record(
        "confirmation-annulled",
        actor=actor,
        now=now,
        application_id=annulled.application_id,
        applicant_id=annulled.applicant_id,
        words=words,
        confirmation=str(confirmation_id),
        grounds=grounds,
    )
    keep_losses(household, actor=actor, but=None, cause=f"annulled:{confirmation_id}")
    if is_told and household.state in LIVING and annulled.applicant_id in household.applicants:
        tell_decided(household, annulled.applicant_id, outcome="unconfirmed", cause=str(confirmation_id))
    for victim in first[1:]:
        _revive(victim, [each for each in (*first, *rivals) if each is not victim], annulled, actor)


def _require_not_own(annulled: Confirmation, staff: StaffMember) -> None:
    """Whoever identified the person (or decided so), recorded their code or took them for this one."""
    taken = Task.objects.filter(decided_by=staff.user_id, outcome="accepted")
    by_them = Q(applicant=annulled.applicant_id) | Q(identification__person=annulled.person_id)
    own = DeskCheck.objects.filter(
        by(staff.user_id), identification__person_id=annulled.person_id, identification__isnull=False
    )
    if annulled.identification.method not in (DESK, ACCOUNT):
        own = own.filter(code_recorded_at__lte=annulled.identification.authenticated_at)
    if own.exists() or taken.filter(by_them).exists():
        raise OwnCheck


def _ended_for(annulled: Confirmation) -> list[UUID]:
    """The applications that lost confirmations to this one while it rested on the annulled."""
    lost = Confirmation.objects.filter(
        ended_for=annulled.application_id,
        ended_because=USED_ELSEWHERE,
        ended_at__gte=annulled.confirmed_at,
        application__state__in=(*LIVING, State.REPLACED),
    )
    if annulled.ended_at is not None:
        lost = lost.filter(ended_at__lte=annulled.ended_at)
    return sorted(set(lost.values_list("application_id", flat=True)))


def _revive(household: Household, others: list[Household], annulled: Confirmation, actor: Actor) -> None:
    application, now = household.application, household.now
    people = {place.person_id for place in household.applicants.values() if place.person_id}
    if Seat.objects.filter(person_id__in=people).exclude(application=application).exists():
        return
    has_time = household.valid_until > now or (application.confirm_by or now) > now
    if not has_time:
        return
    application.ended_as, application.ended_at = "", None
    for each in household.confirmations:
        is_lost_to_it = each.ended_for == annulled.application_id and each.ended_because == USED_ELSEWHERE
        is_free = not any(
            other.digest == each.digest and other.applicant_id == each.applicant_id
            for other in household.confirmations
            if other.ended_at is None
        )
        is_proven = each.identification.annulled_at is None
        if is_lost_to_it and is_free and is_proven and each.ends_by > now:
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


def _give_main_place_back(household: Household, application_id: UUID) -> None:
    for place in household.applicants.values():
        if place.main_lost_for == application_id:
            hand_main_place(household, place)
            return
