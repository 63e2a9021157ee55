from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import facts_for_staff
from kanssa.applications.casework.cases import (
    AccessReason,
    comparison_fingerprint,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.printed_letters import PrintedLetterKind, printed_letter_kind
from kanssa.applications.content.content import first_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.notifications.asking_refusals import refuses_to_be_asked
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import State
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.names import Name
from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class AdultAtDesk:
    """One adult of a case, for comparing with a document or writing a letter.

    `compared` goes back with the check, so that it counts for the answers that were read. The address of a
    person who `is_protected` is not here. `inviter` is the main applicant's first name, as in e-mails;
    `letter` is None when no printed letter may be sent.
    """

    application_id: UUID
    applicant_id: UUID
    reference: str
    is_main: bool
    has_left: bool
    confirm_by: datetime | None
    valid_until: datetime | None
    is_valid: bool
    visit_code: str
    letter: PrintedLetterKind | None
    language: str
    inviter: str = field(repr=False)
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    hetu: str = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    is_protected: bool = field(repr=False)
    compared: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def as_name(self) -> Name:
        return Name(self.last_name, self.first_names)


@use_case
def open_applicant(
    *,
    application_id: UUID,
    applicant_id: UUID,
    purpose: str,
    reason: AccessReason | None,
    staff: StaffMember,
    now: datetime,
) -> AdultAtDesk:
    """Read one adult of a case, with the identity code; records the purpose and the reason.

    Refuses: NotYourRole, ReasonNeeded, NoSuchApplication, ConflictingInterest.
    """
    require_role(staff, Role.CLERK)
    if reason is None:
        raise ReasonNeeded
    loaded = LoadedApplication.of(application_id, now=now)
    applicant = loaded.applicants.get(applicant_id)
    if applicant is None or loaded.state is State.DRAFT:
        raise NoSuchApplication
    require_no_conflict_of_interest(staff, loaded)
    # Recorded before the answers are read: a reading without a record must not be possible.
    record(
        EventKind.ADULT_OPENED,
        actor=staff.actor,
        now=now,
        application_id=application_id,
        applicant_id=applicant_id,
        purpose=purpose,
        reason=reason,
    )
    protected = record_protected_read(applicant, what="adult", reason=reason, actor=staff.actor, now=now)
    facts = facts_for_staff(applicant_id, loaded)
    postal_line = f"{facts.get('postcode') or ''} {facts.get('city') or ''}".strip()
    return AdultAtDesk(
        application_id=application_id,
        applicant_id=applicant_id,
        reference=loaded.application.reference or "",
        is_main=applicant.is_main,
        has_left=applicant.left_at is not None,
        confirm_by=loaded.application.confirm_by,
        valid_until=loaded.application.valid_until,
        is_valid=loaded.state is State.VALID,
        visit_code=loaded.application.visit_code or "",
        letter=printed_letter_kind(applicant, loaded, refuses=refuses_to_be_asked(applicant.pk)),
        language=facts.get("contact_language") or "fi",
        inviter=first_name(loaded.facts_of(loaded.main_applicant.pk)),
        last_name=facts.get("last_name", ""),
        first_names=facts.get("first_names", ""),
        born=birth_date(facts),
        hetu=facts.get("hetu") or "",
        address=tuple(line for line in (facts.get("street_address") or "", postal_line) if line),
        is_protected=protected,
        # Over all facts, not the cut ones: the check compares with the same.
        compared=comparison_fingerprint(loaded.facts_of(applicant_id)),
    )
