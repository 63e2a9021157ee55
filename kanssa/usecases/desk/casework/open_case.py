from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kanssa.accounts.activation_codes import Slip, slip_of
from kanssa.accounts.applicant_account import AccountStatus, account_status
from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import facts_for_staff
from kanssa.applications.casework.case_rows import CaseRows, read_case_rows
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.printed_letters import PrintedLetterKind, printed_letter_kind
from kanssa.applications.content.content import Facts, full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant
from kanssa.applications.reading.delivery_troubles import DeliveryTrouble, own_trouble
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import ACTIVE_STATES, State
from kanssa.applications.transitions.invitations import can_send_invitation
from kanssa.evidence.events import EventKind
from kanssa.evidence.queries import AccessEnding, access_ending
from kanssa.evidence.record import record
from kanssa.identification.document_checks import CheckOutcome, is_asked, latest_outcome
from kanssa.identification.models import DeskCheck
from kanssa.messages.delivery_states import Delivery
from kanssa.usecases.use_case import use_case
from kanssa.values.identity_document import NO_ACCEPTABLE_DOCUMENT
from kanssa.values.role import Role

_CONTACTS = ("email", "phone", "street_address", "postcode", "city")
_MOST_MESSAGES = 20


@dataclass(frozen=True, slots=True)
class CaseAdult:
    """An adult as a clerk sees them on an opened case: the authority sees times and methods too."""

    applicant_id: UUID
    is_main: bool
    is_identified: bool
    identified_at: datetime | None
    confirmed_at: datetime | None
    is_assisted: bool
    trouble: DeliveryTrouble | None
    has_left: bool
    has_left_by_choice: bool
    name: str = field(repr=False)
    born: date | None = field(repr=False)
    has_code: bool
    contacts: Mapping[str, str] = field(repr=False)
    is_protected: bool = field(repr=False)
    language: str
    can_send_invitation: bool
    can_be_written_to: bool
    slips: tuple[Slip, ...]
    username: AccountStatus | None
    endings: tuple[AccessEnding, ...]

    @property
    def progress(self) -> Literal["confirmed", "identified", "missing"]:
        if self.confirmed_at is not None:
            return "confirmed"
        return "identified" if self.is_identified else "missing"

    @property
    def has_way_in(self) -> bool:
        return self.username is not None or any(slip.status == "waiting" for slip in self.slips)


@dataclass(frozen=True, slots=True)
class CaseLetter:
    topic: str
    applicant_id: UUID | None
    written_at: datetime
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class CaseContact:
    at: datetime
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """A document check at the desk: identified (`refused_because` is empty) or the reason why not.

    `can_be_decided`: a supervisor may let the person be identified without that document. `decision` is a
    supervisor's latest, or empty; `is_used`: a person was identified by it; `is_told`: a message about the
    decision goes to the person; `has_left`: they died or moved away.
    """

    check_id: UUID
    applicant_id: UUID
    at: datetime
    kind: str
    refused_because: str
    acting: str
    is_annulment_asked: bool
    can_be_decided: bool
    is_decision_asked: bool
    decision: str
    is_used: bool
    is_told: bool
    has_left: bool

    @property
    def progress(self) -> str:
        """The latest decision of a supervisor, else the open request to them; empty for neither."""
        if self.refused_because:
            return self.decision or ("decision-asked" if self.is_decision_asked else "")
        # A request that came after “kept” is a new one.
        if self.is_annulment_asked and self.decision != CheckOutcome.ANNULLED:
            return "annulment-asked"
        return self.decision

    @property
    def can_ask_annulment(self) -> bool:
        return not self.refused_because and self.progress in ("", CheckOutcome.KEPT)

    @property
    def is_decided(self) -> bool:
        """Whether the person is told: not of “kept”, which changes nothing for them."""
        return self.decision not in ("", CheckOutcome.KEPT)

    @property
    def next_step(self) -> Literal["identify", "ask", ""]:
        if self.decision == CheckOutcome.IDENTIFY and not self.is_used and not self.has_left:
            return "identify"
        return "ask" if self.can_be_decided and not self.is_decision_asked else ""


@dataclass(frozen=True, slots=True)
class Colleague:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    application_id: UUID
    reference: str
    state: State
    has_waiting_version: bool
    confirm_by: datetime | None
    valid_until: datetime | None
    adults: tuple[CaseAdult, ...]
    letters: tuple[CaseLetter, ...]
    contacts: tuple[CaseContact, ...]
    checks: tuple[CaseCheck, ...]
    colleagues: tuple[Colleague, ...]

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES

    @property
    def confirm_until(self) -> datetime | None:
        return self.confirm_by if self.is_active else None

    def checks_of(self, applicant_id: UUID) -> list[CaseCheck]:
        return [each for each in self.checks if each.applicant_id == applicant_id]

    def name_of(self, applicant_id: UUID | None) -> str:
        """The adult's name; empty for one who is no longer on the application."""
        return next((each.name for each in self.adults if each.applicant_id == applicant_id), "")


