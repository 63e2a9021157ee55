"""The protocol of an identification method, and its optional extensions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable
from uuid import UUID

from kanssa.values.identity import VerifiedIdentity

Needs = Literal["bank", "mobile", "card", "any"]
"""The credentials that a method needs; `any` if the person chooses at the broker."""


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """A new attempt; every string is random.

    `state` returns with the reply and finds the attempt; `nonce` returns inside the token; `verifier` is
    PKCE's secret, 43 to 128 characters.
    """

    id: UUID
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Attempt(NewAttempt):
    """An attempt that has returned. `begun_at` is aware, UTC; `return_url` is as it was sent.

    `forced`: fresh authentication was required, so an older log-in is not enough.
    """

    begun_at: datetime
    return_url: str
    forced: bool = True


@dataclass(frozen=True, slots=True)
class Handover:
    """The browser's next address; `form` is None for a redirect, otherwise the fields to post."""

    url: str
    form: Mapping[str, str] | None = None


class IdentificationMethod(Protocol):
    """One way to identify, configured per broker.

    `key` names it in addresses and settings: lower-case letters, digits and hyphens. `needs` tells
    people what they need for it.

    `begin` and `finish` may use the network, with short time limits and outside any transaction.
    `finish` raises only refusals of `identification.refusals`, whatever the reply contains.
    """

    key: str
    needs: Needs

    def is_answering(self) -> bool:
        """Whether the broker has answered lately; makes no call."""
        ...

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        """Return where to send the browser; `language` is fi, sv or en; `force` means to log in again."""
        ...

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedIdentity: ...

    def label(self, language: str) -> str:
        """The method's name for people, in fi, sv or en."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """A document of ours that brokers fetch."""

    content: bytes
    content_type: str


@runtime_checkable
class PublishesDocument(Protocol):
    """A method that also publishes documents of ours for its broker."""

    def published(self, address: str, *, return_url: str, now: datetime) -> Document | None:
        """Return the document at this full address, if it belongs to the method."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of an examination: a sentence, and the cure for a problem."""

    level: Literal["well", "soon", "fault"]
    summary: str
    cure: str = ""


@runtime_checkable
class CanBeExamined(Protocol):
    """A method that can also check whether its broker is reachable and configured correctly."""

    def examine(self, *, now: datetime) -> Iterable[Finding]:
        """Check all that works without a person; takes seconds."""
        ...


@runtime_checkable
class CallsBroker(Protocol):
    """A method that also calls its broker while a person waits."""

    key: str

    @property
    def calls_broker_to_begin(self) -> bool:
        """Whether it also calls before the browser leaves."""
        ...

    def is_probing(self) -> bool:
        """Whether another call is currently testing if a silent broker answers again."""
        ...


@runtime_checkable
class RefreshesKeys(Protocol):
    """A method that also fetches its broker's keys ahead of time."""

    def refresh(self, *, now: datetime) -> float:
        """Fetch keys that are due; return the seconds until the next fetch."""
        ...
