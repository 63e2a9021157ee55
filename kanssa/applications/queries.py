"""What pages read: frozen values, each already cut to what its reader may see."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kanssa.applications.changes import Change
from kanssa.applications.checks import faults_of
from kanssa.applications.content import Facts, full_name, merged
from kanssa.applications.corrections import correction_of
from kanssa.applications.drafts import content_of
from kanssa.applications.editing import (
    as_typed,
    faults_as_typed,
    faults_of_edit,
    require_editor,
    shown_to_editor,
    without_own_changes,
)
from kanssa.applications.form import PERSON, missing_fields
from kanssa.applications.household import Household
from kanssa.applications.invitations import invitation_of
from kanssa.applications.models import Applicant, Application, Seat, TermsAcceptance
from kanssa.applications.own_answers import latest_own, proposed_to, waiting_in
from kanssa.applications.periods import AFTER_PERIOD, can_be_copied_at, validity_from
from kanssa.applications.places import may_ask_to_be_taken
from kanssa.applications.proof import has_proof
from kanssa.applications.readings import (
    Draft,
    LivingInvitation,
    Receipt,
    Renewal,
    Review,
    SentApplication,
    Status,
    Waiting,
)
from kanssa.applications.refusals import AlreadySent, NoSuchApplication, NothingConfirmed, NotIdentified
from kanssa.applications.revising import next_content
from kanssa.applications.sight import changes_seen_by, other_adult, seen_by
from kanssa.applications.standing import Standing
from kanssa.applications.states import LIVING, Deed, State
from kanssa.applications.terms import terms_in_force
from kanssa.applications.times import day_of
from kanssa.applications.troubles import own_trouble, troubles_with_links
from kanssa.identification.living import Identified


def draft_of(application_id: UUID, *, identified: Identified | None = None, now: datetime) -> Draft:
    """Read a draft, or an edit of something that was sent.

    Raises NoSuchApplication, AlreadySent (and nothing is being edited), NotIdentified, SomeoneElse.
    """
    household = Household.of(application_id, now=now)
    row = household.application
    if row.sent_at is None:
        content = content_of(row)
        faults = tuple(faults_of(content, today=day_of(now)))
        return Draft(row.pk, content, row.draft_revision, faults=faults)
    if row.draft is None:
        raise AlreadySent
    main = require_editor(household, identified)
    household.require(Deed.EDIT)
    draft = content_of(row)
    content, changes = shown_to_editor(household, draft)
    return Draft(
        row.pk,
        content,
        row.draft_revision,
        is_edit=True,
        has_main_identified=main.person_id is not None,
        changes=tuple(changes),
        faults=tuple(faults_of_edit(household, draft)),
        state=household.state,
    )


def sent_application(application_id: UUID, *, now: datetime) -> SentApplication:
    """Read what was sent from this browser. Raises NotIdentified once its main applicant has identified."""
    household = Household.of(application_id, now=now)
    application = household.application
    if household.state is State.DRAFT:
        raise NoSuchApplication
    if household.has_main_identified:
        raise NotIdentified
    content = household.standing.content
    return SentApplication(
        reference=application.reference or "",
        state=household.state,
        confirm_by=_certain(application.confirm_by),
        adults=tuple(other_adult(adult, household) for adult in content.adults),
        without_email=tuple(
            full_name(content.adults[adult])
            for adult in content.co_applicant_ids
            if not content.adults[adult].get("email")
        ),
        main_has_hetu=bool(content.adults[content.main_applicant_id].get("hetu")),
        has_edit=application.draft is not None,
    )


def living_invitation(token: str) -> LivingInvitation:
    """Find what a link opens; writes nothing. Raises NoSuchInvitation, InvitationSpent."""
    return LivingInvitation(invitation_of(token).applicant_id)


def places_of(identified: Identified) -> set[UUID]:
    """The places that a person fills on living applications."""
    places = _places_of(identified).filter(application__state__in=LIVING)
    return set(places.values_list("pk", flat=True))


def place_in(application_id: UUID, *, identified: Identified) -> UUID:
    """The place that a person fills on one application. Raises NoSuchApplication."""
    places = _places_of(identified).filter(application_id=application_id)
    for place in places.values_list("pk", flat=True):
        return place
    raise NoSuchApplication


def waiting_for(identified: Identified, *, now: datetime) -> list[Waiting]:
    """All living applications on which this person has a place, link or no link, newest first."""
    return [each for each in applications_of(identified, now=now) if each.state in LIVING]


def applications_of(identified: Identified, *, now: datetime) -> list[Waiting]:
    """All applications on which this person has a place, ended ones too, newest first."""
    places = _places_of(identified).order_by("-application__sent_at")
    households = Household.all_of(places.values_list("application_id", flat=True), now=now)
    mine = [_waiting(each, identified) for each in households if each.has_place(identified.person_id)]
    return mine if has_proof(identified) else [each.for_a_password() for each in mine]


def review(
    application_id: UUID, *, identified: Identified, now: datetime, seen: UUID | None = None
) -> Review:
    """Read what the person is to confirm. Raises NoSuchApplication.

    `seen` is the version that they read on a page that something overtook.
    """
    household = Household.of(application_id, now=now, seen=seen)
    place = household.place_of(identified.person_id)
    own = latest_own(household, place)
    return Review(
        application_id=application_id,
        applicant_id=place.pk,
        reference=household.application.reference or "",
        version_id=household.standing.version.pk,
        state=household.state,
        seen=replace(seen_by(place.pk, household), own=own),
        missing=tuple(missing_fields(PERSON, own)),
        waiting=waiting_in(household, place),
        has_confirmed=household.confirmation_of(place.pk) is not None,
        is_left_out=place.pk not in household.standing.digests,
        changes=tuple(_changes_since_seen(household, place.pk, seen)),
        ends=tuple(_ended_by_confirming(identified, application_id)),
        proposal=proposed_to(household, place),
    )


def own_details(application_id: UUID, *, identified: Identified, now: datetime) -> tuple[UUID, Facts]:
    """The person's place, and their own details with what they are correcting in them."""
    household = Household.of(application_id, now=now)
    place = household.place_of(identified.person_id)
    return place.pk, merged(household.facts_of(place.pk), correction_of(place))


