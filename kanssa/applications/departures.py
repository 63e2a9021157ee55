"""Who died or moved away, and who stands on the application again after all."""

from kanssa.applications.household import Household, last_facts_of
from kanssa.applications.invitations import can_be_sent_a_link, invite, takes_links
from kanssa.applications.models import Applicant
from kanssa.applications.revising import revise
from kanssa.applications.validity import hand_main_place, pass_open_main_place
from kanssa.values.actor import Actor


def stand_again(household: Household, place: Applicant, *, actor: Actor) -> bool:
    """Take an adult who was left out since into a version anew; says whether that was needed.

    What they and the others confirmed before counts for it again, where nothing else that concerns
    them has changed. Somebody who was named again meanwhile stands in that place already.
    """
    if place.pk in household.standing.digests or _was_named_again(household, place):
        return False
    place.removed_at = None
    place.save(update_fields=["removed_at"])
    content = household.standing.content.with_adult(place.pk, last_facts_of(place))
    revise(household, content, actor=actor, valid_until=household.valid_until)
    if can_be_sent_a_link(household, place.pk) and takes_links(household, place.pk):
        invite(household, household.applicants[place.pk])
    return True


def give_main_place_back(household: Household, place: Applicant) -> bool:
    """Let whoever lost the main applicant's place by leaving have it again; says whether they have.

    Not where it would have passed from them since for another reason (DOMAIN, rule 5).
    """
    if place.is_main or place.pk not in household.standing.digests:
        return False
    hand_main_place(household, household.applicants[place.pk])
    pass_open_main_place(household)
    return household.main_applicant.pk == place.pk


def _was_named_again(household: Household, place: Applicant) -> bool:
    return any(
        _is_same(other.person_id, place.person_id)
        or _is_same(_bytes(other.hetu_lookup), _bytes(place.hetu_lookup))
        for other in household.applicants.values()
        if other.pk != place.pk
    )


def _is_same(one: object, other: object) -> bool:
    return one is not None and one == other


def _bytes(lookup: bytes | memoryview | None) -> bytes | None:
    return None if lookup is None else bytes(lookup)
