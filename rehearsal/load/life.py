"""The life of one application in memory: each action leaves the rows that the service's own leaves.

Contents are sealed and digested by the service's functions; the state follows from the rows by the
service's own rules when the life is settled.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from kanssa.applications.aggregate.given_confirmations import USED_ELSEWHERE
from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.aggregate.loading import LoadedRows
from kanssa.applications.aggregate.proposals import TypedAnswers, seal_typed_answers
from kanssa.applications.content.content import Content, first_name, merged
from kanssa.applications.models import (
    Applicant,
    Application,
    Confirmation,
    Invitation,
    Proposal,
    Seat,
    draft_is_bound_to,
)
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES, State, TimedTransition
from kanssa.applications.transitions.saving import next_due_at
from kanssa.calendar.days import day_of, morning_of
from kanssa.evidence.events import EventKind
from kanssa.links.mailed_link import hash_token
from kanssa.messages.topics import Topic
from kanssa.people.models import hetu_lookup
from kanssa.values.actor import SYSTEM, Actor
from kanssa.vault import seal_json
from rehearsal.load.codes import reference_of, visit_code_of
from rehearsal.load.identifying import identified, terms_of
from rehearsal.load.kept import born_lookups, confirm_by, confirmation_ends, name_lookups, validity
from rehearsal.load.messages import Outbox
from rehearsal.load.people import TestPerson, own_answers, random_id
from rehearsal.load.rows import Rows, made
from rehearsal.load.versions import Versions

BROWSER = Actor("browser")
_TOKEN_BYTES = 32
_SAYS = {
    "is_missing": True,
    "missing": [],
    "have_email": True,
    "lack_email": False,
    "has_waiting_version": False,
}
"""Words of some topics, for the messages that the demo's worker still sends."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The facts that all applications of a load share."""

    seed: int
    now: datetime
    clerks: tuple[UUID, ...]


