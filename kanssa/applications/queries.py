"""What pages read: frozen values, each already cut to what its reader may see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kanssa.applications.content import Content, Facts, full_name, merged
from kanssa.applications.corrections import correction_of
from kanssa.applications.drafts import content_of
from kanssa.applications.household import Household
from kanssa.applications.invitations import hash_of
from kanssa.applications.models import Applicant, Application, Invitation, TermsAcceptance
from kanssa.applications.refusals import (
    AlreadySent,
    InvitationSpent,
    NoSuchApplication,
    NoSuchInvitation,
    NotIdentified,
)
from kanssa.applications.sight import OtherAdult, Seen, other_adult, seen_by
from kanssa.applications.states import LIVING, State
from kanssa.applications.terms import terms_in_force
from kanssa.applications.times import day_of
from kanssa.identification.living import Identified


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as the sending browser sees it. `revision` guards against a stale tab."""

    id: UUID
    content: Content
    revision: int


@dataclass(frozen=True, slots=True)
class SentApplication:
    """What the sending browser sees until somebody has identified."""

    reference: str
    confirm_by: datetime
    adults: tuple[OtherAdult, ...]
    without_email: tuple[str, ...]
    main_has_hetu: bool


@dataclass(frozen=True, slots=True)
class LivingInvitation:
    """A link that opens: nothing personal (DOMAIN, Who sees what)."""

    applicant_id: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """One application on which an identified person has a place."""

    application_id: UUID
    reference: str
    state: State
    main_applicant: str
    is_main: bool
    has_confirmed: bool
    confirm_by: datetime | None


@dataclass(frozen=True, slots=True)
class Review:
    """What a person is about to confirm.

    `version_id` goes back with the confirming, so that it binds what was seen. `ends` are the
    references whose confirmations this one will end. `missing` names own required answers.
    """

    application_id: UUID
    reference: str
    version_id: UUID
    state: State
    seen: Seen
    missing: tuple[str, ...]
    has_confirmed: bool
    ends: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """An application to one of its adults: own part with times, of others done or missing."""

    application_id: UUID
    reference: str
    state: State
    is_main: bool
    own_name: str
    identified_at: datetime | None
    confirmed_at: datetime | None
    others: tuple[OtherAdult, ...]
    can_be_invited: frozenset[UUID]
    confirm_by: datetime | None
    valid_until: datetime | None


def draft_of(application_id: UUID) -> Draft:
    """Read a draft. Raises NoSuchApplication, AlreadySent."""
    row = Application.objects.filter(pk=application_id).first()
    if row is None:
        raise NoSuchApplication
    if row.sent_at is not None:
        raise AlreadySent
    return Draft(row.pk, content_of(row), row.draft_revision)


def sent_application(application_id: UUID, *, now: datetime) -> SentApplication:
    """Read what was sent from this browser. Raises NotIdentified once somebody has identified."""
    household = Household.of(application_id)
    application = household.application
    if household.state(now=now) is State.DRAFT:
        raise NoSuchApplication
    if any(place.person_id for place in household.applicants.values()):
        raise NotIdentified
    content = household.standing.content
    return SentApplication(
        reference=application.reference or "",
        confirm_by=_certain(application.confirm_by),
        adults=tuple(other_adult(adult, household) for adult in content.adults),
        without_email=tuple(
            full_name(content.adults[adult])
            for adult in content.co_applicant_ids
            if not content.adults[adult].get("email")
        ),
        main_has_hetu=bool(content.adults[content.main_applicant_id].get("hetu")),
    )


def living_invitation(token: str) -> LivingInvitation:
    """Find what a link opens; writes nothing. Raises NoSuchInvitation, InvitationSpent."""
    row = Invitation.objects.filter(token_hash=hash_of(token)).first()
    if row is None:
        raise NoSuchInvitation
    if row.ended_at is not None:
        raise InvitationSpent
    return LivingInvitation(row.applicant_id)


