"""Define the pages of the form: their order, their questions, and when each is skipped."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext

from kanssa.answers.lists import needs_residence_permit
from kanssa.applications.content.content import Content
from kanssa.applications.content.form import (
    APPLICATION,
    EXPECTING,
    HOME,
    NEED,
    PERSON,
    RESIDENT,
    WISHES,
    Field,
    is_given,
)

_SECTIONS = {
    "application": APPLICATION,
    "adults": PERSON,
    "residents": RESIDENT,
    "home": HOME,
    "need": NEED,
    "wishes": WISHES,
    "expecting": EXPECTING,
}


def _always(_given: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One page. `address` is its part of the URL, in the current language.

    `applies` gets the answers of the section, or of the person, that the step is about.
    """

    key: str
    address: str | Promise
    title: str | Promise
    section: str
    names: tuple[str, ...]
    applies: Callable[[Mapping[str, Any]], bool] = _always
    intro: str | Promise = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        by_name = {field.name: field for field in _SECTIONS[self.section]}
        return tuple(by_name[name] for name in self.names)


def has_no_hetu(person: Mapping[str, Any]) -> bool:
    return is_given(person, "no_hetu")


def is_typed(person: Mapping[str, Any]) -> bool:
    """Whether the main applicant types the identity and contacts of a co-applicant."""
    return not is_given(person, "by_hand")


def needs_permit(person: Mapping[str, Any]) -> bool:
    return is_given(person, "citizenship") and needs_residence_permit(person["citizenship"])


NAME = Step(
    "name", pgettext("address", "name"), _("Name"), "adults", ("last_name", "first_names", "one_name")
)
CODE = Step(
    "identity-code",
    pgettext("address", "identity-code"),
    _("Personal identity code"),
    "adults",
    ("hetu", "no_hetu"),
)
BIRTH = Step(
    "birth",
    pgettext("address", "birth"),
    _("Date of birth and nationality"),
    "adults",
    ("born", "nationality"),
    has_no_hetu,
)
BACKGROUND = Step(
    "background",
    pgettext("address", "background"),
    _("Background"),
    "adults",
    ("citizenship", "marital_status", "mother_tongue", "education"),
)
PERMIT = Step(
    "permit",
    pgettext("address", "permit"),
    _("Residence permit"),
    "adults",
    ("residence_permit",),
    needs_permit,
)
MUNICIPALITY = Step(
    "municipality",
    pgettext("address", "municipality"),
    _("Home municipality"),
    "adults",
    ("home_municipality", "years_in_helsinki"),
)
ADDRESS = Step(
    "address",
    pgettext("address", "address"),
    _("Present address"),
    "adults",
    ("street_address", "postcode", "city", "no_fixed_address"),
)
CONTACT = Step(
    "contact",
    pgettext("address", "contact"),
    _("How to reach you"),
    "adults",
    ("email", "phone", "postal_address", "contact_language"),
    intro=_("Give at least one of these. By e-mail we can tell you at once how the application proceeds."),
)
INCOME = Step(
    "income",
    pgettext("address", "income"),
    _("Income"),
    "adults",
    ("income_source", "gross_income", "capital_income", "maintenance_paid"),
)
WEALTH = Step(
    "wealth",
    pgettext("address", "wealth"),
    _("Wealth and debts"),
    "adults",
    (
        "wealth",
        "wealth_kinds",
        "wealth_debts",
        "study_loan",
        "other_debts",
        "owned_home_use",
        "owned_home_share",
    ),
)
CO_CONTACT = Step(
    "contact",
    pgettext("address", "contact"),
    _("How to reach the co-applicant"),
    "adults",
    ("email", "phone", "postal_address", "contact_language"),
    intro=_(
        "Give at least one of these. The co-applicant gets a link by e-mail. "
        "Without an e-mail address they identify online without a link, or at the service desk."
    ),
    applies=is_typed,
)
CO_NAME = replace(NAME, names=(*NAME.names, "by_hand"))
CO_CODE = replace(CODE, applies=is_typed)
CO_BIRTH = replace(BIRTH, applies=lambda person: is_typed(person) and has_no_hetu(person))
RESIDENT_STEP = Step(
    "resident",
    pgettext("address", "resident"),
    _("Who else moves in?"),
    "residents",
    ("last_name", "first_names", "one_name", "hetu", "born", "occupancy"),
)
KIND = Step("kind", pgettext("address", "kind"), _("The application"), "application", ("kind", "language"))
EXPECTING_STEP = Step(
    "expecting", pgettext("address", "expecting"), _("Pregnancy"), "expecting", ("expecting",)
)
HOME_STEP = Step(
    "home",
    pgettext("address", "home"),
    _("Present home"),
    "home",
    ("tenure", "house_type", "rooms", "area", "people"),
)
HOME_MORE = Step(
    "home-more",
    pgettext("address", "home-more"),
    _("More about the present home"),
    "home",
    ("cost", "since", "condition", "equipment"),
)
NEED_STEP = Step(
    "need",
    pgettext("address", "need"),
    _("Need for housing"),
    "need",
    ("reasons", "homeless_for", "notice_reason", "move_by"),
)
WISHES_STEP = Step(
    "wishes",
    pgettext("address", "wishes"),
    _("What kind of home?"),
    "wishes",
    ("rooms_first", "rooms_second", "kitchen", "highest_rent", "features"),
)
AREAS = Step("areas", pgettext("address", "areas"), _("Where would you live?"), "wishes", ("areas",))
CLOSING = Step(
    "assurance",
    pgettext("address", "assurance"),
    _("Assurance"),
    "application",
    ("further_information", "facts_are_true", "will_keep_current"),
)

