"""The values that queries give: frozen, each already cut to what its reader may see."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from kanssa.applications.aggregate.visibility import OtherAdult, VisibleApplication
from kanssa.applications.content.content import Content
from kanssa.applications.content.differences import Change
from kanssa.applications.content.validation import FieldProblem
from kanssa.applications.reading.delivery_troubles import DeliveryTrouble
from kanssa.applications.states import State


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as its editor sees it. `revision` detects a stale tab.

    `is_edit`: of a sent application. `has_main_identified`: their identity code can then not be edited.
    `changes` are what saving would change, `faults` what must be corrected before sending or saving.
    """

    id: UUID
    content: Content
    revision: int
    is_edit: bool = False
    has_main_identified: bool = False
    changes: tuple[Change, ...] = ()
    faults: tuple[FieldProblem, ...] = ()
    state: State = State.DRAFT


@dataclass(frozen=True, slots=True)
class SentApplication:
    """The view of the sending browser until the main applicant has identified."""

    reference: str
    state: State
    confirm_by: datetime
    adults: tuple[OtherAdult, ...]
    without_email: tuple[str, ...]
    by_hand: tuple[str, ...]
    main_has_hetu: bool
    has_edit: bool


@dataclass(frozen=True, slots=True)
class ActiveInvitation:
    """A link that opens: nothing personal (DOMAIN, Who sees what)."""

    invitation_id: UUID
    applicant_id: UUID


@dataclass(frozen=True, slots=True)
class ApplicationSummary:
    """One application that an identified person is on. `ended_at` only if it has ended.

    `was_valid`: every adult had confirmed it once.
    """

    application_id: UUID
    reference: str
    state: State
    main_applicant: str
    is_main: bool
    was_valid: bool
    has_confirmed: bool
    has_edit: bool
    has_left: bool
    confirm_by: datetime | None
    ended_at: datetime | None

    def for_password_session(self) -> Self:
        return replace(self, main_applicant=first_given_name(self.main_applicant), has_edit=False)


@dataclass(frozen=True, slots=True)
class FormerApplication:
    """An application that a person was removed from: nothing of it but the reference.

    `copy_ends_at`: until when they may copy their own part.
    """

    application_id: UUID
    reference: str
    parted_at: datetime
    copy_ends_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalView:
    """The main applicant's typed answers beside the adult's own, where they differ.

    `mark` goes back with the answer, so that it settles what was seen. `has_identity`: some of it
    identifies the person, which accepting does not change; `can_take`: not all of it does.
    """

    changes: tuple[Change, ...]
    mark: str
    can_take: bool
    has_identity: bool


@dataclass(frozen=True, slots=True)
class Review:
    """The page on which a person confirms.

    `version_id` goes back with the confirmation, so that it binds what was seen. `ends` are the references
    whose confirmations this one will end. `seen.own` is what the person typed last; `waiting` names what of
    it is not in the application yet, `missing` the required answers that it lacks. `changes` are the
    differences from what they confirmed before, or saw a moment ago; `light_changes` those of the household
    since they confirmed or last read them; `is_left_out`: by a waiting change, beside which the confirmed
    version is valid. `answers_due`: of a new main applicant.
    """

    application_id: UUID
    applicant_id: UUID
    reference: str
    version_id: UUID
    state: State
    seen: VisibleApplication
    missing: tuple[str, ...]
    waiting: tuple[str, ...]
    has_confirmed: bool
    is_left_out: bool
    answers_due: bool
    changes: tuple[Change, ...]
    light_changes: tuple[Change, ...]
    ends: tuple[str, ...]
    proposal: ProposalView | None


