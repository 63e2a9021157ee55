from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from kanssa.accounts.account import AccountStanding, standing_of
from kanssa.accounts.activation import Slip, slips_of
from kanssa.accounts.staff import StaffMember, names_of, require_role
from kanssa.applications.checks import birth_date
from kanssa.applications.content import Facts, full_name
from kanssa.applications.desk_cases import Reason, record_protected, require_stranger
from kanssa.applications.household import Household
from kanssa.applications.invitations import can_be_sent_a_link
from kanssa.applications.models import Applicant, ContactRecord
from kanssa.applications.paper import letter_about
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.sight import facts_for_staff
from kanssa.applications.states import State
from kanssa.applications.troubles import Trouble, own_trouble
from kanssa.evidence.recent import Ending, endings_in, last_done
from kanssa.evidence.record import record
from kanssa.identification.desk_checks import is_asked, latest_outcome
from kanssa.identification.models import DeskCheck
from kanssa.messages.delivery import Delivery
from kanssa.messages.models import Message
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.identity_document import NO_ACCEPTABLE_DOCUMENT
from kanssa.values.role import Role

_CONTACTS = ("email", "phone", "street_address", "postcode", "city")
_BESIDE = timedelta(minutes=15)
_MOST_LETTERS = 20


@dataclass(frozen=True, slots=True)
class CaseAdult:
    """An adult as a clerk sees them on an opened case: to the authority, times and ways too."""

    applicant_id: UUID
    is_main: bool
    is_identified: bool
    identified_at: datetime | None
    confirmed_at: datetime | None
    is_assisted: bool
    trouble: Trouble | None
    has_left: bool
    name: str = field(repr=False)
    born: date | None = field(repr=False)
    has_code: bool
    contacts: Mapping[str, str] = field(repr=False)
    is_protected: bool = field(repr=False)
    language: str
    can_be_sent_a_link: bool
    can_be_written_to: bool
    slips: tuple[Slip, ...]
    username: AccountStanding | None
    endings: tuple[Ending, ...]

    @property
    def has_way_in(self) -> bool:
        """Whether a clerk could end a slip or a username of theirs."""
        return self.username is not None or any(slip.standing == "waiting" for slip in self.slips)


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """A letter that was written about the case, and what became of it."""

    topic: str
    applicant_id: UUID | None
    written_at: datetime
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody contacted the advisory service about the case."""

    at: datetime
    channel: str
    outcome: str


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """A document check at the desk: identified (`refused_because` is empty) or why not.

    `can_be_decided`: a supervisor may let the person be identified without that document.
    `decision` is the latest of a supervisor, or empty; `is_used`: somebody was identified
    by it; `is_told`: the person is written to about the decision.
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
    """Who else has had the case open a moment ago, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """An application on the clerk's screen."""

    application_id: UUID
    reference: str
    state: State
    has_waiting: bool
    confirm_by: datetime | None
    valid_until: datetime | None
    adults: tuple[CaseAdult, ...]
    letters: tuple[CaseLetter, ...]
    contacts: tuple[Contact, ...]
    checks: tuple[CaseCheck, ...]
    colleagues: tuple[Colleague, ...]


@use_case
def open_case(
    *, application_id: UUID, reason: Reason | None, staff: StaffMember, actor: Actor, now: datetime
) -> Case:
    """Read an application at the desk; every reading leaves a trace with its reason.

    Whoever else has read it in the last quarter of an hour is named, so that two do not serve at once.

    Refuses: NotYourRole, ReasonNeeded, NoSuchApplication, OwnHousehold.
    """
    require_role(staff, Role.CLERK, Role.SUPERVISOR)
    if reason is None:
        raise ReasonNeeded
    household = Household.of(application_id, now=now)
    if household.state is State.DRAFT:
        raise NoSuchApplication
    require_stranger(staff, household)
    record("case-opened", actor=actor, now=now, application_id=application_id, reason=reason)
    protected = {
        key
        for key, place in household.applicants.items()
        if record_protected(place, what="case", reason=reason, actor=actor, now=now)
    }
    application = household.application
    return Case(
        application_id=application_id,
        reference=application.reference or "",
        state=household.state,
        has_waiting=household.has_waiting,
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
        adults=tuple(
            _adult(household, place, is_protected=key in protected)
            for key, place in household.applicants.items()
        ),
        letters=_letters(application_id),
        contacts=_contacts(application_id),
        checks=_checks(application_id),
        colleagues=_colleagues(application_id, staff, now),
    )


def _adult(household: Household, place: Applicant, *, is_protected: bool) -> CaseAdult:
    facts = facts_for_staff(place.pk, household)
    person = place.person_id
    given = household.carrying(place.pk)
    return CaseAdult(
        applicant_id=place.pk,
        is_main=place.is_main,
        is_identified=place.person_id is not None,
        identified_at=place.identified_at,
        confirmed_at=given.confirmed_at if given else None,
        is_assisted=given is not None and given.assisted_by is not None,
        trouble=own_trouble(household, place),
        has_left=place.left_at is not None,
        name=full_name(facts),
        born=birth_date(facts),
        has_code=bool(facts.get("hetu")),
        contacts=_given(facts),
        is_protected=is_protected,
        language=facts.get("contact_language") or "fi",
        can_be_sent_a_link=can_be_sent_a_link(household, place.pk),
        can_be_written_to=letter_about(place, household) is not None,
        slips=tuple(slips_of(person, now=household.now)) if person else (),
        username=standing_of(person) if person else None,
        endings=_endings(person) if person else (),
    )


def _endings(person_id: UUID) -> tuple[Ending, ...]:
    """Of the person, on whichever of their applications a clerk ended it."""
    places = Applicant.objects.filter(person_id=person_id).values_list("application_id", "pk")
    return tuple(endings_in(set(places)))


def _given(facts: Facts) -> dict[str, str]:
    return {name: facts[name] for name in _CONTACTS if facts.get(name)}


def _letters(application_id: UUID) -> tuple[CaseLetter, ...]:
    written = Message.objects.filter(application_id=application_id).order_by("-written_at")
    return tuple(
        CaseLetter(each.topic, each.applicant_id, each.written_at, Delivery(each.delivery))
        for each in written[:_MOST_LETTERS]
    )


def _contacts(application_id: UUID) -> tuple[Contact, ...]:
    records = ContactRecord.objects.filter(application_id=application_id).order_by("-at")
    return tuple(Contact(each.at, each.channel, each.outcome) for each in records)


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
            can_be_decided=each.refused_because in NO_ACCEPTABLE_DOCUMENT,
            is_decision_asked=each.decision_asked_at is not None,
            decision=latest_outcome(each),
            is_told=_is_told(each),
            is_used=any(decision.pk in used for decision in each.decisions.all()),
        )
        for each in checks.prefetch_related("decisions")
    )


def _is_told(check: DeskCheck) -> bool:
    causes = [
        f"decided:{each.pk}:{check.application_id}:{check.applicant_id}" for each in check.decisions.all()
    ]
    return bool(causes) and Message.objects.filter(cause__in=causes).exists()


def _colleagues(application_id: UUID, staff: StaffMember, now: datetime) -> tuple[Colleague, ...]:
    done = last_done(
        ("case-opened", "adult-opened"),
        application_id=application_id,
        since=now - _BESIDE,
        but=staff.user_id,
    )
    names = names_of(done)
    return tuple(Colleague(names[key], at) for key, at in done.items() if key in names)
