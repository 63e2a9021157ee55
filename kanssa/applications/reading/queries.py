"""Read frozen values for pages, each already cut to what its reader may see."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from kanssa.applications.aggregate.claims import may_request_claim
from kanssa.applications.aggregate.corrections import correction_of
from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.loading import LoadedRows
from kanssa.applications.aggregate.periods import AFTER_PERIOD, can_be_copied_at, validity_from
from kanssa.applications.aggregate.reauthentication import is_reauthenticated
from kanssa.applications.aggregate.version_view import VersionView, are_answers_due
from kanssa.applications.aggregate.visibility import (
    changes_visible_to,
    light_changes_visible_to,
    other_adult,
    visible_to,
)
from kanssa.applications.content.content import Facts, full_name, merged
from kanssa.applications.content.differences import Change
from kanssa.applications.content.form import PERSON, missing_fields
from kanssa.applications.content.validation import problems_of
from kanssa.applications.models import Applicant
from kanssa.applications.reading.delivery_troubles import invitation_troubles, own_trouble
from kanssa.applications.reading.own_answers import latest_own_facts, proposal_view_of, unsubmitted_answers
from kanssa.applications.reading.view_models import (
    ActiveInvitation,
    ApplicationSummary,
    DraftView,
    FormerApplication,
    Receipt,
    Renewal,
    Review,
    SentApplication,
    Status,
)
from kanssa.applications.refusals import (
    AlreadySent,
    NoSuchApplication,
    NotAllowedNow,
    NothingConfirmed,
    NotIdentified,
)
from kanssa.applications.states import ACTIVE_STATES, Action, State
from kanssa.applications.transitions.editing import (
    as_typed,
    edit_view,
    problems_as_typed,
    problems_of_edit,
    require_editor,
    without_own_changes,
)
from kanssa.applications.transitions.invitations import invitation_of
from kanssa.applications.transitions.leaving import is_held_by_others, leavers_on
from kanssa.applications.transitions.main_place import is_main_place_offered_to
from kanssa.applications.transitions.own_part import parted_applicant, parted_at
from kanssa.applications.transitions.printed_invitations import is_invited_by_hand
from kanssa.applications.transitions.revising import next_content
from kanssa.calendar.days import day_of
from kanssa.identification.sessions import Identified


def draft_of(application_id: UUID, *, identified: Identified | None = None, now: datetime) -> DraftView:
    """Read a draft, or an edit of a sent application.

    Raises NoSuchApplication, AlreadySent (no edit is open), NotIdentified, SomeoneElse, NotAllowedNow.
    """
    return _draft_view(LoadedApplication.of(application_id, now=now), identified)


def held_draft(hold_id: UUID, *, identified: Identified | None = None, now: datetime) -> DraftView:
    return _draft_view(LoadedApplication.by_hold(hold_id, now=now), identified)


def _draft_view(loaded: LoadedApplication, identified: Identified | None) -> DraftView:
    row, now = loaded.application, loaded.now
    if row.sent_at is None:
        content = draft_content_of(row)
        faults = tuple(problems_of(content, today=day_of(now)))
        return DraftView(row.pk, content, row.draft_revision, faults=faults)
    # Sent, and no edit is open.
    if row.draft is None:
        raise AlreadySent
    main = require_editor(loaded, identified)
    loaded.require(Action.EDIT)
    draft = draft_content_of(row)
    content, changes = edit_view(loaded, draft)
    return DraftView(
        row.pk,
        content,
        row.draft_revision,
        is_edit=True,
        has_main_identified=main.person_id is not None,
        changes=tuple(changes),
        faults=tuple(problems_of_edit(loaded, draft)),
        state=loaded.state,
    )


def sent_application(application_id: UUID, *, now: datetime) -> SentApplication:
    """Read what was sent from this browser.

    Raises NoSuchApplication, NotIdentified (the main applicant has identified).
    """
    return _sent_view(LoadedApplication.of(application_id, now=now))


def held_application(hold_id: UUID, *, now: datetime) -> SentApplication:
    """Read what a browser holds as `sent_application` does, in the same statement as its hold."""
    return _sent_view(LoadedApplication.by_hold(hold_id, now=now))


def _sent_view(loaded: LoadedApplication) -> SentApplication:
    application = loaded.application
    if loaded.state is State.DRAFT:
        raise NoSuchApplication
    # From then on only identified people see it: the sending browser may be a stranger's.
    if loaded.has_main_identified:
        raise NotIdentified
    content = loaded.current.content
    return SentApplication(
        reference=application.reference or "",
        state=loaded.state,
        confirm_by=_certain(application.confirm_by),
        adults=tuple(other_adult(adult, loaded) for adult in content.adults),
        without_email=tuple(
            full_name(content.adults[adult])
            for adult in content.co_applicant_ids
            if not content.adults[adult].get("email") and not content.adults[adult].get("by_hand")
        ),
        by_hand=tuple(
            full_name(content.adults[adult])
            for adult in content.co_applicant_ids
            if content.adults[adult].get("by_hand")
        ),
        # Whether one was given decides which ways to identify the page offers.
        main_has_hetu=bool(content.adults[content.main_applicant_id].get("hetu")),
        has_edit=application.draft is not None,
    )


def active_invitation(token: str) -> ActiveInvitation:
    """Find what a link opens; writes nothing. Raises NoSuchInvitation, InvitationSpent, InvitationRefused."""
    invitation = invitation_of(token)
    return ActiveInvitation(invitation.pk, invitation.applicant_id)


def active_applications_of(identified: Identified, *, now: datetime) -> list[ApplicationSummary]:
    mine = applications_of(identified, now=now)
    return [each for each in mine if each.state in ACTIVE_STATES and not each.has_left]


def applications_of(identified: Identified, *, now: datetime) -> list[ApplicationSummary]:
    return applications_and_former_of(identified, now=now)[0]


def applications_and_former_of(
    identified: Identified, *, now: datetime
) -> tuple[list[ApplicationSummary], list[FormerApplication]]:
    """Give as `applications_of`, and those the person was removed from while they can copy their part."""
    found = LoadedApplication.all_of_person(identified, now=now)
    mine = [_waiting(each, identified) for each in found if each.has_applicant(identified.person_id)]
    former = [_former(each, identified) for each in found if not each.has_applicant(identified.person_id)]
    # Cut here and not in the page, so that no caller can forget it.
    cut = mine if is_reauthenticated(identified) else [each.for_password_session() for each in mine]
    return cut, [each for each in former if each and now <= each.copy_ends_at]


def review(
    application_id: UUID,
    *,
    identified: Identified,
    now: datetime,
    seen: UUID | None = None,
    read: LoadedRows | None = None,
) -> Review:
    """Read what the person is to confirm. Raises NoSuchApplication, NotAllowedNow (they left).

    `seen` is the version that they read on a page that has been overtaken, `read` what was read along.
    """
    loaded = LoadedApplication.of(application_id, now=now, seen=seen, reader=identified, read=read)
    applicant = _takes_part(loaded, identified)
    own = latest_own_facts(loaded, applicant)
    return Review(
        application_id=application_id,
        applicant_id=applicant.pk,
        reference=loaded.application.reference or "",
        version_id=loaded.current.version.pk,
        state=loaded.state,
        seen=replace(visible_to(applicant.pk, loaded), own=own),
        missing=tuple(missing_fields(PERSON, own)),
        waiting=unsubmitted_answers(loaded, applicant),
        has_confirmed=loaded.confirmation_of(applicant.pk) is not None,
        is_left_out=applicant.pk not in loaded.current.digests,
        answers_due=are_answers_due(loaded.main_applicant, loaded.current),
        changes=tuple(_changes_since_seen(loaded, applicant.pk, seen)),
        light_changes=tuple(_light_changes(loaded, applicant.pk)),
        # With a seat here already, nothing ends elsewhere.
        ends=() if identified.person_id in loaded.seated else loaded.rows.rivals,
        proposal=proposal_view_of(loaded, applicant),
    )


def own_details(
    application_id: UUID, *, identified: Identified, now: datetime, read: LoadedRows | None = None
) -> tuple[UUID, Facts]:
    loaded = LoadedApplication.of(application_id, now=now, read=read)
    applicant = _takes_part(loaded, identified)
    return applicant.pk, merged(loaded.facts_of(applicant.pk), correction_of(applicant))


def status(
    application_id: UUID, *, identified: Identified, now: datetime, read: LoadedRows | None = None
) -> Status:
    """Read the status for one of its adults, cut to their session. Raises NoSuchApplication."""
    whole = _status(LoadedApplication.of(application_id, now=now, with_messages=True, read=read), identified)
    return whole if is_reauthenticated(identified) else whole.for_password_session()


def _status(loaded: LoadedApplication, identified: Identified) -> Status:
    application = loaded.application
    applicant = loaded.applicant_of(identified.person_id)
    confirmation = loaded.confirmation_of(applicant.pk)
    seen = visible_to(applicant.pk, loaded)
    return Status(
        application_id=application.pk,
        reference=application.reference or "",
        state=loaded.state,
        is_main=applicant.is_main,
        own_name=full_name(seen.own),
        identified_at=applicant.identified_at,
        confirmed_at=confirmation.confirmed_at if confirmation else None,
        # Missing adults first: they are what the reader can act on.
        others=tuple(sorted(seen.others, key=lambda adult: adult.has_confirmed)),
        # Only the main applicant may act on others.
        can_be_invited=_can_be_invited(loaded) if applicant.is_main else frozenset(),
        by_hand=_by_hand(loaded) if applicant.is_main else frozenset(),
        confirm_by=application.confirm_by,
        valid_until=application.valid_until,
        ended_at=application.ended_at,
        was_valid=loaded.confirmed is not None,
        has_waiting_version=loaded.has_waiting_version,
        is_left_out=applicant.pk not in loaded.current.digests,
        applicant_id=applicant.pk,
        version_id=loaded.current.version.pk,
        light_changes=tuple(_light_changes(loaded, applicant.pk)),
        has_declined=applicant.declined_at is not None and confirmation is None,
        has_something_confirmed=bool(loaded.active_confirmations_of(applicant.pk)),
        own_end=_own_end(loaded, applicant.pk),
        can_discard=applicant.is_main and _can_discard(loaded),
        has_edit=applicant.is_main and application.draft is not None,
        can_copy=applicant.is_main and can_be_copied_at(loaded.now, ended_at=application.ended_at),
        has_left=applicant.has_left_by_choice,
        leavers=_leavers(loaded) if applicant.is_main else (),
        withdrawing_ends_it=not is_held_by_others(loaded, applicant),
        can_copy_own_part=can_be_copied_at(loaded.now, ended_at=parted_at(applicant)),
        waits_for_main=loaded.state in ACTIVE_STATES and loaded.main_place_opened_at is not None,
        answers_due=loaded.state in ACTIVE_STATES and are_answers_due(loaded.main_applicant, loaded.current),
        is_offered_main=loaded.state in ACTIVE_STATES and is_main_place_offered_to(loaded, applicant.pk),
        own_trouble=own_trouble(loaded, applicant),
        troubled=invitation_troubles(loaded) if applicant.is_main else {},
    )


def renewal(application_id: UUID, *, identified: Identified, now: datetime) -> Renewal:
    """Preview a renewal. Raises NoSuchApplication, SomeoneElse, NotAllowedNow."""
    loaded = LoadedApplication.of(application_id, now=now)
    require_editor(loaded, identified)
    loaded.require(Action.RENEW)
    content = as_typed(loaded, loaded.current.content)
    following = next_content(loaded, content)
    return Renewal(
        application_id=application_id,
        reference=loaded.application.reference or "",
        valid_until=validity_from(now),
        joins=tuple(full_name(facts) for key, facts in following.adults.items() if key not in content.adults),
        leaves=tuple(
            full_name(facts) for key, facts in content.adults.items() if key not in following.adults
        ),
        has_waiting_version=loaded.has_waiting_version,
        is_complete=not problems_as_typed(loaded, following)
        and not are_answers_due(loaded.main_applicant, loaded.current),
    )


def application_to_claim(applicant_id: UUID, *, identified: Identified, now: datetime) -> UUID | None:
    for application_id in Applicant.objects.filter(pk=applicant_id).values_list("application_id", flat=True):
        loaded = LoadedApplication.of(application_id, now=now)
        return application_id if may_request_claim(loaded, applicant_id, identified) else None
    return None


def receipt(application_id: UUID, *, identified: Identified, now: datetime) -> Receipt:
    """Read what a person has confirmed. Raises NoSuchApplication, NothingConfirmed."""
    loaded = LoadedApplication.of(application_id, now=now)
    applicant = loaded.applicant_of(identified.person_id)
    given = loaded.active_confirmations_of(applicant.pk)
    if not given:
        raise NothingConfirmed
    latest = given[-1]
    return Receipt(
        application_id=application_id,
        reference=loaded.application.reference or "",
        is_main=applicant.is_main,
        name=full_name(loaded.facts_of(applicant.pk)),
        confirmed_at=latest.confirmed_at,
        is_assisted=latest.assisted_by is not None,
        archive_reference=latest.archive_reference,
    )


def _takes_part(loaded: LoadedApplication, identified: Identified) -> Applicant:
    applicant = loaded.applicant_of(identified.person_id)
    if applicant.has_left_by_choice:
        raise NotAllowedNow
    return applicant


def _waiting(loaded: LoadedApplication, identified: Identified) -> ApplicationSummary:
    applicant = loaded.applicant_of(identified.person_id)
    return ApplicationSummary(
        application_id=loaded.application.pk,
        reference=loaded.application.reference or "",
        state=loaded.state,
        main_applicant=full_name(loaded.facts_of(loaded.main_applicant.pk)),
        is_main=applicant.is_main,
        was_valid=loaded.confirmed is not None,
        has_confirmed=other_adult(applicant.pk, loaded).has_confirmed,
        has_edit=applicant.is_main and loaded.application.draft is not None,
        has_left=applicant.has_left_by_choice,
        confirm_by=loaded.application.confirm_by,
        ended_at=loaded.application.ended_at,
    )


def _changes_since_seen(loaded: LoadedApplication, applicant_id: UUID, seen: UUID | None) -> list[Change]:
    if loaded.confirmation_of(applicant_id) is not None:
        return []
    since = _seen_before(loaded, applicant_id, seen)
    if since is None or applicant_id not in since.digests:
        return []
    return changes_visible_to(applicant_id, loaded, since=since.content)


def _former(loaded: LoadedApplication, identified: Identified) -> FormerApplication | None:
    gone = parted_applicant(loaded, identified.person_id)
    at = parted_at(gone) if gone else None
    if at is None:
        return None
    return FormerApplication(
        application_id=loaded.application.pk,
        reference=loaded.application.reference or "",
        parted_at=at,
        copy_ends_at=at + timedelta(days=settings.COPY_DAYS),
    )


def _light_changes(loaded: LoadedApplication, applicant_id: UUID) -> list[Change]:
    return light_changes_visible_to(applicant_id, loaded) if loaded.state in ACTIVE_STATES else []


def _seen_before(loaded: LoadedApplication, applicant_id: UUID, seen: UUID | None) -> VersionView | None:
    version = loaded.version(seen) if seen else None
    given = loaded.active_confirmations_of(applicant_id)
    return version or (loaded.version(given[-1].version_id) if given else None)


def _own_end(loaded: LoadedApplication, applicant_id: UUID) -> datetime | None:
    until, given = loaded.application.valid_until, loaded.active_confirmations_of(applicant_id)
    last = max((each.ends_by for each in given), default=None)
    return last - AFTER_PERIOD if last and until and last <= until + AFTER_PERIOD else None


def _can_discard(loaded: LoadedApplication) -> bool:
    return loaded.has_waiting_version and without_own_changes(loaded) != loaded.current.content


def _leavers(loaded: LoadedApplication) -> tuple[str, ...]:
    return tuple(other_adult(key, loaded).name for key in leavers_on(loaded))


def _can_be_invited(loaded: LoadedApplication) -> frozenset[UUID]:
    return frozenset(adult for adult in loaded.applicants if loaded.can_be_invited(adult))


def _by_hand(loaded: LoadedApplication) -> frozenset[UUID]:
    return frozenset(adult for adult in loaded.applicants if is_invited_by_hand(loaded, adult))


def _certain(moment: datetime | None) -> datetime:
    if moment is None:
        raise NoSuchApplication
    return moment
