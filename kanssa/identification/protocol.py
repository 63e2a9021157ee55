"""What an identification method is: to an identity what a form is to data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from kanssa.values.identity import VerifiedIdentity

Needs = Literal["bank", "mobile", "card", "any"]
"""What a person needs for a method; `any` when they choose at the broker."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """One going to a broker, made before anything is known; every string is random.

    `state` comes back with the reply and finds the attempt; `nonce` comes back inside
    the token; `verifier` is PKCE's secret, 43 to 128 characters.
    """

    id: UUID
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Attempt(NewAttempt):
    """An attempt that came back; `begun_at` is aware, UTC; `return_url` as it was sent.

    `forced` tells that the person had to be asked afresh, so that no older log-in will do.
    """

    begun_at: datetime
    return_url: str
    forced: bool = True


@dataclass(frozen=True, slots=True)
class Handover:
    """Where the browser goes next; `form` is None for a redirect, else posted fields."""

    url: str
    form: Mapping[str, str] | None = None


class IdentificationMethod(Protocol):
    """One way to identify, configured per broker.

    `key` names it in addresses and settings: lower-case letters, digits and hyphens.
    `needs` is what the page to choose tells people about it.
    `begin` and `finish` may use the network, with short time limits and outside any
    transaction. `finish` raises a refusal of `identification.refusals` and nothing else,
    whatever the reply holds.
    """

    key: str
    needs: Needs

    def is_answering(self) -> bool:
        """Whether the broker answered lately; asks nobody."""
        ...

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        """Where to send the browser; `language` is fi, sv or en; `force` asks afresh."""
        ...

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedIdentity:
        """Turn the broker's reply (query or form parameters) into an identity."""
        ...

    def label(self, language: str) -> str:
        """The method's name for people, in fi, sv or en."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """Something of ours that brokers fetch."""

    content: bytes
    content_type: str


@runtime_checkable
class PublishesDocument(Protocol):
    """A method that publishes documents of ours for its broker, besides."""

    def published(self, address: str, *, return_url: str, now: datetime) -> Document | None:
        """Give the document at this whole address, if it is one of this method's."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an examination found: a sentence, and for what is not well its cure."""

    level: Literal["well", "soon", "fault"]
    summary: str
    cure: str = ""


@runtime_checkable
class CanBeExamined(Protocol):
    """A method that can look whether its broker can be reached and understood, besides."""

    def examine(self, *, now: datetime) -> Iterable[Finding]:
        """Ask the broker all that can be asked without a person; takes seconds."""
        ...


@runtime_checkable
class CallsBroker(Protocol):
    """A method that calls its broker from here while a person waits, besides."""

    key: str

    @property
    def calls_broker_to_begin(self) -> bool:
        """Whether it also calls before the browser leaves."""
        ...

    def is_probing(self) -> bool:
        """Whether another call finds out just now if a silent broker answers again."""
        ...


@runtime_checkable
class RefreshesKeys(Protocol):
    """A method that fetches its broker's keys ahead of time, besides."""

    def refresh(self, *, now: datetime) -> float:
        """Fetch what is due; gives the seconds until something is due again."""
        ...
