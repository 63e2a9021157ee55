"""An application with everything that a decision needs, read once, as it is at a moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from kanssa.applications.aggregate.address_history import AddressHistory
from kanssa.applications.aggregate.given_confirmations import GivenConfirmations, main_place_opened_at
from kanssa.applications.aggregate.loading import LoadedRows, load_rows, load_rows_by_hold, load_rows_of
from kanssa.applications.aggregate.periods import confirming_time_from, copied_since
from kanssa.applications.aggregate.proposals import (
    TypedAnswers,
    read_proposal,
    store_typed_answers,
    typed_answers_of,
)
from kanssa.applications.aggregate.timed_transitions import AppliedTransition, apply_timed_transitions
from kanssa.applications.aggregate.version_view import VersionView
from kanssa.applications.content.content import Facts
from kanssa.applications.content.form import PERSON, is_given, missing_fields
from kanssa.applications.models import Applicant, Confirmation, Version
from kanssa.applications.powers.table import STATES_BY_ACTION
from kanssa.applications.refusals import MainPlaceOpen, NoSuchApplication, NotAllowedNow, SomeoneElse
from kanssa.applications.states import (
    OF_MAIN_APPLICANT,
    Action,
    State,
    StateInputs,
    state_of,
)
from kanssa.identification.sessions import Identified

_NAME = ("last_name", "first_names", "one_name", "came_of_age")

_SAVED = (
    "reference",
    "visit_code",
    "language",
    "state",
    "sent_at",
    "draft",
    "current_version_id",
    "confirmed_version_id",
    "to_confirm_since",
    "confirm_by",
    "valid_until",
    "ended_as",
    "ended_at",
    "due_at",
    "reminded_until",
)
"""The columns that saving writes where they changed; the draft's are written where it is saved."""


