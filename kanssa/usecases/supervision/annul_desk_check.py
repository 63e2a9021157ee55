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
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.applications.transitions.annulments import annul, applications_ended_by, require_not_own_action
from kanssa.applications.transitions.locking import locked_together
from kanssa.applications.transitions.release import release_applicant_row
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome, is_answered_by, record_decision
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import annul_identification, annul_sessions_by_code
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role


@use_case(Action.ANNUL_CHECK)
def annul_desk_check(*, check_id: UUID, grounds: str, words: str, staff: StaffMember, now: datetime) -> None:
    """Annul an identification at the desk, with grounds, and the confirmations that depend on it.

    Each such confirmation ends as by `annul_confirmation`. The session ends, and so do a slip and an
    account that it led to (the mailbox may be another person's); an earlier account stays. The person gets
    a new slip when they are identified again. Applicants claimed by it are released, and an identity code
    that was recorded in that visit is removed from the person; the code's holder who confirmed by it at a
    bank keeps those confirmations.
    Refuses: NotYourRole, NoSuchTask, OwnCheck (their own), ConflictingInterest, NotAllowedNow (a
    confirmation was given elsewhere by it in this moment: try again).
    """
    require_role(staff, Role.SUPERVISOR)
    rows = DeskCheck.objects.select_related("identification__person")
    named = rows.filter(pk=check_id, identification__isnull=False).first()
    if named is None or named.identification_id is None:
        raise NoSuchTask
    # Found before locking, because locks are taken in one order; a confirmation since is refused below.
    touched, lost = _touched(named)
    also = [named.identification.person_id] if named.identification else []
    locked, rivals = locked_together([*touched, *lost], now=now, also=also)
    loaded_applications = locked[: len(touched)]
    for loaded in loaded_applications:
        require_no_conflict_of_interest(staff, loaded)
    # Read again under the lock: another supervisor may have annulled it meanwhile.
    check = rows.select_for_update(of=("self",)).get(pk=check_id)
    if check.identification is None or check.decisions.filter(outcome=CheckOutcome.ANNULLED).exists():
        raise NoSuchTask
    if is_answered_by(check, staff.user_id):
        raise OwnCheck
    for given, loaded in _active_confirmations(check, locked):
        require_not_own_action(given, staff)
        others = [each for each in (*locked, *rivals) if each is not loaded]
        annul(given, loaded, others, grounds=grounds, actor=staff.actor)
    # Before anything is annulled: the answers depend on what still counts.
    has_account, is_holders = has_dependent_account(check), belongs_to_code_holder(check)
    claimed = set(applicants_depending_on(check).values_list("pk", flat=True))
    annul_identification(check.identification, has_account=has_account, now=now)
    if has_account:
        # Its mailbox may be another person's.
        applicant_account.remove_account(check.identification.person_id, now=now)
    end_codes_of(check.identification.person_id, now=now)
    if check.code_recorded_at is not None and not is_holders:
        _withdraw_identity_code(check, check.identification.person, now)
    # After the annulment: it deletes what annulled identifications accepted.
    _reset_terms_acceptance(check.identification.person_id)
    decision = record_decision(
        check, CheckOutcome.ANNULLED, grounds=grounds, words=words, staff_id=staff.user_id, now=now
    )
    _notify(loaded_applications, check, cause=str(decision.pk))
    released = [loaded for loaded in loaded_applications if _release(loaded, claimed)]
    record(
        EventKind.DESK_CHECK_ANNULLED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check.pk),
        decision=str(decision.pk),
        grounds=grounds,
        emptied=[str(loaded.application.pk) for loaded in released],
    )


def _touched(check: DeskCheck) -> tuple[list[UUID], list[UUID]]:
    given = active_confirmations_depending_on(check)
    touched = {check.application_id, *given.values_list("application_id", flat=True)}
    touched |= set(applicants_depending_on(check).values_list("application_id", flat=True))
    return sorted(touched), sorted(applications_ended_by(given) - touched)


def _active_confirmations(
    check: DeskCheck, loaded_applications: list[LoadedApplication]
) -> Iterator[tuple[Confirmation, LoadedApplication]]:
    known = {loaded.application.pk: loaded for loaded in loaded_applications}
    # Asked again after each: ending one may make another active again.
    while row := active_confirmations_depending_on(check).order_by("confirmed_at").first():
        loaded = known.get(row.application_id)
        if loaded is None:
            raise NotAllowedNow
        yield next(each for each in loaded.confirmations if each.pk == row.pk), loaded


def _reset_terms_acceptance(person_id: UUID) -> None:
    # The real person accepts for themselves; the log keeps the events.
    accepted = TermsAcceptance.objects.filter(person=person_id, identification__annulled_at__isnull=False)
    accepted.delete()


def _withdraw_identity_code(check: DeskCheck, person: Person, now: datetime) -> None:
    other = Person.objects.select_for_update().filter(pk=check.code_of).first() if check.code_of else None
    since = None if other else check.code_recorded_at
    annul_sessions_by_code(person.pk, since=since, now=now)
    person.remove_code(to=other)


def _notify(loaded_applications: list[LoadedApplication], check: DeskCheck, *, cause: str) -> None:
    for loaded in loaded_applications:
        if check.applicant_id in loaded.applicants and loaded.state in ACTIVE_STATES:
            notify_decision(loaded, check.applicant_id, outcome=CheckOutcome.ANNULLED, cause=cause)


def _release(loaded: LoadedApplication, claimed: set[UUID]) -> bool:
    for applicant in loaded.applicants.values():
        if (
            applicant.pk in claimed
            and loaded.state in ACTIVE_STATES
            and not loaded.active_confirmations_of(applicant.pk)
        ):
            release_applicant_row(loaded, applicant)
            return True
    return False
