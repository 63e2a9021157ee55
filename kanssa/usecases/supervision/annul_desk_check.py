from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from kanssa.accounts import applicant_account
from kanssa.accounts.activation_codes import end_codes_of
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import require_no_conflict_of_interest
from kanssa.applications.casework.check_dependants import (
    active_confirmations_depending_on,
    applicants_depending_on,
    belongs_to_code_holder,
    has_dependent_account,
)
from kanssa.applications.models import Confirmation, TermsAcceptance
from kanssa.applications.notifications.announcements import notify_decision
from kanssa.applications.refusals import NoSuchTask, NotAllowedNow, OwnCheck
from kanssa.applications.states import ACTIVE_STATES
from kanssa.applications.transitions.annulments import annul, applications_ended_by, require_not_own_action
from kanssa.applications.transitions.locking import locked_together
from kanssa.applications.transitions.release import release_applicant_row
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome, is_answered_by, record_decision
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import annul_identification, annul_sessions_by_code
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
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
    own), ConflictingInterest, NotAllowedNow (something was confirmed elsewhere by it in this moment: once
    more).
    """
    require_role(staff, Role.SUPERVISOR)
    rows = DeskCheck.objects.select_related("identification__person")
    named = rows.filter(pk=check_id, identification__isnull=False).first()
    if named is None or named.identification_id is None:
        raise NoSuchTask
    touched, lost = _touched(named)
    also = [named.identification.person_id] if named.identification else []
    locked, rivals = locked_together([*touched, *lost], now=now, also=also)
    loaded_applications = locked[: len(touched)]
    for loaded in loaded_applications:
        require_no_conflict_of_interest(staff, loaded)
    check = rows.select_for_update(of=("self",)).get(pk=check_id)
    if check.identification is None or check.decisions.filter(outcome=CheckOutcome.ANNULLED).exists():
        raise NoSuchTask
    if is_answered_by(check, staff.user_id):
        raise OwnCheck
    for given, loaded in _living(check, locked):
        require_not_own_action(given, staff)
        others = [each for each in (*locked, *rivals) if each is not loaded]
        annul(given, loaded, others, grounds=grounds, actor=actor)
    has_account, is_holders = has_dependent_account(check), belongs_to_code_holder(check)
    filled = set(applicants_depending_on(check).values_list("pk", flat=True))
    annul_identification(check.identification, has_account=has_account, now=now)
    if has_account:
        applicant_account.remove_account(check.identification.person_id, now=now)
    end_codes_of(check.identification.person_id, now=now)
    if check.code_recorded_at is not None and not is_holders:
        _withdraw_identity_code(check, check.identification.person, now)
    _reset_terms_acceptance(check.identification.person_id)
    decision = record_decision(
        check, CheckOutcome.ANNULLED, grounds=grounds, words=words, staff_id=staff.user_id, now=now
    )
    _tell(loaded_applications, check, cause=str(decision.pk))
    emptied = [loaded for loaded in loaded_applications if _empty(loaded, filled)]
    record(
        "desk-check-annulled",
        actor=actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        decision=str(decision.pk),
        grounds=grounds,
        emptied=[str(loaded.application.pk) for loaded in emptied],
    )


def _touched(check: DeskCheck) -> tuple[list[UUID], list[UUID]]:
    """The applications where something rests on it, and those that lost something to that."""
    given = active_confirmations_depending_on(check)
    touched = {check.application_id, *given.values_list("application_id", flat=True)}
    touched |= set(applicants_depending_on(check).values_list("application_id", flat=True))
    return sorted(touched), sorted(applications_ended_by(given) - touched)


def _living(
    check: DeskCheck, loaded_applications: list[LoadedApplication]
) -> Iterator[tuple[Confirmation, LoadedApplication]]:
    """What rests on it and lives, asked anew after each: one that ends may let another live again."""
    known = {loaded.application.pk: loaded for loaded in loaded_applications}
    while row := active_confirmations_depending_on(check).order_by("confirmed_at").first():
        loaded = known.get(row.application_id)
        if loaded is None:
            raise NotAllowedNow
        yield next(each for each in loaded.confirmations if each.pk == row.pk), loaded


def _reset_terms_acceptance(person_id: UUID) -> None:
    """Whoever is on the row accepts for themselves what somebody else accepted; the log keeps that it was."""
    accepted = TermsAcceptance.objects.filter(person=person_id, identification__annulled_at__isnull=False)
    accepted.delete()


def _withdraw_identity_code(check: DeskCheck, person: Person, now: datetime) -> None:
    """Whoever was known by the code before is so again; nobody is known by two lives."""
    other = Person.objects.select_for_update().filter(pk=check.code_of).first() if check.code_of else None
    since = None if other else check.code_recorded_at
    annul_sessions_by_code(person.pk, since=since, now=now)
    person.remove_code(to=other)


def _tell(loaded_applications: list[LoadedApplication], check: DeskCheck, *, cause: str) -> None:
    for loaded in loaded_applications:
        if check.applicant_id in loaded.applicants and loaded.state in ACTIVE_STATES:
            notify_decision(loaded, check.applicant_id, outcome=CheckOutcome.ANNULLED, cause=cause)


def _empty(loaded: LoadedApplication, filled: set[UUID]) -> bool:
    """Free the place if it rests on this check and the person has confirmed nothing in it since."""
    for applicant in loaded.applicants.values():
        if (
            applicant.pk in filled
            and loaded.state in ACTIVE_STATES
            and not loaded.active_confirmations_of(applicant.pk)
        ):
            release_applicant_row(loaded, applicant)
            return True
    return False
