"""Single logout: end a log-in at the broker too."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from kanssa.identification.protocol import Handover
from kanssa.values.identity import BrokerSession


def logout_address(return_url: str) -> str:
    return f"{return_url}logout/"


@dataclass(frozen=True, slots=True)
class LogoutMessage:
    """A message that a browser brought to our logout address.

    `address` is that address; `query` is the query string as received, undecoded, or empty if the fields
    were posted.
    """

    fields: Mapping[str, str]
    query: str
    address: str


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """The broker asks to end its log-ins of this subject; no index means all of them."""

    request_id: str
    subject: str = field(repr=False)
    indexes: frozenset[str]
    relay_state: str


@dataclass(frozen=True, slots=True)
class LogoutResponse:
    """The broker's response to our request, successful or not: we have already ended the session here."""

    request_id: str


@runtime_checkable
class SingleLogout(Protocol):
    """A method whose log-ins can end on both sides, through the person's browser.

    `receive_logout` raises IdentificationFailed for anything that the broker did not sign for us, now.
    """

    @property
    def supports_logout(self) -> bool: ...

    def start_logout(self, session: BrokerSession, *, now: datetime) -> tuple[Handover, str]:
        """Return where to send the browser to end a log-in, and the request's id."""
        ...

    def receive_logout(self, message: LogoutMessage, *, now: datetime) -> LogoutRequest | LogoutResponse: ...

    def answer(self, logout_request: LogoutRequest, *, now: datetime) -> Handover: ...