def status(application_id: UUID, *, identified: Identified, now: datetime) -> Status:
    """Read the status for one of its adults, cut to their session. Raises NoSuchApplication."""
    whole = _status(application_id, identified, now)
    return whole if has_proof(identified) else whole.for_a_password()


def _status(application_id: UUID, identified: Identified, now: datetime) -> Status:
    household = Household.of(application_id, now=now)
    application = household.application
    place = household.place_of(identified.person_id)
    confirmation = household.confirmation_of(place.pk)
    seen = seen_by(place.pk, household)
    return Status(
        application_id=application_id,
        reference=application.reference or "",
        state=household.state,
        is_main=place.is_main,
        own_name=full_name(seen.own),
        identified_at=place.identified_at,
        confirmed_at=confirmation.confirmed_at if confirmation else None,
        others=tuple(sorted(seen.others, key=lambda adult: adult.has_confirmed)),
        can_be_invited=_can_be_invited(household) if place.is_main else frozenset(),
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
        ended_at=application.ended_at,
        was_valid=household.confirmed is not None,
        has_waiting=household.has_waiting,
        is_left_out=place.pk not in household.standing.digests,
        has_declined=place.declined_at is not None and confirmation is None,
        has_something_confirmed=bool(household.living_confirmations_of(place.pk)),
        own_end=_own_end(household, place.pk),
        can_discard=place.is_main and _can_discard(household),
        has_edit=place.is_main and application.draft is not None,
        can_copy=place.is_main and can_be_copied_at(now, ended_at=application.ended_at),
        own_trouble=own_trouble(household, place),
        troubled=troubles_with_links(household) if place.is_main else {},
    )


def renewal(application_id: UUID, *, identified: Identified, now: datetime) -> Renewal:
    """What renewing would do. Raises NoSuchApplication, SomeoneElse, NotAllowedNow."""
    household = Household.of(application_id, now=now)
    require_editor(household, identified)
    household.require(Deed.RENEW)
    content = as_typed(household, household.standing.content)
    following = next_content(household, content)
    return Renewal(
        application_id=application_id,
        reference=household.application.reference or "",
        valid_until=validity_from(now),
        joins=tuple(full_name(facts) for key, facts in following.adults.items() if key not in content.adults),
        leaves=tuple(
            full_name(facts) for key, facts in content.adults.items() if key not in following.adults
        ),
        has_waiting=household.has_waiting,
        is_complete=not faults_as_typed(household, following),
    )