def places_of(identified: Identified) -> set[UUID]:
    """The places that a person fills on living applications."""
    places = Applicant.objects.filter(person_id=identified.person_id, application__state__in=LIVING)
    return set(places.values_list("pk", flat=True))


def place_in(application_id: UUID, *, identified: Identified) -> UUID:
    """The place that a person fills on one application. Raises NoSuchApplication."""
    places = Applicant.objects.filter(application_id=application_id, person_id=identified.person_id)
    for place in places.values_list("pk", flat=True):
        return place
    raise NoSuchApplication


def waiting_for(identified: Identified, *, now: datetime) -> list[Waiting]:
    """All applications on which this person has a place, link or no link, newest first."""
    places = Applicant.objects.filter(person_id=identified.person_id, application__state__in=LIVING).order_by(
        "-application__sent_at"
    )
    return [_waiting(place, now) for place in places.select_related("application")]


def review(application_id: UUID, *, identified: Identified, now: datetime) -> Review:
    """Read what the person is to confirm. Raises NoSuchApplication."""
    household = Household.of(application_id)
    place = household.place_of(identified.person_id)
    return Review(
        application_id=application_id,
        reference=household.application.reference or "",
        version_id=household.standing.version.pk,
        state=household.state(now=now),
        seen=seen_by(place.pk, household),
        missing=tuple(household.missing_details(place.pk)),
        has_confirmed=household.confirmation_of(place.pk) is not None,
        ends=tuple(_ended_by_confirming(identified, application_id)),
    )


def own_details(application_id: UUID, *, identified: Identified) -> tuple[UUID, Facts]:
    """The person's place, and their own details with what they are correcting in them."""
    household = Household.of(application_id)
    place = household.place_of(identified.person_id)
    return place.pk, merged(household.standing.content.adults[place.pk], correction_of(place))


def status(application_id: UUID, *, identified: Identified, now: datetime) -> Status:
    """Read how an application stands, for one of its adults. Raises NoSuchApplication."""
    household = Household.of(application_id)
    application = household.application
    place = household.place_of(identified.person_id)
    confirmation = household.confirmation_of(place.pk)
    seen = seen_by(place.pk, household)
    return Status(
        application_id=application_id,
        reference=application.reference or "",
        state=household.state(now=now),
        is_main=place.is_main,
        own_name=full_name(seen.own),
        identified_at=place.identified_at,
        confirmed_at=confirmation.confirmed_at if confirmation else None,
        others=tuple(sorted(seen.others, key=lambda adult: adult.has_confirmed)),
        can_be_invited=_can_be_invited(household) if place.is_main else frozenset(),
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
    )


def has_accepted_terms(identified: Identified, *, now: datetime) -> bool:
    """Whether the person has accepted the terms that are in force."""
    version = terms_in_force(day_of(now)).version
    return TermsAcceptance.objects.filter(person_id=identified.person_id, terms=version).exists()


def _waiting(place: Applicant, now: datetime) -> Waiting:
    household = Household(place.application)
    content = household.standing.content
    return Waiting(
        application_id=place.application_id,
        reference=place.application.reference or "",
        state=household.state(now=now),
        main_applicant=full_name(content.adults[content.main_applicant_id]),
        is_main=place.is_main,
        has_confirmed=household.confirmation_of(place.pk) is not None,
        confirm_by=place.application.confirm_by,
    )


def _ended_by_confirming(identified: Identified, application_id: UUID) -> list[str]:
    others = Application.objects.filter(
        confirmations__person_id=identified.person_id, confirmations__ended_at__isnull=True
    ).exclude(pk=application_id)
    return [reference for reference in others.values_list("reference", flat=True) if reference]


def _can_be_invited(household: Household) -> frozenset[UUID]:
    return frozenset(adult for adult in household.applicants if household.can_be_invited(adult))


def _certain(moment: datetime | None) -> datetime:
    if moment is None:
        raise NoSuchApplication
    return moment