class Life:
    """One application, the people on it, and every row that its life leaves."""

    def __init__(
        self, rows: Rows, rng: Random, setting: Setting, *, number: int, people: Mapping[UUID, TestPerson]
    ) -> None:
        self.rng = rng
        self.setting = setting
        self.people = people
        self.rows = rows
        self.number = number
        self.applicants: dict[UUID, Applicant] = {}
        self.confirmations: list[Confirmation] = []
        self._invited: dict[UUID, datetime] = {}
        self._invitations: list[Invitation] = []
        self._proposals: list[Proposal] = []
        self._outbox = Outbox(rows, rng, now=setting.now, record=self.record)

    @property
    def id(self) -> UUID:
        return self.application.pk

    @property
    def main(self) -> UUID:
        return next(iter(self.people))

    @property
    def others(self) -> list[UUID]:
        return list(self.people)[1:]

    def begin(self, content: Content, *, at: datetime) -> None:
        key = random_id(self.rng)
        self.versions = Versions(self.rows, self.rng, key, content)
        self.application = made(
            Application,
            id=key,
            language=content.application["language"],
            salt_sealed=self.versions.new_salt(key),
            begun_at=at,
            draft_saved_at=at,
        )
        self.rows.add(self.application)
        self.record(EventKind.DRAFT_STARTED, BROWSER, at=at)

    def keep_draft(self, *, at: datetime) -> None:
        self.application.draft = seal_json(
            self.versions.content.as_json(), bound_to=draft_is_bound_to(self.id)
        )
        self.application.draft_revision = self.rng.randint(1, 9)
        self.application.draft_saved_at = at

    def send(self, *, at: datetime) -> None:
        application = self.application
        application.reference = reference_of(self.number, at=at, seed=self.setting.seed)
        application.visit_code = visit_code_of(self.number, seed=self.setting.seed)
        application.sent_at = application.draft_saved_at = at
        application.draft_revision = self.rng.randint(6, 20)
        self._start_confirmation_period(at)
        for position, (key, person) in enumerate(self.people.items()):
            self._add_applicant(key, person, position)
        content = self.versions.content
        self._make_version(content, BROWSER, at=at, valid_until=validity(day_of(at)))
        self.record(EventKind.SENT, BROWSER, self.versions.current_facts, at=at)
        self._write(Topic.RECEIVED, [self.main], at=at, cause="received")

    def identify(self, key: UUID, *, at: datetime, clerk: UUID | None = None) -> UUID:
        identification = identified(self, self.people[key], at=at, clerk=clerk)
        applicant = self.applicants[key]
        if applicant.person_id is None:
            applicant.person_id, applicant.identified_at = self.people[key].id, at
            applicant.identification_id = identification
            if key != self.main:
                typed = seal_typed_answers(key, TypedAnswers(self.versions.content.adults[key]))
                self._proposals.append(made(Proposal, applicant_id=key, sealed=typed))
                self.rows.add(self._proposals[-1])
            if clerk is None:
                facts = {"identification": str(identification)}
                self.record(EventKind.APPLICANT_CLAIMED, self.actor(key), facts, at=at, applicant=key)
        return identification

    def invite(self, key: UUID, *, at: datetime) -> None:
        if not self.versions.content.adults[key].get("email"):
            return
        token = base64.urlsafe_b64encode(self.rng.randbytes(_TOKEN_BYTES)).decode().rstrip("=")
        invitation = made(
            Invitation, id=random_id(self.rng), applicant_id=key, token_hash=hash_token(token), sent_at=at
        )
        self._invitations.append(invitation)
        self.rows.add(invitation)
        self._invited[key] = at
        since = self.application.to_confirm_since
        if since is not None and self.application.confirm_by is not None:
            longer = confirm_by(day_of(since), day_of(at))
            self.application.confirm_by = max(self.application.confirm_by, longer)
        more = {"token": token, "inviter": first_name(self.versions.content.adults[self.main])}
        self._write(Topic.INVITATION, [key], at=at, cause=f"invitation:{invitation.pk}", **more)

    def complete_own_details(self, key: UUID, *, at: datetime) -> None:
        facts = merged(self.versions.content.adults[key], own_answers(self.rng))
        until = self.versions.current.version.valid_until
        self._make_version(
            self.versions.content.with_adult(key, facts), self.actor(key), at=at, valid_until=until
        )
        self.record(
            EventKind.DETAILS_CORRECTED, self.actor(key), self.versions.current_facts, at=at, applicant=key
        )

    def confirm(self, key: UUID, identification: UUID, *, at: datetime, clerk: UUID | None = None) -> None:
        actor = Actor("staff", clerk) if clerk else self.actor(key)
        given = made(
            Confirmation,
            id=random_id(self.rng),
            application_id=self.id,
            applicant_id=key,
            person_id=self.people[key].id,
            version_id=self.versions.current.version.pk,
            digest=self.versions.current.digests[key],
            identification_id=identification,
            terms=terms_of(self),
            assisted_by=clerk,
            archive_reference=f"HKI-{self.rng.randint(10_000, 99_999)}" if clerk else "",
            confirmed_at=at,
            ends_by=confirmation_ends(day_of(at)),
        )
        self.confirmations.append(given)
        self.rows.add(given)
        self.record(
            EventKind.CONFIRMED,
            actor,
            {
                "confirmation": str(given.pk),
                "version": str(given.version_id),
                "digest": bytes(given.digest).hex(),
                "terms": given.terms,
                "assisted": clerk is not None,
                "archive_reference": given.archive_reference,
                "identification": str(identification),
            }
            | _current_version(given.version_id),
            at=at,
            applicant=key,
        )

    def become_valid(self, actor: Actor, *, at: datetime) -> None:
        application, version = self.application, self.versions.current.version
        was_valid = application.confirmed_version_id is not None
        application.confirmed_version_id = version.pk
        application.valid_until = version.valid_until
        application.confirm_by = application.to_confirm_since = None
        until = version.valid_until.isoformat()
        facts = {"version": str(version.pk), "valid_until": until, "state": State.VALID.value}
        self.record(EventKind.BECAME_VALID, actor, facts, at=at)
        if not was_valid:
            self.valid_since = at
            self._write(Topic.ALL_CONFIRMED, self.people, at=at, cause=f"all-confirmed:{version.pk}")

    def renew(self, *, at: datetime) -> None:
        actor = self.actor(self.main)
        self._make_version(self.versions.content, actor, at=at, valid_until=validity(day_of(at)))
        self.record(EventKind.RENEWED, actor, self.versions.current_facts, at=at)
        self.become_valid(actor, at=at)

    def edit_home(self, *, at: datetime) -> None:
        actor, cost = self.actor(self.main), self.rng.randrange(351, 1499, 10)
        self._make_version(
            self.versions.content.with_section("home", {"cost": cost}),
            actor,
            at=at,
            valid_until=validity(day_of(at)),
        )
        self._start_confirmation_period(at)
        facts = {**self.versions.current_facts, "asks": sorted(map(str, self.people)), "proposes": []}
        self.record(EventKind.EDITED, actor, facts, at=at)
        self._write(Topic.CHANGE, self.others, at=at, cause=f"change:{self.versions.current.version.pk}")

    def end_as(self, state: State, actor: Actor, *, at: datetime) -> None:
        self.application.ended_as, self.application.ended_at = state, at
        for invitation in self._invitations:
            invitation.ended_at = at
        self.record(EventKind(state.value), actor, at=at)
        if state is State.WITHDRAWN:
            self._write(Topic.WITHDRAWN, self._identified_others(), at=at, cause="withdrawn")

    def replace_by(self, other: "Life", *, at: datetime) -> None:
        loaded = self._loaded(now=at)
        for given in self.confirmations:
            loaded.end(given, because=USED_ELSEWHERE, at=at, ended_for=other.id)
        loaded.fall_back(at, was_valid=True)
        loaded.end_as(loaded.state, at)
        self.record(
            EventKind.CONFIRMATIONS_USED_ELSEWHERE,
            other.actor(other.main),
            {"to": str(other.id), "state": loaded.state.value, "main_applicant": str(self.main)},
            at=at,
        )
        self._write(Topic.REPLACED, self.people, at=at, cause=f"replaced:{other.id}")

    def settle(self) -> State:
        now = self.setting.now
        loaded = self._loaded(now=now)
        self._tell_of_time(loaded)
        state = loaded.state
        if state in ENDED_STATES and not self.application.ended_as:
            loaded.end_as(state, now)
        self.application.state = state
        if state in ACTIVE_STATES:
            self.application.reminded_until = now
            self.application.due_at = next_due_at(loaded, state)
        if state is State.VALID:
            for key in loaded.relevant_adults:
                seat = made(
                    Seat, person_id=self.people[key].id, application_id=self.id, taken_at=self.valid_since
                )
                self.rows.add(seat)
        return state

    def actor(self, key: UUID) -> Actor:
        return Actor("person", self.people[key].id)

    def record(
        self,
        kind: EventKind,
        actor: Actor,
        facts: Mapping[str, Any] | None = None,
        *,
        at: datetime,
        applicant: UUID | None = None,
        is_about: bool = True,
    ) -> None:
        about = self.id if is_about else None
        self.rows.events.append(
            (at, kind.value, actor.kind, actor.id, about, applicant, Jsonb(dict(facts or {})))
        )

    def _identified_others(self) -> list[UUID]:
        return [key for key in self.others if self.applicants[key].person_id]

    def _tell_of_time(self, loaded: LoadedApplication) -> None:
        for applied in loaded.timed_transitions:
            facts = {"at": applied.at.isoformat(), **_current_version(self.versions.current.version.pk)}
            self.record(EventKind(f"clock-{applied.transition}"), SYSTEM, facts, at=applied.at)
            if applied.transition is TimedTransition.LAPSES:
                known = [self.main, *self._identified_others()]
                self._write(Topic.LAPSED, known, at=applied.at, cause=f"clock:{applied.at.isoformat()}")
        until = self.application.confirm_by or self.application.valid_until
        since = self.application.to_confirm_since
        if until is None:
            return
        if since is None:
            self._remind(Topic.EXPIRY, self.people, [until - timedelta(days=days) for days in (14, 3)])
        else:
            self._remind(Topic.REMINDER, [self.main], [since + timedelta(days=days) for days in (3, 14, 25)])

    def _remind(self, topic: Topic, adults: Iterable[UUID], moments: Iterable[datetime]) -> None:
        for at in map(morning_of, map(day_of, moments)):
            if at < min(self.application.ended_at or self.setting.now, self.setting.now):
                self._write(topic, adults, at=at, cause=f"{topic}:{at.date().isoformat()}")

    def _write(self, topic: Topic, adults: Iterable[UUID], *, at: datetime, cause: str, **more: str) -> None:
        for key in adults:
            applicant, facts = self.applicants[key], self.versions.content.adults[key]
            says = _SAYS | {"is_main": applicant.is_main, "is_alone": len(self.people) == 1, **more}
            self._outbox.write(topic, applicant, facts, says, at=at, cause=cause)

    def _start_confirmation_period(self, at: datetime) -> None:
        self.application.to_confirm_since = at
        self.application.confirm_by = confirm_by(day_of(at), None)

    def _add_applicant(self, key: UUID, person: TestPerson, position: int) -> None:
        applicant = made(
            Applicant,
            id=key,
            application_id=self.id,
            is_main=position == 0,
            position=position,
            salt_sealed=self.versions.new_salt(key),
            hetu_lookup=hetu_lookup(person.hetu),
        )
        applicant.application = self.application
        self.applicants[key] = applicant
        self.rows.add(applicant)
        lookups = name_lookups(person.last_name, person.first_names) + born_lookups(person.hetu.born)
        self.rows.search_tokens += [(key, kind, lookup) for lookup, kind in lookups]

    def _make_version(self, content: Content, actor: Actor, *, at: datetime, valid_until: datetime) -> None:
        made_by = {"made_at": at, "made_by_kind": actor.kind, "made_by_id": actor.id}
        self.versions.add(content, valid_until=valid_until, **made_by)
        self.application.current_version_id = self.versions.current.version.pk

    def _loaded(self, *, now: datetime) -> LoadedApplication:
        rows = LoadedRows(
            application=self.application,
            applicants=list(self.applicants.values()),
            confirmations=self.confirmations,
            versions={
                key: (view.version, list(view.parts.values())) for key, view in self.versions.views.items()
            },
            first_invited=self._invited,
            proposals=self._proposals,
            latest=None,
            seated=frozenset(),
            accepted_terms=frozenset(),
            rivals=(),
            is_session_active=False,
            messages=None,
        )
        return LoadedApplication(rows, now=now)


def _current_version(version_id: UUID) -> dict[str, str]:
    return dict(standing=str(version_id))  # noqa: C408 the stored name of the fact