def to_be_taken_on(applicant_id: UUID, *, identified: Identified, now: datetime) -> UUID | None:
    """The application of a link's place, if its holder may ask a clerk to be taken as its person."""
    for application_id in Applicant.objects.filter(pk=applicant_id).values_list("application_id", flat=True):
        household = Household.of(application_id, now=now)
        return application_id if may_ask_to_be_taken(household, applicant_id, identified) else None
    return None


def receipt(application_id: UUID, *, identified: Identified, now: datetime) -> Receipt:
    """What a person has confirmed, for keeping. Raises NoSuchApplication, NothingConfirmed."""
    household = Household.of(application_id, now=now)
    place = household.place_of(identified.person_id)
    given = household.living_confirmations_of(place.pk)
    if not given:
        raise NothingConfirmed
    latest = given[-1]
    return Receipt(
        application_id=application_id,
        reference=household.application.reference or "",
        is_main=place.is_main,
        name=full_name(household.facts_of(place.pk)),
        confirmed_at=latest.confirmed_at,
        is_assisted=latest.assisted_by is not None,
        archive_reference=latest.archive_reference,
    )


def has_place(identified: Identified) -> bool:
    """Whether the person fills a place on any application, ended ones too."""
    return _places_of(identified).exists()


def due_applications(*, now: datetime, at_most: int, but: Iterable[UUID] = ()) -> list[UUID]:
    """The applications to which the clock has something to do, the longest due first."""
    due = Application.objects.filter(due_at__lte=now).exclude(pk__in=but).order_by("due_at")
    return list(due.values_list("pk", flat=True)[:at_most])


def has_accepted_terms(identified: Identified, *, now: datetime) -> bool:
    """Whether the person has accepted the terms that are in force."""
    version = terms_in_force(day_of(now)).version
    return TermsAcceptance.objects.filter(person_id=identified.person_id, terms=version).exists()


def _places_of(identified: Identified) -> QuerySet[Applicant]:
    return Applicant.objects.filter(person_id=identified.person_id, removed_at__isnull=True)


def _waiting(household: Household, identified: Identified) -> Waiting:
    place = household.place_of(identified.person_id)
    return Waiting(
        application_id=household.application.pk,
        reference=household.application.reference or "",
        state=household.state,
        main_applicant=full_name(household.facts_of(household.main_applicant.pk)),
        is_main=place.is_main,
        was_valid=household.confirmed is not None,
        has_confirmed=other_adult(place.pk, household).has_confirmed,
        has_edit=place.is_main and household.application.draft is not None,
        confirm_by=household.application.confirm_by,
        ended_at=household.application.ended_at,
    )


def _changes_since_seen(household: Household, applicant_id: UUID, seen: UUID | None) -> list[Change]:
    """Since what the person saw a moment ago, or else confirmed, if they have to confirm again."""
    if household.confirmation_of(applicant_id) is not None:
        return []
    since = _seen_before(household, applicant_id, seen)
    if since is None or applicant_id not in since.digests:
        return []
    return changes_seen_by(applicant_id, household, since=since.content)


def _seen_before(household: Household, applicant_id: UUID, seen: UUID | None) -> Standing | None:
    version = household.version(seen) if seen else None
    given = household.living_confirmations_of(applicant_id)
    return version or (household.version(given[-1].version_id) if given else None)


def _own_end(household: Household, applicant_id: UUID) -> datetime | None:
    until, given = household.application.valid_until, household.living_confirmations_of(applicant_id)
    last = max((each.ends_by for each in given), default=None)
    return last - AFTER_PERIOD if last and until and last <= until + AFTER_PERIOD else None


def _can_discard(household: Household) -> bool:
    return household.has_waiting and without_own_changes(household) != household.standing.content


def _ended_by_confirming(identified: Identified, application_id: UUID) -> list[str]:
    """References of what the person has confirmed elsewhere, unless they sit here already (rule 5)."""
    if Seat.objects.filter(person_id=identified.person_id, application_id=application_id).exists():
        return []
    others = Application.objects.filter(
        state__in=LIVING,
        confirmations__person_id=identified.person_id,
        confirmations__ended_at__isnull=True,
    ).exclude(pk=application_id)
    return [reference for reference in others.values_list("reference", flat=True).distinct() if reference]


def _can_be_invited(household: Household) -> frozenset[UUID]:
    return frozenset(adult for adult in household.applicants if household.can_be_invited(adult))


def _certain(moment: datetime | None) -> datetime:
    if moment is None:
        raise NoSuchApplication
    return moment
