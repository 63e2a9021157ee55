from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.announcements import tell_change, tell_contact_changed
from kanssa.applications.checks import faults_of, named_co_applicants
from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, drop_draft
from kanssa.applications.editing import edited_content, require_editor
from kanssa.applications.household import Household, Standing
from kanssa.applications.invitations import end_invitation, has_room, invite, invite_all
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.periods import validity_from
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.revising import revise, touched
from kanssa.applications.states import Deed
from kanssa.applications.times import day_of
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did: whether anything differs, and whose confirmation it asks anew."""

    is_changed: bool
    asks: frozenset[UUID]


@use_case
def edit_application(
    *, application_id: UUID, identified: Identified | None, actor: Actor, now: datetime
) -> Edited:
    """Make what the main applicant edited the standing version (DOMAIN, rules 1 to 4).

    A light change asks nobody. A material one asks those whom it concerns; while they are asked,
    a version that everybody had confirmed stays valid. Refuses: ProofNeeded, NoSuchApplication,
    NotAllowedNow, NotIdentified, SomeoneElse, AlreadySent (nothing is being edited), DraftIncomplete,
    TooManyCoApplicants.
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    household.require(Deed.EDIT)
    if identified is not None:
        require_proof(identified)
    require_editor(household, identified)
    content = edited_content(household, content_of(household.application))
    _require_complete(content, now)
    drop_draft(household.application)
    household.application.language = content.application.get("language", household.application.language)
    if content == household.standing.content:
        return Edited(is_changed=False, asks=frozenset())
    # A browser alone is nobody: only the identified main applicant gives a version its own time.
    valid_until = household.valid_until if identified is None else validity_from(now)
    had_confirmed = _confirmed_by(household)
    before = revise(household, content, actor=actor, valid_until=valid_until)
    _follow_addresses(household, before, is_identified=identified is not None)
    weigh(household, rivals, actor=actor)
    asks = touched(before, household.standing)
    tell_change(household, asks & had_confirmed, but=household.main_applicant.pk)
    record(
        "edited",
        actor=actor,
        now=now,
        application_id=application_id,
        version=str(household.standing.version.pk),
        hash=bytes(household.standing.version.hash).hex(),
        asks=sorted(str(adult) for adult in asks),
    )
    return Edited(is_changed=True, asks=frozenset(asks))


def _require_complete(content: Content, now: datetime) -> None:
    if len(named_co_applicants(content)) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = faults_of(content, today=day_of(now))
    if faults:
        raise DraftIncomplete(faults=faults)


def _confirmed_by(household: Household) -> set[UUID]:
    return {adult for adult in household.applicants if household.carrying(adult)}


def _follow_addresses(household: Household, before: Standing, *, is_identified: bool) -> None:
    """A corrected address: the old link dies, a new one goes out. New co-applicants are invited.

    Before the main applicant has identified, nothing leaves.
    """
    for key, place in household.applicants.items():
        former = before.content.adults.get(key)
        if former is None or former.get("email") == household.facts_of(key).get("email"):
            continue
        tell_contact_changed(household, key, former)
        if place.person_id is None and key in household.first_invited:
            end_invitation(household, place)
            if household.can_be_invited(key) and has_room(household, key):
                invite(household, place)
    if is_identified:
        invite_all(household)
