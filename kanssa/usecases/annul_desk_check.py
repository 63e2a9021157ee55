from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from kanssa.accounts import account
from kanssa.accounts.activation import end_slips_of
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.announcements import tell_decided
from kanssa.applications.annulling import annul, lost_to, require_not_own
from kanssa.applications.desk_cases import require_stranger
from kanssa.applications.freeing import free
from kanssa.applications.household import Household
from kanssa.applications.keeping import locked_together
from kanssa.applications.models import Confirmation, TermsAcceptance
from kanssa.applications.refusals import NoSuchTask, NotAllowedNow, OwnCheck
from kanssa.applications.resting import (
    has_account_of,
    is_the_holders,
    living_confirmations_resting_on,
    places_resting_on,
)
from kanssa.applications.states import LIVING
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import Outcome, decide, is_by
from kanssa.identification.living import annul_identification, annul_what_a_code_proved
from kanssa.identification.models import DeskCheck
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role


@use_case
def annul_desk_check(
    *, check_id: UUID, grounds: str, words: str, staff: StaffMember, actor: Actor, now: datetime
) -> None:
    """A supervisor annuls an identification at the desk, with grounds, and what was confirmed by it.

    Each confirmation that rests on it ends as by `annul_confirmation`. It opens nothing more, nor does a
    slip or an account that it led to (the mailbox may be somebody else's); an account from before stays.
    The person gets a new slip when they are identified rightly. The places that it filled are free for
    whoever is meant, and an identity code that was recorded in that visit is the person's no more; who
    confirmed by it at a bank keeps what they confirmed. Refuses: NotYourRole, NoSuchTask, OwnCheck (their
    own), OwnHousehold, NotAllowedNow (something was confirmed elsewhere by it in this moment: once more).
    """
    require_role(staff, Role.SUPERVISOR)
    rows = DeskCheck.objects.select_related("identification__person")
    named = rows.filter(pk=check_id, identification__isnull=False).first()
    if named is None or named.identification_id is None:
        raise NoSuchTask
    touched, lost = _touched(named)
    also = [named.identification.person_id] if named.identification else []
    locked, rivals = locked_together([*touched, *lost], now=now, also=also)
    households = locked[: len(touched)]
    for household in households:
        require_stranger(staff, household)
    check = rows.select_for_update(of=("self",)).get(pk=check_id)
    if check.identification is None or check.decisions.filter(outcome=Outcome.ANNULLED).exists():
        raise NoSuchTask
    if is_by(check, staff.user_id):
        raise OwnCheck
    for given, household in _living(check, locked):
        require_not_own(given, staff)
        others = [each for each in (*locked, *rivals) if each is not household]
        annul(given, household, others, grounds=grounds, actor=actor)
    has_account, is_holders = has_account_of(check), is_the_holders(check)
    filled = set(places_resting_on(check).values_list("pk", flat=True))
    annul_identification(check.identification, has_account=has_account, now=now)
    if has_account:
        account.remove(check.identification.person_id, now=now)
    end_slips_of(check.identification.person_id, now=now)
    if check.code_recorded_at is not None and not is_holders:
        _take_code_away(check, check.identification.person, now)
    _ask_for_terms_anew(check.identification.person_id)
    decision = decide(check, Outcome.ANNULLED, grounds=grounds, words=words, staff_id=staff.user_id, now=now)
    _tell(households, check, cause=str(decision.pk))
    emptied = [household for household in households if _empty(household, filled)]
    record(
        "desk-check-annulled",
        actor=actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        decision=str(decision.pk),
        grounds=grounds,
        emptied=[str(household.application.pk) for household in emptied],
    )


def _touched(check: DeskCheck) -> tuple[list[UUID], list[UUID]]:
    """The applications where something rests on it, and those that lost something to that."""
    given = living_confirmations_resting_on(check)
    touched = {check.application_id, *given.values_list("application_id", flat=True)}
    touched |= set(places_resting_on(check).values_list("application_id", flat=True))
    return sorted(touched), sorted(lost_to(given) - touched)


def _living(check: DeskCheck, households: list[Household]) -> Iterator[tuple[Confirmation, Household]]:
    """What rests on it and lives, asked anew after each: one that ends may let another live again."""
    known = {household.application.pk: household for household in households}
    while row := living_confirmations_resting_on(check).order_by("confirmed_at").first():
        household = known.get(row.application_id)
        if household is None:
            raise NotAllowedNow
        yield next(each for each in household.confirmations if each.pk == row.pk), household


def _ask_for_terms_anew(person_id: UUID) -> None:
    """Whoever is on the row accepts for themselves what somebody else accepted; the log keeps that it was."""
    accepted = TermsAcceptance.objects.filter(person=person_id, identification__annulled_at__isnull=False)
    accepted.delete()


def _take_code_away(check: DeskCheck, person: Person, now: datetime) -> None:
    """Whoever was known by the code before is so again; nobody is known by two lives."""
    other = Person.objects.select_for_update().filter(pk=check.code_of).first() if check.code_of else None
    since = None if other else check.code_recorded_at
    annul_what_a_code_proved(person.pk, since=since, now=now)
    person.lose_code(to=other)


def _tell(households: list[Household], check: DeskCheck, *, cause: str) -> None:
    for household in households:
        if check.applicant_id in household.applicants and household.state in LIVING:
            tell_decided(household, check.applicant_id, outcome=Outcome.ANNULLED, cause=cause)


def _empty(household: Household, filled: set[UUID]) -> bool:
    """Free the place if it rests on this check and the person has confirmed nothing in it since."""
    for place in household.applicants.values():
        if (
            place.pk in filled
            and household.state in LIVING
            and not household.living_confirmations_of(place.pk)
        ):
            free(household, place)
            return True
    return False