@dataclass(frozen=True, slots=True)
class Status:
    """An application as one of its adults sees it: own part with times, others as done or missing.

    `was_valid`: every adult had confirmed it once. `has_waiting_version`: a change waits for confirmations,
    while the confirmed version is valid or ran out. `own_end`: until when the person's own confirmation
    counts, if it is not carried further. `can_discard`: some of the waiting change is the main applicant's
    own. `light_changes` are those of the household since the reader confirmed or last read them, up to
    `version_id`. `has_edit`: the main applicant has an unsaved edit. `has_left`: the person left by
    themselves; `leavers` are the names of those who left, for the main applicant; `withdrawing_ends_it`: no
    other adult holds a confirmation. `waits_for_main`: the main applicant's place is open;
    `is_offered_main`: to the person, among others; `answers_due`: of a new main applicant. `troubled` are the
    co-applicants that the latest link did not reach at the typed address, `by_hand` those who get the
    invitation from the main applicant's hand. `is_proven`: if false, the values that a password session may
    not see are left out.
    """

    application_id: UUID
    reference: str
    state: State
    is_main: bool
    own_name: str
    identified_at: datetime | None
    confirmed_at: datetime | None
    others: tuple[OtherAdult, ...]
    can_be_invited: frozenset[UUID]
    by_hand: frozenset[UUID]
    confirm_by: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None
    was_valid: bool
    has_waiting_version: bool
    is_left_out: bool
    applicant_id: UUID
    version_id: UUID
    light_changes: tuple[Change, ...]
    has_declined: bool
    has_something_confirmed: bool
    own_end: datetime | None
    can_discard: bool
    has_edit: bool
    can_copy: bool
    has_left: bool
    leavers: tuple[str, ...]
    withdrawing_ends_it: bool
    can_copy_own_part: bool
    waits_for_main: bool
    is_offered_main: bool
    answers_due: bool
    own_trouble: DeliveryTrouble | None
    troubled: Mapping[UUID, DeliveryTrouble]
    is_proven: bool = True

    @property
    def has_ended(self) -> bool:
        return self.ended_at is not None

    @property
    def is_own_part_done(self) -> bool:
        """Then the page shows it below the others' parts, which are what is still awaited."""
        return self.confirmed_at is not None or self.has_ended

    @property
    def is_awaited(self) -> bool:
        return not self.is_own_part_done and not self.is_left_out and not self.has_left

    @property
    def can_confirm(self) -> bool:
        return self.is_awaited and not self.answers_due

    @property
    def can_decline(self) -> bool:
        """Also again, to say that they do not want to be asked any more."""
        return self.is_awaited and self.is_proven and not (self.has_declined and self.is_main)

    @property
    def can_leave(self) -> bool:
        """A main applicant who is alone withdraws instead."""
        takes_part = not self.has_ended and not self.has_left
        return takes_part and self.is_proven and (bool(self.others) or not self.is_main)

    @property
    def counts_until(self) -> datetime | None:
        return self.own_end if self.state is State.VALID else None

    @property
    def can_edit(self) -> bool:
        return self.is_main and not self.has_ended and not self.has_left and not self.waits_for_main

    @property
    def can_continue(self) -> bool:
        return self.can_edit and bool(self.leavers)

    @property
    def can_renew(self) -> bool:
        return self.can_edit and self.state is State.VALID

    @property
    def can_be_resent(self) -> frozenset[UUID]:
        """Without adults in trouble: the notice about their address offers the link."""
        return frozenset() if self.has_ended else self.can_be_invited - self.troubled.keys()

    @property
    def awaits_others(self) -> bool:
        waits_for_some = any(not (other.has_confirmed or other.has_left) for other in self.others)
        return not self.has_ended and waits_for_some

    @property
    def own_trouble_now(self) -> DeliveryTrouble | None:
        return None if self.has_ended else self.own_trouble

    @property
    def others_in_trouble(self) -> list[tuple[OtherAdult, DeliveryTrouble]]:
        if self.has_ended:
            return []
        known = [(other, self.troubled.get(other.applicant_id)) for other in self.others]
        return [(other, trouble) for other, trouble in known if trouble is not None]

    def for_password_session(self) -> Self:
        # A password alone shows no actions and nothing about contacts.
        return replace(
            self,
            own_name=first_given_name(self.own_name),
            others=tuple(replace(other, name=first_given_name(other.name)) for other in self.others),
            can_be_invited=frozenset(),
            light_changes=(),
            by_hand=frozenset(),
            has_declined=False,
            has_something_confirmed=False,
            own_end=None,
            can_discard=False,
            has_edit=False,
            can_copy=False,
            leavers=(),
            withdrawing_ends_it=False,
            can_copy_own_part=False,
            is_offered_main=False,
            own_trouble=None,
            troubled={},
            is_proven=False,
        )


def first_given_name(name: str) -> str:
    # All of a name that a message or a password session shows.
    return next(iter(name.split()), "")


@dataclass(frozen=True, slots=True)
class Renewal:
    """A preview of a renewal: the new validity, and which adults join or leave (rules 7 and 8).

    `is_complete`: no details of an adult who joins are missing.
    """

    application_id: UUID
    reference: str
    valid_until: datetime
    joins: tuple[str, ...]
    leaves: tuple[str, ...]
    has_waiting_version: bool
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Receipt:
    """One person's confirmation, by name, when and how; nothing of the others."""

    application_id: UUID
    reference: str
    is_main: bool
    name: str
    confirmed_at: datetime
    is_assisted: bool
    archive_reference: str
