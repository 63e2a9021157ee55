from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.drafts import discard_draft, draft_content_of
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.periods import validity_from
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.aggregate.version_view import VersionView, are_answers_due
from kanssa.applications.content.content import Content
from kanssa.applications.content.validation import named_co_applicants
from kanssa.applications.notifications.announcements import (
    cancel_messages_to_typed_address,
    notify_change,
    notify_contact_changed,
)
from kanssa.applications.refusals import DraftIncomplete, TooManyCoApplicants
from kanssa.applications.states import Action
from kanssa.applications.transitions.editing import (
    adults_asked_as_typed,
    as_typed,
    edited_content,
    problems_of_edit,
    propose_changes,
    require_editor,
    typed_content,
)
from kanssa.applications.transitions.invitations import (
    accepts_invitations,
    end_invitation,
    invite,
    invite_all,
)
from kanssa.applications.transitions.light_changes import announce_light_changes
from kanssa.applications.transitions.locking import locked_with_rivals
from kanssa.applications.transitions.revising import adults_to_reconfirm, revise
from kanssa.applications.transitions.validity import update_validity
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@dataclass(frozen=True, slots=True)
class EditResult:
    """The result of an edit as far as the editor may know it; `asks` are the adults to confirm."""

    is_changed: bool
    asks: frozenset[UUID]


@use_case(Action.EDIT)
def edit_application(
    *, application_id: UUID, identified: Identified | None, actor: Actor, now: datetime
) -> EditResult:
    """Make the main applicant's edit the current version (DOMAIN, rules 1 to 4).

    A light change asks no one to confirm. A material one asks the adults it concerns; meanwhile a version
    that every adult had confirmed stays valid. Answers about an adult who controls their own details are a
    proposal to them, and make a version too: the editor sees no difference.
    Refuses: ReauthenticationRequired, NoSuchApplication, NotAllowedNow, NotIdentified, SomeoneElse,
    AlreadySent (no edit is open), DraftIncomplete, TooManyCoApplicants.
    """
    loaded, rivals = locked_with_rivals(application_id, now=now)
    loaded.require(Action.EDIT)
    if identified is not None:
        require_reauthentication(identified)
    require_editor(loaded, identified)
    draft = draft_content_of(loaded.application)
    content, typed = edited_content(loaded, draft), typed_content(loaded, draft)
    _require_complete(loaded, draft)
    # Before the comparison: an edit that changes nothing is closed too.
    discard_draft(loaded.application)
    loaded.application.language = content.application.get("language", loaded.application.language)
    typed_before = as_typed(loaded, loaded.current.content)
    main, are_due = loaded.main_applicant, are_answers_due(loaded.main_applicant, loaded.current)
    if typed == typed_before and not are_due:
        return EditResult(is_changed=False, asks=frozenset())
    proposed = propose_changes(loaded, typed)
    # A browser alone proves no identity: only the identified main applicant gives a new validity.
    valid_until = loaded.valid_until if identified is None else validity_from(now)
    # Taken before the revision, which changes which confirmations are effective.
    had_confirmed = _confirmed_by(loaded)
    before = revise(loaded, content, actor=actor, valid_until=valid_until)
    if are_due:
        main.main_answered_at = now
        main.save(update_fields=["main_answered_at"])
    _update_invitations(loaded, before, typed_before, is_identified=identified is not None)
    update_validity(loaded, rivals, actor=actor)
    asks = adults_to_reconfirm(before, loaded.current)
    notify_change(loaded, asks & had_confirmed, excluding=loaded.main_applicant.pk)
    announce_light_changes(loaded, before.content)
    record(
        EventKind.EDITED,
        actor=actor,
        now=now,
        application_id=application_id,
        version=str(loaded.current.version.pk),
        hash=bytes(loaded.current.version.hash).hex(),
        asks=sorted(str(adult) for adult in asks),
        proposes=sorted(str(adult) for adult in proposed),
    )
    # By what was typed: the editor must not learn who has identified.
    return EditResult(is_changed=True, asks=adults_asked_as_typed(typed_before, typed))


def _require_complete(loaded: LoadedApplication, draft: Content) -> None:
    if len(named_co_applicants(typed_content(loaded, draft))) > settings.MAX_CO_APPLICANTS:
        raise TooManyCoApplicants
    faults = problems_of_edit(loaded, draft)
    if faults:
        raise DraftIncomplete(faults=faults)


def _confirmed_by(loaded: LoadedApplication) -> set[UUID]:
    """Give who confirmed the last version that could be confirmed."""
    if are_answers_due(loaded.main_applicant, loaded.current):
        return {adult for adult in loaded.applicants if loaded.active_confirmations_of(adult)}
    return {adult for adult in loaded.applicants if loaded.effective_confirmation_of(adult)}


def _update_invitations(
    loaded: LoadedApplication, before: VersionView, typed_before: Content, *, is_identified: bool
) -> None:
    # Nothing leaves before the main applicant has identified. A link goes to the address that they typed, of
    # record or proposed.
    for key, applicant in loaded.applicants.items():
        former = typed_before.adults.get(key)
        if former is None or former.get("email") == loaded.typed_facts_of(key).get("email"):
            continue
        if loaded.controls_own_details(key):
            cancel_messages_to_typed_address(loaded, key, former)
        else:
            notify_contact_changed(loaded, key, before.content.adults[key])
        if key in loaded.first_invited:
            # The old address must lose its link, whether a new one follows or not.
            end_invitation(loaded, applicant)
            if loaded.can_be_invited(key) and accepts_invitations(loaded, key):
                invite(loaded, applicant)
    if is_identified:
        invite_all(loaded)
