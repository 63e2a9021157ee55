from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.check_dependants import DependentConfirmation, confirmations_depending_on
from kanssa.applications.content.content import full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.refusals import NoSuchTask, ReasonNeeded
from kanssa.applications.states import State
from kanssa.evidence.events import EventKind
from kanssa.evidence.models import Event
from kanssa.evidence.record import explanation_on, record
from kanssa.identification.document_checks import CheckOutcome, explanation_of, is_answered_by, is_asked
from kanssa.identification.models import DeskCheck
from kanssa.identification.sessions import identity_of_session
from kanssa.usecases.use_case import use_case
from kanssa.values.role import Role
from kanssa.vault import open_json


@dataclass(frozen=True, slots=True)
class CheckDecision:
    """A supervisor's decision and its grounds; `words` is what they wrote."""

    at: datetime
    by: str
    outcome: str
    grounds: str
    words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A document check as a supervisor sees it: the document, the answers, and what depends on it.

    `is_own`: the supervisor made it, or it was made by their decision. `asked_for` is `annulment` or
    `document` while a clerk waits for a decision, `asked_by` that clerk's name and `wish` the code of what
    is wrong, `asked_in_words` what the clerk wrote. It holds no contacts.
    """

    check_id: UUID
    application_id: UUID
    reference: str
    state: State
    at: datetime
    desk: str
    clerk: str
    is_own: bool
    kind: str
    issuer: str
    expires_on: date | None
    number_end: str
    answers: dict[str, bool | None]
    difference: str
    refused_because: str
    acting: str
    review: str
    asked_for: str
    asked_by: str
    asked_at: datetime | None
    wish: str
    is_annulled: bool
    has_code: bool
    code_recorded_at: datetime | None
    confirmations: tuple[DependentConfirmation, ...]
    decisions: tuple[CheckDecision, ...]
    typed_name: str = field(repr=False)
    typed_born: date | None = field(repr=False)
    proven_name: str = field(repr=False)
    proven_born: date | None = field(repr=False)
    acting_name: str = field(repr=False)
    acting_document: str = field(repr=False)
    asked_in_words: str = field(repr=False)

    @property
    def is_annulment_asked(self) -> bool:
        return self.asked_for == "annulment"

    @property
    def can_be_annulled(self) -> bool:
        return bool(self.proven_name) and not self.is_annulled


@use_case
def open_desk_check(
    *, check_id: UUID, reason: AccessReason | None, staff: StaffMember, now: datetime
) -> OpenCheck:
    """Read one document check; records the reading with its reason.

    A check that waits for review, or that a clerk asks about, is opened for that; any other needs a stated
    reason. Refuses: NotYourRole, NoSuchTask, ReasonNeeded, ConflictingInterest.
    """
    require_role(staff, Role.SUPERVISOR)
    rows = DeskCheck.objects.select_related("identification__person", "by_decision")
    check = rows.prefetch_related("decisions").filter(pk=check_id).first()
    if check is None:
        raise NoSuchTask
    # The queue itself is a reason; an arbitrary check needs a stated one.
    reason = _own_reason(check, staff) or reason
    if reason is None:
        raise ReasonNeeded
    loaded = LoadedApplication.of(check.application_id, now=now)
    require_no_conflict_of_interest(staff, loaded)
    record(
        EventKind.DESK_CHECK_OPENED,
        actor=staff.actor,
        now=now,
        application_id=check.application_id,
        applicant_id=check.applicant_id,
        check=str(check_id),
        reason=reason,
    )
    applicant = loaded.applicants.get(check.applicant_id)
    if applicant is not None:
        record_protected_read(applicant, what="check", reason=reason, actor=staff.actor, now=now)
    return _opened(check, loaded, staff)


def _own_reason(check: DeskCheck, staff: StaffMember) -> AccessReason | None:
    # Their own check is not their queue's, so it needs a stated reason.
    if is_answered_by(check, staff.user_id):
        return None
    if is_asked(check):
        return AccessReason.TASK
    return AccessReason.REVIEW if check.for_review and check.reviewed_at is None else None


def _opened(check: DeskCheck, loaded: LoadedApplication, staff: StaffMember) -> OpenCheck:
    applicant = loaded.applicants.get(check.applicant_id)
    facts = loaded.facts_of(applicant.pk) if applicant else {}
    proven = identity_of_session(check.identification) if check.identification else None
    decisions = sorted(check.decisions.all(), key=lambda each: each.at)
    asked_by = check.annulment_asked_by or check.decision_asked_by
    names = names_of({each.staff_id for each in decisions} | {check.staff_id, asked_by or check.staff_id})
    acting = open_json(check.acting_sealed, bound_to=f"desk-check:{check.pk}") if check.acting_sealed else {}
    return OpenCheck(
        check_id=check.pk,
        application_id=check.application_id,
        reference=loaded.application.reference or "",
        state=loaded.state,
        at=check.at,
        desk=check.desk,
        clerk=names.get(check.staff_id, ""),
        is_own=is_answered_by(check, staff.user_id),
        kind=check.kind,
        issuer=check.issuer,
        expires_on=check.expires_on,
        number_end=check.number_end,
        answers=check.answers,
        difference=check.difference,
        refused_because=check.refused_because,
        acting=check.acting,
        review=check.review,
        asked_for=_asked_for(check),
        asked_by=names.get(asked_by, "") if asked_by else "",
        asked_at=check.annulment_asked_at or check.decision_asked_at,
        wish=check.annulment_reason,
        is_annulled=any(each.outcome == CheckOutcome.ANNULLED for each in decisions),
        has_code=bool(facts.get("hetu")),
        code_recorded_at=check.code_recorded_at,
        confirmations=confirmations_depending_on(check),
        decisions=tuple(
            CheckDecision(
                each.at, names.get(each.staff_id, ""), each.outcome, each.grounds, explanation_of(each)
            )
            for each in decisions
        ),
        typed_name=full_name(facts) if facts else "",
        typed_born=birth_date(facts) if facts else None,
        proven_name=proven.name if proven else "",
        proven_born=proven.born if proven else None,
        acting_name=acting.get("name", ""),
        acting_document=acting.get("document", ""),
        asked_in_words=_asked_in_words(check),
    )


def _asked_in_words(check: DeskCheck) -> str:
    asked = Event.objects.filter(
        kind=EventKind.ANNULMENT_REQUESTED, application_id=check.application_id, facts__check=str(check.pk)
    )
    latest = asked.select_related("statement").order_by("-at").first()
    return explanation_on(latest) if latest and is_asked(check) else ""


def _asked_for(check: DeskCheck) -> str:
    if not is_asked(check):
        return ""
    return "annulment" if check.annulment_asked_at else "document"