class LoadedApplication:
    """The applicants, versions and confirmations of an application at `now`.

    Timed transitions up to `now` are applied in memory on reading (`timed_transitions`, `passed_states`);
    `transitions/saving.py` saves them, under a lock.
    """

    def __init__(self, rows: LoadedRows, *, now: datetime) -> None:
        self.application = rows.application
        self.now = now
        self.all_applicants = {applicant.pk: applicant for applicant in rows.applicants}
        self.confirmations = GivenConfirmations(rows.confirmations)
        self.first_invited = rows.first_invited
        self.rows = rows
        self.latest = rows.latest
        self.seated = rows.seated
        self.address_history = AddressHistory(rows.application.pk)
        self._read = {name: getattr(rows.application, name) for name in _SAVED}
        self._versions = {key: VersionView(*found) for key, found in rows.versions.items()}
        self._typed: Mapping[UUID, TypedAnswers] | None = None
        self._proposals = rows.proposals
        self.timed_transitions: list[AppliedTransition] = []
        self.passed_states: list[State] = []
        self.changed_confirmations: list[Confirmation] = []
        # A page must show the state at `now`, even if the worker is late or stopped.
        apply_timed_transitions(self)

    @classmethod
    def of(
        cls,
        application_id: UUID,
        *,
        now: datetime,
        seen: UUID | None = None,
        reader: Identified | None = None,
        with_messages: bool = False,
        read: LoadedRows | None = None,
    ) -> Self:
        """Read without locking: for showing, never for deciding. Raises NoSuchApplication.

        `seen` is one more version to read along, `reader` the person who reads, `read` what was read already.
        """
        if read is not None:
            return cls(read, now=now)
        for rows in load_rows([application_id], seen=seen, reader=reader, with_messages=with_messages):
            return cls(rows, now=now)
        raise NoSuchApplication

    @classmethod
    def all_of_person(cls, reader: Identified, *, now: datetime) -> list[Self]:
        return [cls(rows, now=now) for rows in load_rows_of(reader, removed_since=copied_since(now))]

    @classmethod
    def by_hold(cls, hold_id: UUID, *, now: datetime) -> Self:
        """Read what a browser holds, without locking. Raises NoSuchApplication."""
        for rows in load_rows_by_hold(hold_id):
            return cls(rows, now=now)
        raise NoSuchApplication

    @classmethod
    def all_of(cls, application_ids: Iterable[UUID], *, now: datetime) -> list[Self]:
        return [cls(rows, now=now) for rows in load_rows(application_ids)]

    @cached_property
    def applicants(self) -> dict[UUID, Applicant]:
        # A draft has no version: all of its people count.
        is_draft = self.application.current_version_id is None
        on_version = self.all_applicants.keys() if is_draft else self.relevant_adults
        in_order = sorted(
            self.all_applicants.values(), key=lambda applicant: (not applicant.is_main, applicant.position)
        )
        return {
            applicant.pk: applicant
            for applicant in in_order
            if applicant.removed_at is None and applicant.pk in on_version
        }

    def add_applicant(self, applicant: Applicant) -> None:
        """Add a new applicant, which the caller has saved."""
        self.all_applicants[applicant.pk] = applicant
        self.applicants_changed()

    def applicants_changed(self) -> None:
        # A cached property: one was removed or is back, or the main applicant changed.
        self.__dict__.pop("applicants", None)

    @property
    def current(self) -> VersionView:
        """The version that is to be confirmed, or is. Raises NoSuchApplication for a draft."""
        if self.application.current_version_id is None:
            raise NoSuchApplication
        return self._versions[self.application.current_version_id]

    @property
    def confirmed(self) -> VersionView | None:
        version = self.application.confirmed_version_id
        return self._versions[version] if version else None

    def version(self, version_id: UUID) -> VersionView | None:
        if version_id not in self._versions:
            for version in Version.objects.filter(application=self.application, pk=version_id):
                self._versions[version_id] = VersionView.read(version)
        return self._versions.get(version_id)

    @property
    def relevant_adults(self) -> set[UUID]:
        """Adults of the relevant versions; one who left is only on the current one, until it is replaced."""
        adults = {adult for version in self._relevant_versions for adult in version.digests}
        left = {key for key, each in self.all_applicants.items() if each.has_left_by_choice}
        return adults - left | set(self.current.digests)

    @property
    def main_applicant(self) -> Applicant:
        return next(iter(self.applicants.values()))

    @property
    def main_place_opened_at(self) -> datetime | None:
        return main_place_opened_at(list(self.applicants.values()), self.confirmations)

    @property
    def has_main_identified(self) -> bool:
        # Rightly or not: after any identification a browser alone may do nothing.
        return bool(self.main_applicant.person_id or self.main_applicant.freed_at)

    @property
    def typed_answers(self) -> Mapping[UUID, TypedAnswers]:
        """The main applicant's typed answers about identified adults, by applicant; removed ones too."""
        if self._typed is None:
            self._typed = {row.pk: read_proposal(row) for row in self._proposals}
        return self._typed

    @property
    def proposals(self) -> Mapping[UUID, TypedAnswers]:
        return {
            key: typed
            for key, typed in self.typed_answers.items()
            if key in self.applicants and self.controls_own_details(key)
        }

    def keep_typed_answers(self, applicant: Applicant) -> None:
        # The main applicant's answers about themselves are not kept apart.
        if not applicant.is_main and applicant.pk not in self.typed_answers:
            typed = store_typed_answers(applicant.pk, self.facts_of(applicant.pk))
            self._typed = {**self.typed_answers, applicant.pk: typed}

    def typed_answers_changed(self) -> None:
        self._typed = typed_answers_of(self.all_applicants)

    def controls_own_details(self, applicant_id: UUID) -> bool:
        applicant = self.applicants.get(applicant_id)
        # Identified rightly or not: then only they change their details.
        return (
            applicant is not None
            and not applicant.is_main
            and bool(applicant.person_id or applicant.freed_at)
        )

    def typed_facts_of(self, applicant_id: UUID) -> Facts:
        facts = self.facts_of(applicant_id)
        if not self.controls_own_details(applicant_id):
            return facts
        typed = self.proposals.get(applicant_id)
        # No other adult typed a former main applicant's answers, so only the name is given.
        return typed.facts if typed else {name: facts[name] for name in _NAME if name in facts}

    @property
    def has_waiting_version(self) -> bool:
        confirmed = self.application.confirmed_version_id
        return confirmed is not None and confirmed != self.application.current_version_id

    def applicant_of(self, person_id: UUID) -> Applicant:
        """Give the applicant that a person is here. Raises NoSuchApplication."""
        for applicant in self.applicants.values():
            if applicant.person_id == person_id:
                return applicant
        raise NoSuchApplication

    def has_applicant(self, person_id: UUID) -> bool:
        # An adult in a change that just lapsed does not count.
        return any(applicant.person_id == person_id for applicant in self.applicants.values())

    def require_own_applicant(self, person_id: UUID, applicant_id: UUID) -> Applicant:
        """Give an applicant by id: this person, who has not left.

        Raises NoSuchApplication, SomeoneElse, NotAllowedNow.
        """
        applicant = self.applicants.get(applicant_id)
        if applicant is None:
            raise NoSuchApplication
        # An applicant of the same application may learn that the other exists: both see the names.
        if applicant.person_id != person_id:
            raise SomeoneElse
        if applicant.has_left_by_choice:
            raise NotAllowedNow
        return applicant

    def version_shown_to(self, applicant_id: UUID) -> VersionView:
        if applicant_id in self.current.digests or self.confirmed is None:
            return self.current
        return self.confirmed

    def facts_of(self, applicant_id: UUID) -> Facts:
        return self.version_shown_to(applicant_id).content.adults[applicant_id]

    def confirmation_of(self, applicant_id: UUID) -> Confirmation | None:
        return self.confirmations.active_of(applicant_id, self.current)

    def effective_confirmation_of(self, applicant_id: UUID) -> Confirmation | None:
        before = self.confirmations.active_of(applicant_id, self.confirmed) if self.confirmed else None
        return before or self.confirmation_of(applicant_id)

    def active_confirmations_of(self, applicant_id: UUID) -> list[Confirmation]:
        return [each for each in self.confirmations.active if each.applicant_id == applicant_id]

    def can_be_invited(self, applicant_id: UUID) -> bool:
        applicant = self.applicants[applicant_id]
        if applicant.is_main or applicant.left_at or applicant_id not in self.current.digests:
            return False
        typed = self.typed_facts_of(applicant_id)
        is_mailed = is_given(typed, "email") and not is_given(typed, "by_hand")
        return is_mailed and not self.confirmation_of(applicant_id)

    def missing_details(self, applicant_id: UUID) -> list[str]:
        return missing_fields(PERSON, self.facts_of(applicant_id))

    @property
    def is_confirmed_by_all(self) -> bool:
        return self.confirmations.carry(self.current)

    @property
    def life(self) -> StateInputs:
        application = self.application
        if application.sent_at is None:
            return StateInputs()
        return StateInputs(
            sent_at=application.sent_at,
            ended_as=State(application.ended_as) if application.ended_as else None,
            all_lost_to_another=self.confirmations.are_all_lost_to_another(self._relevant_versions),
            is_carried=self.confirmed is not None and self.confirmations.carry(self.confirmed),
            has_waiting_version=self.has_waiting_version,
            has_run_out=self._has_run_out,
            confirm_by=application.confirm_by,
            valid_until=application.valid_until,
            confirmation_ends=min((each.ends_by for each in self.confirmations.active), default=None),
        )

    @property
    def state(self) -> State:
        return state_of(self.life, now=self.now)

    @property
    def valid_until(self) -> datetime:
        # A version that is not a new edit takes the validity over.
        is_confirmed = self.application.confirmed_version_id == self.application.current_version_id
        if is_confirmed and self.application.valid_until is not None:
            return self.application.valid_until
        return self.current.version.valid_until

    def require(self, action: Action) -> None:
        """Refuse an action that `states.py` does not allow now: NotAllowedNow, MainPlaceOpen."""
        if self.state not in STATES_BY_ACTION[action]:
            raise NotAllowedNow
        if action in OF_MAIN_APPLICANT and self.main_place_opened_at:
            raise MainPlaceOpen

    def end(
        self, confirmation: Confirmation, *, because: str, at: datetime, ended_for: UUID | None = None
    ) -> None:
        confirmation.ended_at = at
        confirmation.ended_because = because
        confirmation.ended_for = ended_for
        self.changed_confirmations.append(confirmation)

    def fall_back(self, at: datetime, *, was_valid: bool) -> None:
        if self.life.is_carried:
            return
        self.application.valid_until = None
        # An application that was valid gets a fresh time to confirm.
        if was_valid:
            self.start_confirmation_period(at)

    def revive(self, confirmation: Confirmation) -> None:
        confirmation.ended_at = confirmation.ended_for = None
        confirmation.ended_because = ""
        self.changed_confirmations.append(confirmation)

    def set_current_version(self, current: VersionView) -> None:
        self.application.current_version = current.version
        self._versions[current.version.pk] = current
        self.address_history.forget()
        self.applicants_changed()

    def add_confirmation(self, confirmation: Confirmation) -> None:
        self.confirmations.add(confirmation)
        self.address_history.forget()

    @property
    def changed_columns(self) -> list[str]:
        return [name for name, value in self._read.items() if getattr(self.application, name) != value]

    def columns_saved(self) -> None:
        self._read = {name: getattr(self.application, name) for name in _SAVED}

    def start_confirmation_period(self, at: datetime) -> None:
        self.application.to_confirm_since = at
        self.application.confirm_by = confirming_time_from(at)

    def end_as(self, state: State, at: datetime) -> None:
        self.application.ended_as = state
        self.application.ended_at = at

    def drop_waiting_version(self) -> None:
        if self.confirmed is None:
            return
        was_valid = self.life.is_in_validity
        self.set_current_version(self.confirmed)
        if was_valid:
            # A valid application has nothing to confirm; one that is not keeps its time to confirm.
            self.application.confirm_by = self.application.to_confirm_since = None

    @property
    def _relevant_versions(self) -> list[VersionView]:
        return [self.current, *([self.confirmed] if self.confirmed and self.has_waiting_version else [])]

    @property
    def _has_run_out(self) -> bool:
        until, since = self.application.valid_until, self.application.to_confirm_since
        return self.has_waiting_version and until is not None and since is not None and until <= since