MAIN_BEFORE_PEOPLE = (
    KIND,
    NAME,
    CODE,
    BIRTH,
    BACKGROUND,
    PERMIT,
    MUNICIPALITY,
    ADDRESS,
    CONTACT,
    INCOME,
    WEALTH,
)
MAIN_AFTER_PEOPLE = (EXPECTING_STEP, HOME_STEP, HOME_MORE, NEED_STEP, WISHES_STEP, AREAS, CLOSING)
MAIN_STEPS = MAIN_BEFORE_PEOPLE + MAIN_AFTER_PEOPLE
CO_APPLICANT_STEPS = (CO_NAME, CO_CODE, CO_BIRTH, CO_CONTACT)
OWN_STEPS = (NAME, BACKGROUND, PERMIT, MUNICIPALITY, ADDRESS, CONTACT, INCOME, WEALTH)
_IDENTITY_STEPS = (CODE, BIRTH)


def main_steps(*, has_main_identified: bool) -> tuple[Step, ...]:
    # Once identified, they are not asked for identity data again.
    return tuple(step for step in MAIN_STEPS if not has_main_identified or step not in _IDENTITY_STEPS)


def answers_about(content: Content, step: Step) -> Mapping[str, Any]:
    if step.section == "adults":
        return content.adults[content.main_applicant_id]
    answers: Mapping[str, Any] = getattr(content, step.section)
    return answers


def step_of(steps: tuple[Step, ...], key: str) -> Step | None:
    return next((step for step in steps if step.key == key), None)


def applicable_steps(
    steps: tuple[Step, ...], answers_of: Callable[[Step], Mapping[str, Any]]
) -> Iterator[Step]:
    return (step for step in steps if step.applies(answers_of(step)))


class StepConverter:
    """A step's key as a part of the URL, in the current language (`nimi`, `namn`, `name`)."""

    regex = "[a-zåäö-]+"

    def to_python(self, value: str) -> str:
        """Find the key. Raises ValueError, which makes the URL unknown."""
        for key, address in _addresses_in(get_language()).items():
            if address == value:
                return key
        raise ValueError(value)

    def to_url(self, value: str) -> str:
        address = _addresses_in(get_language()).get(value)
        if address is None:
            raise ValueError(value)
        return address


@cache
def _addresses_in(_active_language: str | None) -> Mapping[str, str]:
    """Map the keys of all steps to their addresses; translating them for each request took long."""
    steps = reversed((*MAIN_STEPS, *CO_APPLICANT_STEPS, *OWN_STEPS))
    # Of two steps with one key the first counts.
    return {step.key: str(step.address) for step in steps}
