"""What queries give: frozen values, each already cut to what its reader may see."""

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
    """A draft as whoever edits it sees it. `revision` guards against a stale tab.

    `is_edit`: of something that was sent. `has_main_identified`: whose identity code stands then.
    `changes` are what saving it would change, `faults` what must be mended before sending or saving.
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
    """What the sending browser sees until the main applicant has identified."""

    reference: str
    state: State
    confirm_by: datetime
    adults: tuple[OtherAdult, ...]
    without_email: tuple[str, ...]
    main_has_hetu: bool
    has_edit: bool


@dataclass(frozen=True, slots=True)
class ActiveInvitation:
    """A link that opens: nothing personal (DOMAIN, Who sees what)."""

    applicant_id: UUID


@dataclass(frozen=True, slots=True)
class ApplicationSummary:
    """One application on which an identified person has a place. Of what ended, `ended_at`.

    `was_valid`: everybody had confirmed it once.
    """

    application_id: UUID
    reference: str
    state: State
    main_applicant: str
    is_main: bool
    was_valid: bool
    has_confirmed: bool
    has_edit: bool
    confirm_by: datetime | None
    ended_at: datetime | None

    def for_password_session(self) -> Self:
        """The state, with a first name as in messages."""
        return replace(self, main_applicant=first_given_name(self.main_applicant), has_edit=False)


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What the main applicant typed of an adult who answers for themselves, beside the adult's own answers.

    `mark` goes back with the answer, so that it settles what was seen. `has_identity`: some of it is about
    what identified the person, which taking over does not change; `can_take`: not all of it is.
    """

    changes: tuple[Change, ...]
    mark: str
    can_take: bool
    has_identity: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What a person is about to confirm.

    `version_id` goes back with the confirming, so that it binds what was seen. `ends` are the
    references whose confirmations this one will end. `seen.own` is what the person typed last;
    `waiting` names what of it is not in the application yet, `missing` the required answers that it lacks.
    `changes` are what differs from what they confirmed before, or saw a moment ago;
    `is_left_out`: by a change that waits, beside which the confirmed version is valid.
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
    changes: tuple[Change, ...]
    ends: tuple[str, ...]
    proposal: ProposalView | None


@dataclass(frozen=True, slots=True)
class Status:
    """An application to one of its adults: own part with times, of others done or missing.

    `was_valid`: everybody had confirmed it once. `has_waiting_version`: a change waits for somebody to
    confirm it, while the confirmed version is valid or ran out. `own_end`: until when one's own
    confirmation counts, if it is carried no further. `can_discard`: of what waits something is the
    main applicant's own. `has_edit`: the main applicant began an edit and has not saved it.
    `troubled` are the co-applicants whom the latest link did not reach at the address that was typed.
    `is_proven`: else all that a password alone may not see is left out.
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
    confirm_by: datetime | None
    valid_until: datetime | None
    ended_at: datetime | None
    was_valid: bool
    has_waiting_version: bool
    is_left_out: bool
    has_declined: bool
    has_something_confirmed: bool
    own_end: datetime | None
    can_discard: bool
    has_edit: bool
    can_copy: bool
    own_trouble: DeliveryTrouble | None
    troubled: Mapping[UUID, DeliveryTrouble]
    is_proven: bool = True

    def for_password_session(self) -> Self:
        """Done or missing and dates, with first names as in messages; no act, nothing of contacts."""
        return replace(
            self,
            own_name=first_given_name(self.own_name),
            others=tuple(replace(other, name=first_given_name(other.name)) for other in self.others),
            can_be_invited=frozenset(),
            has_declined=False,
            has_something_confirmed=False,
            own_end=None,
            can_discard=False,
            has_edit=False,
            can_copy=False,
            own_trouble=None,
            troubled={},
            is_proven=False,
        )


def first_given_name(name: str) -> str:
    """The first of a person's names: all of a name that a message or a password alone shows."""
    return next(iter(name.split()), "")


@dataclass(frozen=True, slots=True)
class Renewal:
    """What renewing would do: the new time, and which adults come or go by it (rules 7 and 8).

    `is_complete`: nothing is to be told first of whoever joins.
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
    """What one person has confirmed, by name, when and how; nothing of the others."""

    application_id: UUID
    reference: str
    is_main: bool
    name: str
    confirmed_at: datetime
    is_assisted: bool
    archive_reference: str