@use_case
def open_case(
    *, application_id: UUID, reason: AccessReason | None, staff: StaffMember, now: datetime
) -> Case:
    """Read an application at the desk; every reading is recorded with its reason.

    Colleagues who have read it in the last quarter of an hour are named, so that two do not serve at once.

    Refuses: NotYourRole, ReasonNeeded, NoSuchApplication, ConflictingInterest.
    """
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    if reason is None:
        raise ReasonNeeded
    loaded = LoadedApplication.of(application_id, now=now, with_messages=True)
    if loaded.state is State.DRAFT:
        raise NoSuchApplication
    require_no_conflict_of_interest(staff, loaded)
    rows = read_case_rows(loaded, reader=staff.user_id)
    # Before anything is shown: a reading without a record must not be possible.
    record(EventKind.CASE_OPENED, actor=staff.actor, now=now, application_id=application_id, reason=reason)
    protected = {
        key
        for key, applicant in loaded.applicants.items()
        if record_protected_read(applicant, what="case", reason=reason, actor=staff.actor, now=now)
    }
    application = loaded.application
    return Case(
        application_id=application_id,
        reference=application.reference or "",
        state=loaded.state,
        has_waiting_version=loaded.has_waiting_version,
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
        adults=tuple(
            _adult(loaded, applicant, rows, is_protected=key in protected)
            for key, applicant in loaded.applicants.items()
        ),
        letters=_messages(loaded),
        contacts=tuple(CaseContact(each.at, each.channel, each.outcome) for each in rows.contacts),
        checks=_checks(loaded, rows.checks),
        colleagues=tuple(Colleague(*each) for each in rows.colleagues),
    )


def _adult(
    loaded: LoadedApplication, applicant: Applicant, rows: CaseRows, *, is_protected: bool
) -> CaseAdult:
    facts = facts_for_staff(applicant.pk, loaded)
    person = applicant.person_id
    given = loaded.effective_confirmation_of(applicant.pk)
    return CaseAdult(
        applicant_id=applicant.pk,
        is_main=applicant.is_main,
        is_identified=applicant.person_id is not None,
        identified_at=applicant.identified_at,
        confirmed_at=given.confirmed_at if given else None,
        is_assisted=given is not None and given.assisted_by is not None,
        trouble=own_trouble(loaded, applicant),
        has_left=applicant.left_at is not None,
        has_left_by_choice=applicant.has_left_by_choice,
        name=full_name(facts),
        born=birth_date(facts),
        has_code=bool(facts.get("hetu")),
        contacts=_given(facts),
        is_protected=is_protected,
        language=facts.get("contact_language") or "fi",
        can_send_invitation=can_send_invitation(loaded, applicant.pk),
        can_be_written_to=_letter_kind(loaded, applicant, rows) is not None,
        slips=tuple(slip_of(each, now=loaded.now) for each in rows.slips if each.person_id == person),
        username=next((account_status(each) for each in rows.accounts if each.pk == person), None),
        endings=tuple(access_ending(event) for owner, event in rows.endings if owner == person),
    )


def _letter_kind(loaded: LoadedApplication, applicant: Applicant, rows: CaseRows) -> PrintedLetterKind | None:
    return printed_letter_kind(applicant, loaded, refuses=applicant.pk in rows.refusers)


def _given(facts: Facts) -> dict[str, str]:
    return {name: facts[name] for name in _CONTACTS if facts.get(name)}


def _messages(loaded: LoadedApplication) -> tuple[CaseLetter, ...]:
    return tuple(
        CaseLetter(each.topic, each.applicant_id, each.written_at, Delivery(each.delivery))
        for each in (loaded.rows.messages or ())[:_MOST_MESSAGES]
    )


def _checks(loaded: LoadedApplication, checks: Sequence[DeskCheck]) -> tuple[CaseCheck, ...]:
    left = {key for key, applicant in loaded.applicants.items() if applicant.left_at is not None}
    used = {each.by_decision_id for each in checks}
    causes = {each.cause for each in loaded.rows.messages or ()}
    return tuple(
        CaseCheck(
            check_id=each.pk,
            applicant_id=each.applicant_id,
            at=each.at,
            kind=each.kind,
            refused_because=each.refused_because,
            acting=each.acting,
            is_annulment_asked=each.annulment_asked_at is not None and is_asked(each),
            # A supervisor decides only where no acceptable document was shown.
            can_be_decided=each.refused_because in NO_ACCEPTABLE_DOCUMENT,
            is_decision_asked=each.decision_asked_at is not None,
            decision=latest_outcome(each),
            is_told=not causes.isdisjoint(_causes_of(each)),
            is_used=any(decision.pk in used for decision in each.decisions.all()),
            has_left=each.applicant_id in left,
        )
        for each in checks
    )


def _causes_of(check: DeskCheck) -> list[str]:
    """Give the causes of the messages about decisions on a check."""
    about = f"{check.application_id}:{check.applicant_id}"
    return [f"decided:{each.pk}:{about}" for each in check.decisions.all()]
