from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kanssa.accounts.staff import StaffMember, require_role
from kanssa.applications.checks import birth_date
from kanssa.applications.content import Facts, full_name
from kanssa.applications.desk_cases import Reason, require_stranger
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant, ContactRecord
from kanssa.applications.refusals import NoSuchApplication, ReasonNeeded
from kanssa.applications.states import State
from kanssa.evidence.record import record
from kanssa.messages.models import Message
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role

_CONTACTS = ("email", "phone", "postal_address")


@dataclass(frozen=True, slots=True)
class CaseAdult:
    """An adult as a clerk sees them on an opened case: to the authority, times and ways too."""

    applicant_id: UUID
    is_main: bool
    is_identified: bool
    identified_at: datetime | None
    confirmed_at: datetime | None
    is_assisted: bool
    trouble: str
    has_left: bool
    name: str = field(repr=False)
    born: date | None = field(repr=False)
    has_code: bool
    contacts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """A letter that was written about the case, and what became of it."""

    topic: str
    applicant_id: UUID | None
    written_at: datetime
    sent_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody contacted the advisory service about the case."""

    at: datetime
    channel: str
    outcome: str


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


@use_case
def open_case(
    *, application_id: UUID, reason: Reason | None, staff: StaffMember, actor: Actor, now: datetime
) -> Case:
    """Read an application at the desk; every reading leaves a trace with its reason.

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
    application = household.application
    return Case(
        application_id=application_id,
        reference=application.reference or "",
        state=household.state,
        has_waiting=household.has_waiting,
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
        adults=tuple(_adult(household, place) for place in household.applicants.values()),
        letters=_letters(application_id),
        contacts=_contacts(application_id),
    )


def _adult(household: Household, place: Applicant) -> CaseAdult:
    facts = household.facts_of(place.pk)
    given = household.carrying(place.pk)
    return CaseAdult(
        applicant_id=place.pk,
        is_main=place.is_main,
        is_identified=place.person_id is not None,
        identified_at=place.identified_at,
        confirmed_at=given.confirmed_at if given else None,
        is_assisted=given is not None and given.assisted_by is not None,
        trouble=place.address_trouble,
        has_left=place.left_at is not None,
        name=full_name(facts),
        born=birth_date(facts),
        has_code=bool(facts.get("hetu")),
        contacts=_given(facts),
    )


def _given(facts: Facts) -> dict[str, str]:
    return {name: facts[name] for name in _CONTACTS if facts.get(name)}


def _letters(application_id: UUID) -> tuple[CaseLetter, ...]:
    written = Message.objects.filter(application_id=application_id).order_by("-written_at")
    return tuple(
        CaseLetter(each.topic, each.applicant_id, each.written_at, each.sent_at, each.failure)
        for each in written[:20]
    )


def _contacts(application_id: UUID) -> tuple[Contact, ...]:
    records = ContactRecord.objects.filter(application_id=application_id).order_by("-at")
    return tuple(Contact(each.at, each.channel, each.outcome) for each in records)
