"""An application with everything that a decision needs, read once, as it stands at a moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self
from uuid import UUID

from kanssa.applications.content import Facts
from kanssa.applications.form import PERSON, is_given, missing_fields
from kanssa.applications.loading import LoadedRows, load_rows
from kanssa.applications.models import Applicant, Confirmation, Part, Version
from kanssa.applications.periods import confirming_time_from
from kanssa.applications.proposals import Typed, opened_proposal, typed_of
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, SomeoneElse
from kanssa.applications.standing import Standing, opened
from kanssa.applications.states import DEEDS, Deed, Life, State, Turn, next_turn, state_of

USED_ELSEWHERE = "used-elsewhere"
TOO_OLD = "too-old"
_NAME = ("last_name", "first_names", "one_name", "came_of_age")


@dataclass(frozen=True, slots=True)
class Turned:
    """Something that the clock alone did, and when."""

    at: datetime
    turn: Turn


class Household:
    """The adults of an application, what stands, and who has confirmed it, at `now`.

    What the clock has done until then is done on reading (`turns`, through the states `passed`), in
    memory; `keeping.py` keeps it, under a lock.
    """

    def __init__(self, rows: LoadedRows, *, now: datetime) -> None:
        """Hold what was read of an application, and take the clock's turns."""
        self.application = rows.application
        self.now = now
        self.places = {place.pk: place for place in rows.applicants}
        self.confirmations = rows.confirmations
        self.first_invited = rows.first_invited
        self._standings = {key: Standing(*found) for key, found in rows.versions.items()}
        self._typed: Mapping[UUID, Typed] | None = None
        self._proposals = rows.proposals
        self.turns: list[Turned] = []
        self.passed: list[State] = []
        self.changed: list[Confirmation] = []
        self._take_turns()

    @classmethod
    def of(cls, application_id: UUID, *, now: datetime, seen: UUID | None = None) -> Self:
        """Read without locking: for showing, never for deciding. Raises NoSuchApplication.

        `seen` is one more version to read along.
        """
        for rows in load_rows([application_id], seen=seen):
            return cls(rows, now=now)
        raise NoSuchApplication

    @classmethod
    def all_of(cls, application_ids: Iterable[UUID], *, now: datetime) -> list[Self]:
        """Read several without locking, in one statement and in the order given."""
        return [cls(rows, now=now) for rows in load_rows(application_ids)]

    @cached_property
    def applicants(self) -> dict[UUID, Applicant]:
        """The adults' places on the versions that matter, by id, the main applicant's first."""
        is_draft = self.application.standing_version_id is None
        on_version = self.places.keys() if is_draft else self.adults_that_matter
        in_order = sorted(self.places.values(), key=lambda place: (not place.is_main, place.position))
        return {place.pk: place for place in in_order if place.removed_at is None and place.pk in on_version}

    def add_place(self, place: Applicant) -> None:
        """Hold a new adult's place, which the caller has saved."""
        self.places[place.pk] = place
        self.places_changed()

    def places_changed(self) -> None:
        """Sort the places again: one is removed or back, or another is the main applicant's."""
        self.__dict__.pop("applicants", None)

    @property
    def standing(self) -> Standing:
        """The version that is to be confirmed, or is. Raises NoSuchApplication for a draft."""
        if self.application.standing_version_id is None:
            raise NoSuchApplication
        return self._standings[self.application.standing_version_id]

    @property
    def confirmed(self) -> Standing | None:
        """The last version that everybody had confirmed."""
        version = self.application.confirmed_version_id
        return self._standings[version] if version else None

    def version(self, version_id: UUID) -> Standing | None:
        """Any version of the application; one that does not matter now is read when asked for."""
        if version_id not in self._standings:
            for version in Version.objects.filter(application=self.application, pk=version_id):
                self._standings[version_id] = Standing.read(version)
        return self._standings.get(version_id)

    @property
    def adults_that_matter(self) -> set[UUID]:
        """The places of what stands, and of what everybody had confirmed."""
        return {adult for version in self._mattering for adult in version.digests}

    @property
    def main_applicant(self) -> Applicant:
        """The one who fills in and sends."""
        return next(iter(self.applicants.values()))

    @property
    def has_main_identified(self) -> bool:
        """Whether the main applicant has, rightly or not: from then on a browser alone may do nothing."""
        return bool(self.main_applicant.person_id or self.main_applicant.freed_at)

    @property
    def typed(self) -> Mapping[UUID, Typed]:
        """What the main applicant typed of adults who have identified, by place; removed ones too."""
        if self._typed is None:
            self._typed = {row.pk: opened_proposal(row) for row in self._proposals}
        return self._typed

    @property
    def proposals(self) -> Mapping[UUID, Typed]:
        """What the main applicant typed of those who answer for themselves."""
        return {
            key: typed
            for key, typed in self.typed.items()
            if key in self.applicants and self.answers_for_themselves(key)
        }

    def typed_changed(self) -> None:
        """Read again what the main applicant typed: some of it was written."""
        self._typed = typed_of(self.places)

    def answers_for_themselves(self, applicant_id: UUID) -> bool:
        """Whether a co-applicant has identified, rightly or not: from then on nobody else changes theirs."""
        place = self.applicants.get(applicant_id)
        return place is not None and not place.is_main and bool(place.person_id or place.freed_at)

    def typed_facts_of(self, applicant_id: UUID) -> Facts:
        """What the main applicant typed of another adult; of a former main applicant the name alone."""
        facts = self.facts_of(applicant_id)
        if not self.answers_for_themselves(applicant_id):
            return facts
        typed = self.proposals.get(applicant_id)
        return typed.facts if typed else {name: facts[name] for name in _NAME if name in facts}

    @property
    def has_waiting(self) -> bool:
        """Whether a newer version stands than the one that everybody had confirmed."""
        confirmed = self.application.confirmed_version_id
        return confirmed is not None and confirmed != self.application.standing_version_id

    def place_of(self, person_id: UUID) -> Applicant:
        """The place that a person fills here. Raises NoSuchApplication."""
        for place in self.applicants.values():
            if place.person_id == person_id:
                return place
        raise NoSuchApplication

    def has_place(self, person_id: UUID) -> bool:
        """Whether a person fills a place here; one in a change that lapsed just now is none."""
        return any(place.person_id == person_id for place in self.applicants.values())

    def place_held_by(self, person_id: UUID, applicant_id: UUID) -> Applicant:
        """A place by its id, if this person fills it. Raises NoSuchApplication, SomeoneElse."""
        place = self.applicants.get(applicant_id)
        if place is None:
            raise NoSuchApplication
        if place.person_id != person_id:
            raise SomeoneElse
        return place

    def shown_to(self, applicant_id: UUID) -> Standing:
        """The version that an adult sees: what stands, or the confirmed one if they left it since."""
        if applicant_id in self.standing.digests or self.confirmed is None:
            return self.standing
        return self.confirmed

    def facts_of(self, applicant_id: UUID) -> Facts:
        """What the version that an adult sees says of them."""
        return self.shown_to(applicant_id).content.adults[applicant_id]

    def confirmation_of(self, applicant_id: UUID) -> Confirmation | None:
        """The adult's living confirmation of what stands, if they have given it."""
        return self._living(applicant_id, self.standing)

    def carrying(self, applicant_id: UUID) -> Confirmation | None:
        """The adult's living confirmation of the confirmed version, or else of what stands."""
        before = self._living(applicant_id, self.confirmed) if self.confirmed else None
        return before or self.confirmation_of(applicant_id)

    def living_confirmations_of(self, applicant_id: UUID) -> list[Confirmation]:
        """All that the adult has confirmed of this application and that has not ended."""
        return [each for each in self._living_ones if each.applicant_id == applicant_id]

    def can_be_invited(self, applicant_id: UUID) -> bool:
        """Whether a link would help: a co-applicant, still to confirm, with an e-mail address."""
        place = self.applicants[applicant_id]
        if place.is_main or applicant_id not in self.standing.digests:
            return False
        has_email = is_given(self.typed_facts_of(applicant_id), "email")
        return has_email and not self.confirmation_of(applicant_id)

    def missing_details(self, applicant_id: UUID) -> list[str]:
        """Names of the required answers that an adult has not given of themselves."""
        return missing_fields(PERSON, self.facts_of(applicant_id))

    @property
    def is_confirmed_by_all(self) -> bool:
        """Whether every adult of what stands holds a living confirmation of it."""
        return self._is_held_by_all(self.standing)

    @property
    def life(self) -> Life:
        """What the state hangs on."""
        application = self.application
        if application.sent_at is None:
            return Life()
        return Life(
            sent_at=application.sent_at,
            ended_as=State(application.ended_as) if application.ended_as else None,
            all_lost_to_another=self._are_all_lost_to_another,
            is_carried=self.confirmed is not None and self._is_held_by_all(self.confirmed),
            has_waiting=self.has_waiting,
            has_run_out=self._has_run_out,
            confirm_by=application.confirm_by,
            valid_until=application.valid_until,
            confirmation_ends=min((each.ends_by for each in self._living_ones), default=None),
        )

    @property
    def state(self) -> State:
        """What the deeds and the clock amount to."""
        return state_of(self.life, now=self.now)

    @property
    def valid_until(self) -> datetime:
        """The time of what stands, which a version that is no new edit takes over from it."""
        is_confirmed = self.application.confirmed_version_id == self.application.standing_version_id
        if is_confirmed and self.application.valid_until is not None:
            return self.application.valid_until
        return self.standing.version.valid_until

    def require(self, deed: Deed) -> None:
        """Refuse what the table does not name here: NotAllowedNow."""
        if self.state not in DEEDS[deed]:
            raise NotAllowedNow

    def end(
        self, confirmation: Confirmation, *, because: str, at: datetime, ended_for: UUID | None = None
    ) -> None:
        """End a confirmation."""
        confirmation.ended_at = at
        confirmation.ended_because = because
        confirmation.ended_for = ended_for
        self.changed.append(confirmation)

    def fall_back(self, at: datetime, *, was_valid: bool) -> None:
        """After confirmations ended: if one had carried what was confirmed, its time is void.

        What was valid gets a fresh time to confirm.
        """
        if self.life.is_carried:
            return
        self.application.valid_until = None
        if was_valid:
            self.begin_to_confirm(at)

    def revive(self, confirmation: Confirmation) -> None:
        """Let an ended confirmation live again."""
        confirmation.ended_at = confirmation.ended_for = None
        confirmation.ended_because = ""
        self.changed.append(confirmation)

    def stand_on(self, standing: Standing) -> None:
        """Let a version be the one that is to be confirmed, or is."""
        self.application.standing_version = standing.version
        self._standings[standing.version.pk] = standing
        self.places_changed()

    def begin_to_confirm(self, at: datetime) -> None:
        """Give everybody a fresh time to confirm."""
        self.application.to_confirm_since = at
        self.application.confirm_by = confirming_time_from(at)

    def end_as(self, state: State, at: datetime) -> None:
        """End it; only an annulment revives one that was replaced."""
        self.application.ended_as = state
        self.application.ended_at = at

    def drop_change(self) -> None:
        """Let the confirmed version stand alone again."""
        if self.confirmed is None:
            return
        was_valid = self.life.is_in_validity
        self.stand_on(self.confirmed)
        if was_valid:
            self.application.confirm_by = self.application.to_confirm_since = None

    def _take_turns(self) -> None:
        """Do what the clock does until now; a state is passed once all turns of its moment are taken."""
        at = None
        while (turn := next_turn(self.life)) is not None and turn[0] <= self.now:
            if at is not None and at < turn[0]:
                self.passed.append(state_of(self.life, now=at))
            self._take(*turn)
            at = turn[0]
        if at is not None:
            self.passed.append(state_of(self.life, now=at))

    def _take(self, at: datetime, turn: Turn) -> None:
        match turn:
            case Turn.CONFIRMATION_ENDS:
                self._end_old_ones(at)
            case Turn.FALLS_BACK:
                self.begin_to_confirm(at)
            case Turn.CHANGE_LAPSES:
                self.drop_change()
            case Turn.EXPIRES:
                self.end_as(State.EXPIRED, at)
            case Turn.LAPSES:
                self.end_as(State.LAPSED, at)
        self.turns.append(Turned(at, turn))

    def _end_old_ones(self, at: datetime) -> None:
        was_valid = self.life.is_in_validity
        for each in self._living_ones:
            if each.ends_by <= at:
                self.end(each, because=TOO_OLD, at=at)
        self.fall_back(at, was_valid=was_valid)

    @property
    def _living_ones(self) -> list[Confirmation]:
        return [each for each in self.confirmations if each.ended_at is None]

    @property
    def _mattering(self) -> Iterable[Standing]:
        return [self.standing, *([self.confirmed] if self.confirmed and self.has_waiting else [])]

    @property
    def _has_run_out(self) -> bool:
        until, since = self.application.valid_until, self.application.to_confirm_since
        return self.has_waiting and until is not None and since is not None and until <= since

    def _living(self, applicant_id: UUID, version: Standing) -> Confirmation | None:
        for each in self._of(applicant_id, version):
            if each.ended_at is None:
                return each
        return None

    def _is_held_by_all(self, version: Standing) -> bool:
        return all(self._living(adult, version) for adult in version.digests)

    @property
    def _are_all_lost_to_another(self) -> bool:
        """Nobody who has come back since may lose what they confirmed anew."""
        held = any(self._living(adult, version) for version in self._mattering for adult in version.digests)
        return not held and any(self._is_lost_to_another(version) for version in self._mattering)

    def _is_lost_to_another(self, version: Standing) -> bool:
        last_ones = [self._of(adult, version)[-1:] for adult in version.digests]
        return all(last and last[0].ended_because == USED_ELSEWHERE for last in last_ones)

    def _of(self, applicant_id: UUID, version: Standing) -> list[Confirmation]:
        digest = version.digests.get(applicant_id)
        return [
            each
            for each in self.confirmations
            if each.applicant_id == applicant_id and bytes(each.digest) == digest
        ]


def last_facts_of(place: Applicant) -> Facts:
    """What the latest version that holds an adult says of them; nothing where none does."""
    part = Part.objects.filter(applicant=place).order_by("-versions__number").first()
    return opened(part) if part else {}
