"""Decide which parts of an application a viewer may see. No other module decides that."""

from dataclasses import dataclass, replace
from uuid import UUID

from kanssa.applications.aggregate.given_confirmations import main_place_widens_at
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.non_disclosure import has_non_disclosure
from kanssa.applications.content.content import Content, Facts, full_name
from kanssa.applications.content.differences import Change, changes_between, light_household_changes
from kanssa.applications.content.form import PERSON, missing_fields
from kanssa.applications.models import Applicant

_NAMES = ("last_name", "first_names")
_PROTECTED_FIELDS = (
    "email",
    "phone",
    "street_address",
    "postcode",
    "city",
    "postal_address",
    "home_municipality",
    "years_in_helsinki",
)
"""Fields by which a person could be found or reached: a non-disclosure order hides them."""


@dataclass(frozen=True, slots=True)
class OtherAdult:
    """Another adult: the name, what is still missing, and whether they have confirmed.

    Never when, where or how. `missing` names the required fields without an answer, never an answer.
    `has_left`: by themselves, which the others were told.
    """

    applicant_id: UUID
    name: str
    is_main: bool
    has_confirmed: bool
    missing: frozenset[str]
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class VisibleApplication:
    """An application as one of its adults may see it (DOMAIN, Who sees what)."""

    household: Content
    own: Facts
    others: tuple[OtherAdult, ...]


def visible_to(applicant_id: UUID, application: LoadedApplication) -> VisibleApplication:
    content = application.version_shown_to(applicant_id).content
    return VisibleApplication(
        household=_without_adults(content),
        own=content.adults[applicant_id],
        others=tuple(other_adult(adult, application) for adult in content.adults if adult != applicant_id),
    )


def other_adult(applicant_id: UUID, application: LoadedApplication) -> OtherAdult:
    facts = visible_facts_of(applicant_id, application)
    return OtherAdult(
        applicant_id=applicant_id,
        name=full_name(facts),
        is_main=application.applicants[applicant_id].is_main,
        has_confirmed=_has_confirmed(applicant_id, application),
        # All may see that something is missing, but not the answers.
        missing=frozenset(missing_fields(PERSON, facts)),
        has_left=application.applicants[applicant_id].has_left_by_choice,
    )


def changes_visible_to(applicant_id: UUID, application: LoadedApplication, *, since: Content) -> list[Change]:
    # A co-applicant's new name shows once they confirm: earlier it would reveal whether they have identified.
    after = _visible_content(applicant_id, application, application.version_shown_to(applicant_id).content)
    return [
        change
        for change in changes_between(_visible_content(applicant_id, application, since), after)
        if change.concerns(applicant_id) or _is_visible_name(change, application)
    ]


def light_changes_visible_to(applicant_id: UUID, application: LoadedApplication) -> list[Change]:
    """Give the household's light changes since what an adult confirmed or last read (DOMAIN, rule 2).

    None for an adult whose confirmation of the current version is missing: they see every change before they
    confirm.
    """
    if application.confirmation_of(applicant_id) is None:
        return []
    given = application.active_confirmations_of(applicant_id)
    seen = (given[-1].version_id, application.applicants[applicant_id].seen_version_id)
    versions = [found for key in seen if key and (found := application.version(key))]
    since = max(versions, key=lambda view: view.version.number)
    return light_household_changes(since.content, application.current.content)


def _is_visible_name(change: Change, application: LoadedApplication) -> bool:
    applicant = application.applicants.get(change.id) if change.id else None
    if applicant is None or change.field is None or change.field.name not in _NAMES:
        return False
    return applicant.is_main or application.confirmation_of(applicant.pk) is not None


def visible_facts_of(applicant_id: UUID, application: LoadedApplication) -> Facts:
    # The adult's own corrections show to others once confirmed.
    if not _is_unconfirmed(applicant_id, application):
        return application.facts_of(applicant_id)
    confirmed = application.confirmed
    if (
        confirmed
        and applicant_id in confirmed.digests
        and application.effective_confirmation_of(applicant_id)
    ):
        return confirmed.content.adults[applicant_id]
    return application.typed_facts_of(applicant_id)


def _visible_content(reader: UUID, application: LoadedApplication, content: Content) -> Content:
    unconfirmed = {key for key in content.adults if key != reader and _is_unconfirmed(key, application)}
    # Removed adults too: their last own answers must not show in the list of changes.
    gone = {
        key: typed for key, typed in application.typed_answers.items() if key not in application.applicants
    }
    adults = {
        key: visible_facts_of(key, application)
        if key in unconfirmed
        else (gone[key].facts if key in gone else facts)
        for key, facts in content.adults.items()
    }
    return replace(content, adults=adults)


def _is_unconfirmed(applicant_id: UUID, application: LoadedApplication) -> bool:
    return application.controls_own_details(applicant_id) and not application.confirmation_of(applicant_id)


def is_protected(applicant: Applicant) -> bool:
    """Only staff may know it, never other adults."""
    if has_non_disclosure(applicant):
        return True
    if applicant.person is not None:
        return applicant.person.is_protected
    # The order of an annulled identification may be lost.
    if applicant.freed_at is not None:
        return True
    # The typed code may be wrong; protecting a stranger's application does less harm than exposing a person.
    known = applicant.person_of_code
    return known is not None and known.is_protected


def facts_for_staff(applicant_id: UUID, application: LoadedApplication) -> Facts:
    """Give what staff see of an adult on an opened case, without the contacts of a protected person."""
    facts = application.facts_of(applicant_id)
    if not is_protected(application.applicants[applicant_id]):
        return facts
    return {name: value for name, value in facts.items() if name not in _PROTECTED_FIELDS}


def protected_facts(applicant_id: UUID, application: LoadedApplication) -> Facts:
    facts = application.facts_of(applicant_id)
    return {name: facts[name] for name in _PROTECTED_FIELDS if facts.get(name)}


def _has_confirmed(applicant_id: UUID, application: LoadedApplication) -> bool:
    if applicant_id in application.current.digests:
        return application.confirmation_of(applicant_id) is not None
    return application.effective_confirmation_of(applicant_id) is not None


def main_place_offers(application: LoadedApplication) -> list[Applicant]:
    """Give the adults to offer the open place to: first those who have confirmed (DOMAIN, rule 5).

    By what the others see: an offer must not reveal that another took back an earlier confirmation.
    """
    opened_at = application.main_place_opened_at
    if opened_at is None:
        return []
    _main, *others = application.applicants.values()
    remaining = [
        each
        for each in others
        if each.person_id and not each.left_at and not application.confirmations.moved_on_at(each.pk)
    ]
    confirmed = [each for each in remaining if _has_confirmed(each.pk, application)]
    return confirmed if confirmed and application.now < main_place_widens_at(opened_at) else remaining


def _without_adults(content: Content) -> Content:
    return Content(
        application=content.application,
        home=content.home,
        need=content.need,
        wishes=content.wishes,
        expecting=content.expecting,
        residents=content.residents,
    )
