"""Making a content the standing version, and the adults' places that follow from it."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from kanssa.applications.checks import birth_date
from kanssa.applications.content import Content
from kanssa.applications.household import Household
from kanssa.applications.models import Applicant
from kanssa.applications.naming import lookup_in, without_removed_places
from kanssa.applications.salts import new_salt
from kanssa.applications.search import index_for_search
from kanssa.applications.standing import Standing
from kanssa.applications.states import State
from kanssa.applications.times import day_of, is_adult
from kanssa.applications.versions import make_version
from kanssa.values.actor import Actor


def revise(household: Household, content: Content, *, actor: Actor, valid_until: datetime) -> Standing:
    """Let a content stand as the next version; gives what stood before.

    Whoever has come of age stands in it as an adult, and whoever died or moved away does not. If
    everybody has confirmed the application already, the version waits with a time of its own, but
    for one that takes over its forerunner's.
    """
    before = household.standing
    was_valid, had_waiting = household.state is State.VALID, household.has_waiting
    content = next_content(household, content)
    take_in_adults(household, content)
    household.stand_on(make_version(household, content, actor=actor, valid_until=valid_until))
    is_new_edit = valid_until != before.version.valid_until
    if was_valid and (is_new_edit or not had_waiting):
        household.begin_to_confirm(household.now)
    return before


def next_content(household: Household, content: Content) -> Content:
    """What the next version says: who came of age as an adult (rule 7), without who died or moved.

    The main applicant stands first: their place may have passed to somebody since. No adult takes up the
    id of a removed place.
    """
    main = household.main_applicant.pk
    content = replace(content, adults={main: content.adults[main]} | dict(content.adults))
    content = with_grown_up(content, today=day_of(household.now))
    for key, place in household.applicants.items():
        if place.left_at is not None and not place.is_main:
            content = content.without_adult(key)
    return without_removed_places(household, content)


def with_grown_up(content: Content, *, today: date) -> Content:
    """Hold every resident who is 18 or older as an adult, under the same id. Pure."""
    for resident, facts in content.residents.items():
        born = birth_date(facts)
        if born is not None and is_adult(born, on=today):
            adult = {name: facts[name] for name in _KEPT_OF_A_RESIDENT if name in facts}
            content = content.without_resident(resident).with_adult(resident, {**adult, "came_of_age": True})
    return content


def take_in_adults(household: Household, content: Content) -> None:
    """Make places for new adults; whom nobody identified as yet is matched by the code now given."""
    is_first = not household.places
    for position, (adult, facts) in enumerate(content.adults.items()):
        place = household.places.get(adult) or Applicant(
            id=adult,
            application=household.application,
            is_main=is_first and position == 0,
            position=position,
            salt_sealed=new_salt(adult),
        )
        if place.person_id is None:
            place.hetu_lookup = lookup_in(facts)
            place.save()
            household.add_place(place)
        index_for_search(place, facts)


def touched(before: Standing, after: Standing) -> set[UUID]:
    """The adults of `after` whom the change asks to confirm: what concerns them differs (rule 2)."""
    return {adult for adult, digest in after.digests.items() if before.digests.get(adult) != digest}


_KEPT_OF_A_RESIDENT = ("last_name", "first_names", "one_name", "hetu", "born")
