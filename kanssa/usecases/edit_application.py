from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.announcements import leave_typed_address, tell_change, tell_contact_changed
from kanssa.applications.checks import named_co_applicants
from kanssa.applications.content import Content
from kanssa.applications.drafts import content_of, drop_draft
from kanssa.applications.editing import (
    as_typed,
    asks_as_typed,
    edited_content,
    faults_of_edit,
    propose_changes,
    require_editor,
    typed_content,
)
from kanssa.applications.household import Household
from kanssa.applications.invitations import end_invitation, invite, invite_all, takes_links
from kanssa.applications.keeping import locked_with_rivals
from kanssa.applications.periods import validity_from
from kanssa.applications.proof import require_proof
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.revising import revise, touched
from kanssa.applications.standing import Standing
from kanssa.applications.states import Deed
from kanssa.applications.validity import weigh
from kanssa.evidence.record import record
from kanssa.identification.living import Identified
from kanssa.usecases.deed import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class Edited:
    """What an edit did, as its maker may know it: whether it changes anything, and whom it asks."""

    is_changed: bool
    asks: frozenset[UUID]


@use_case
def edit_application(
    *, application_id: UUID, identified: Identified | None, actor: Actor, now: datetime
) -> Edited:
    """Make what the main applicant edited the standing version (DOMAIN, rules 1 to 4).

    A light change asks nobody. A material one asks those whom it concerns; while they are asked,
    a version that everybody had confirmed stays valid. What it types of an adult who answers for
    themselves is a proposal to them, and makes a version too: its maker sees no difference. Refuses:
    ProofNeeded, NoSuchApplication, NotAllowedNow, NotIdentified, SomeoneElse, AlreadySent (nothing is being
    edited), DraftIncomplete, TooManyCoApplicants.
    """
    household, rivals = locked_with_rivals(application_id, now=now)
    household.require(Deed.EDIT)
    if identified is not None:
        require_proof(identified)
    require_editor(household, identified)
    draft = content_of(household.application)
    content, typed = edited_content(household, draft), typed_content(household, draft)
    _require_complete(household, draft)
    drop_draft(household.application)
    household.application.language = content.application.get("language", household.application.language)
    typed_before = as_typed(household, household.standing.content)
    if typed == typed_before:
        return Edited(is_changed=False, asks=frozenset())
    proposed = propose_changes(household, typed)
    # A browser alone is nobody: only the identified main applicant gives a version its own time.
    valid_until = household.valid_until if identified is None else validity_from(now)
    had_confirmed = _confirmed_by(household)
    before = revise(household, content, actor=actor, valid_until=valid_until)
    _follow_addresses(household, before, typed_before, is_identified=identified is not None)
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
        proposes=sorted(str(adult) for adult in proposed),
    )
    return Edited(is_changed=True, asks=asks_as_typed(typed_before, typed))


def _require_complete(household: Household, draft: Content) -> None:
    if len(named_co_applicants(typed_content(household, draft))) > settings.MOST_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = faults_of_edit(household, draft)
    if faults:
        raise DraftIncomplete(faults=faults)


def _confirmed_by(household: Household) -> set[UUID]:
    return {adult for adult in household.applicants if household.carrying(adult)}


def _follow_addresses(
    household: Household, before: Standing, typed_before: Content, *, is_identified: bool
) -> None:
    """A corrected address: the old link dies, a new one goes out. New co-applicants are invited.

    Before the main applicant has identified, nothing leaves. It goes where the main applicant typed, be
    it the address of record or a proposal.
    """
    for key, place in household.applicants.items():
        former = typed_before.adults.get(key)
        if former is None or former.get("email") == household.typed_facts_of(key).get("email"):
            continue
        if household.answers_for_themselves(key):
            leave_typed_address(household, key, former)
        else:
            tell_contact_changed(household, key, before.content.adults[key])
        if key in household.first_invited:
            end_invitation(household, place)
            if household.can_be_invited(key) and takes_links(household, key):
                invite(household, place)
    if is_identified:
        invite_all(household)
