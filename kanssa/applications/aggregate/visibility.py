"""What a viewer may see of an application: decided here, and nowhere else."""

from dataclasses import dataclass, replace
from uuid import UUID

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.non_disclosure import has_non_disclosure
from kanssa.applications.content.content import Content, Facts, full_name
from kanssa.applications.content.differences import Change, changes_between
from kanssa.applications.content.form import PERSON, missing_fields
from kanssa.applications.models import Applicant
from kanssa.people.models import Person

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
"""What a non-disclosure order keeps from everybody: by which a person could be found or reached."""


@dataclass(frozen=True, slots=True)
class OtherAdult:
    """Of another adult: the name, what is still missing of them, and whether they have confirmed.

    Never when, where or how; `missing` names the required fields that are not given, never an answer.
    """

    applicant_id: UUID
    name: str
    is_main: bool
    has_confirmed: bool
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class VisibleApplication:
    """An application as one of its adults may see it (DOMAIN, Who sees what)."""

    household: Content
    own: Facts
    others: tuple[OtherAdult, ...]


def visible_to(applicant_id: UUID, application: LoadedApplication) -> VisibleApplication:
    """What the adult in this place sees: the household's facts, their own, little of others."""
    content = application.version_shown_to(applicant_id).content
    return VisibleApplication(
        household=_without_adults(content),
        own=content.adults[applicant_id],
        others=tuple(other_adult(adult, application) for adult in content.adults if adult != applicant_id),
    )


def other_adult(applicant_id: UUID, application: LoadedApplication) -> OtherAdult:
    """What everybody else on the application sees of one adult."""
    facts = visible_facts_of(applicant_id, application)
    return OtherAdult(
        applicant_id=applicant_id,
        name=full_name(facts),
        is_main=application.applicants[applicant_id].is_main,
        has_confirmed=_has_confirmed(applicant_id, application),
        missing=frozenset(missing_fields(PERSON, facts)),
    )


def changes_visible_to(applicant_id: UUID, application: LoadedApplication, *, since: Content) -> list[Change]:
    """What changed in what stands, old beside new, of all that this adult sees.

    Of another adult only that they join or leave, and another name: never what else of them. The name of
    a co-applicant with their confirmation: earlier, its showing would tell whether they have identified.
    """
    after = _visible_content(applicant_id, application, application.version_shown_to(applicant_id).content)
    return [
        change
        for change in changes_between(_visible_content(applicant_id, application, since), after)
        if change.concerns(applicant_id) or _is_visible_name(change, application)
    ]


def _is_visible_name(change: Change, application: LoadedApplication) -> bool:
    """Whether it is another adult's name, which the main applicant or its own adult answers for."""
    applicant = application.applicants.get(change.id) if change.id else None
    if applicant is None or change.field is None or change.field.name not in _NAMES:
        return False
    return applicant.is_main or application.confirmation_of(applicant.pk) is not None


def visible_facts_of(applicant_id: UUID, application: LoadedApplication) -> Facts:
    """What the other adults may know of one: their own corrections show with their confirmation."""
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
    """A content without what another adult has corrected of themselves and not yet confirmed."""
    unconfirmed = {key for key in content.adults if key != reader and _is_unconfirmed(key, application)}
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
    """Whether a non-disclosure order holds for an adult: known to staff alone, never to other adults.

    Also of one who has not identified here, if a clerk was told so or the code that was typed is such a
    person's; and where an identification was annulled, for an order may have gone with it.
    """
    if has_non_disclosure(applicant):
        return True
    if applicant.person is not None:
        return applicant.person.is_protected
    if applicant.freed_at is not None:
        return True
    if applicant.hetu_lookup is None:
        return False
    known = Person.objects.filter(hetu_lookup=applicant.hetu_lookup).first()
    return known is not None and known.is_protected


def facts_for_staff(applicant_id: UUID, application: LoadedApplication) -> Facts:
    """What staff see of an adult on an opened case; contacts of the protected need a reason of their own."""
    facts = application.facts_of(applicant_id)
    if not is_protected(application.applicants[applicant_id]):
        return facts
    return {name: value for name, value in facts.items() if name not in _PROTECTED_FIELDS}


def protected_facts(applicant_id: UUID, application: LoadedApplication) -> Facts:
    """The contacts alone, for a clerk who has stated why they open them."""
    facts = application.facts_of(applicant_id)
    return {name: facts[name] for name in _PROTECTED_FIELDS if facts.get(name)}


def _has_confirmed(applicant_id: UUID, application: LoadedApplication) -> bool:
    """Whether they confirmed what stands, or (left out of it) what stood before."""
    if applicant_id in application.current.digests:
        return application.confirmation_of(applicant_id) is not None
    return application.effective_confirmation_of(applicant_id) is not None


def _without_adults(content: Content) -> Content:
    return Content(
        application=content.application,
        home=content.home,
        need=content.need,
        wishes=content.wishes,
        expecting=content.expecting,
        residents=content.residents,
    )
