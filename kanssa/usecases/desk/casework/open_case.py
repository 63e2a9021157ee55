from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from kanssa.accounts.activation_codes import Slip, codes_of
from kanssa.accounts.applicant_account import AccountStatus, status_of
from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.visibility import facts_for_staff
from kanssa.applications.casework.cases import (
    AccessReason,
    record_protected_read,
    require_no_conflict_of_interest,
)
from kanssa.applications.casework.printed_letters import printed_letter_kind
from kanssa.applications.content.content import Facts, full_name
from kanssa.applications.content.validation import birth_date
from kanssa.applications.models import Applicant, ContactRecord
from kanssa.applications.reading.delivery_troubles import DeliveryTrouble, own_trouble
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import State
from kanssa.applications.transitions.invitations import can_send_invitation
from kanssa.evidence.events import EventKind
from kanssa.evidence.queries import AccessEnding, access_endings_of, latest_actions
from kanssa.evidence.record import record
from kanssa.identification.document_checks import is_asked, latest_outcome
from kanssa.identification.models import DeskCheck
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.models import Message
from kanssa.usecases.use_case import use_case
from kanssa.values.identity_document import NO_ACCEPTABLE_DOCUMENT
from kanssa.values.role import Role

_CONTACTS = ("email", "phone", "street_address", "postcode", "city")
_RECENTLY = timedelta(minutes=15)
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
    decision goes to the person.
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
            _adult(loaded, applicant, is_protected=key in protected)
            for key, applicant in loaded.applicants.items()
        ),
        letters=_messages(application_id),
        contacts=_contacts(application_id),
        checks=_checks(application_id),
        colleagues=_colleagues(application_id, staff, now),
    )


def _adult(loaded: LoadedApplication, applicant: Applicant, *, is_protected: bool) -> CaseAdult:
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
        can_be_written_to=printed_letter_kind(applicant, loaded) is not None,
        slips=tuple(codes_of(person, now=loaded.now)) if person else (),
        username=status_of(person) if person else None,
        endings=_endings(person) if person else (),
    )


def _endings(person_id: UUID) -> tuple[AccessEnding, ...]:
    applicants = Applicant.objects.filter(person_id=person_id).values_list("application_id", "pk")
    return tuple(access_endings_of(set(applicants)))


def _given(facts: Facts) -> dict[str, str]:
    return {name: facts[name] for name in _CONTACTS if facts.get(name)}


def _messages(application_id: UUID) -> tuple[CaseLetter, ...]:
    written = Message.objects.filter(application_id=application_id).order_by("-written_at")
    return tuple(
        CaseLetter(each.topic, each.applicant_id, each.written_at, Delivery(each.delivery))
        for each in written[:_MOST_MESSAGES]
    )


def _contacts(application_id: UUID) -> tuple[CaseContact, ...]:
    records = ContactRecord.objects.filter(application_id=application_id).order_by("-at")
    return tuple(CaseContact(each.at, each.channel, each.outcome) for each in records)


def _checks(application_id: UUID) -> tuple[CaseCheck, ...]:
    checks = DeskCheck.objects.filter(application_id=application_id).order_by("-at")
    used = {each.by_decision_id for each in checks}
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
            is_told=_is_notified(each),
            is_used=any(decision.pk in used for decision in each.decisions.all()),
        )
        for each in checks.prefetch_related("decisions")
    )


def _is_notified(check: DeskCheck) -> bool:
    causes = [
        f"decided:{each.pk}:{check.application_id}:{check.applicant_id}" for each in check.decisions.all()
    ]
    return bool(causes) and Message.objects.filter(cause__in=causes).exists()


def _colleagues(application_id: UUID, staff: StaffMember, now: datetime) -> tuple[Colleague, ...]:
    done = latest_actions(
        (EventKind.CASE_OPENED, EventKind.ADULT_OPENED),
        application_id=application_id,
        since=now - _RECENTLY,
        excluding=staff.user_id,
    )
    names = names_of(done)
    return tuple(Colleague(names[key], at) for key, at in done.items() if key in names)
