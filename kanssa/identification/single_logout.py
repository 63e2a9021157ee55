"""Ending a log-in at the broker too: what a method that can do so is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from kanssa.identification.protocol import Handover
from kanssa.values.identity import BrokerSession


def logout_address(return_url: str) -> str:
    """Where a broker sends what it has to say of signing out: below the address of coming back."""
    return f"{return_url}logout/"


@dataclass(frozen=True, slots=True)
class LogoutMessage:
    """What a browser brought to our address of signing out.

    `address` is that address of ours; `query` the query string as it came, undecoded, or empty
    where the fields were posted.
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
    """The broker answers what we asked, whatever it made of it: we had ended it here already."""

    request_id: str


@runtime_checkable
class SingleLogout(Protocol):
    """A method whose log-ins end at both ends, by way of the person's browser.

    `receive_logout` raises IdentificationFailed for anything that the broker did not sign for us, now.
    """

    @property
    def supports_logout(self) -> bool:
        """Whether this broker takes part."""
        ...

    def start_logout(self, session: BrokerSession, *, now: datetime) -> tuple[Handover, str]:
        """Ask the broker to end a log-in; gives where to go, and the request's id."""
        ...

    def receive_logout(self, message: LogoutMessage, *, now: datetime) -> LogoutRequest | LogoutResponse:
        """Read what the broker sent by the browser."""
        ...

    def answer(self, logout_request: LogoutRequest, *, now: datetime) -> Handover:
        """Tell the broker that what it asked for is done."""
        ...
