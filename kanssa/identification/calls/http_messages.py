"""What is asked of a broker over HTTP, what comes back, and how it can fail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Origin:
    """A server: what one connection can be used for."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """As the Host header names it: without the scheme's own port."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with its body held in memory."""

    method: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def origin(self) -> Origin:
        """The server that it goes to."""
        parts = urlsplit(self.address)
        return Origin(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])

    @property
    def target(self) -> str:
        """The path and query, as the first line of the request holds them."""
        parts = urlsplit(self.address)
        return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

    @property
    def is_repeatable(self) -> bool:
        """Whether the same request may reach the broker twice: never one with a code."""
        return self.method in _REPEATABLE


@dataclass(frozen=True, slots=True)
class Response:
    """A response that was read to its end; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Deadline:
    """A moment until which something must be done."""

    def __init__(self, seconds: float) -> None:
        """Count from now."""
        self._ends_at = monotonic() + seconds

    def seconds(self) -> float:
        """How many are left; none is 0."""
        return max(0.0, self._ends_at - monotonic())

    def at_most(self, seconds: float) -> "Deadline":
        """Give the earlier one of this and one in so many seconds."""
        return Deadline(min(seconds, self.seconds()))


class ConnectionFailed(Exception):
    """The connection broke, or spoke no HTTP."""


class TimedOut(ConnectionFailed):
    """The deadline passed."""


class NothingSent(ConnectionFailed):
    """No byte of the request left: the broker cannot have read it."""

    def __init__(self, *, is_timeout: bool = False) -> None:
        """`is_timeout` is whether connecting took too long."""
        super().__init__()
        self.is_timeout = is_timeout


class ConnectionStale(ConnectionFailed):
    """A connection that had been idle gave no byte of a response: the broker is not to blame for it."""


class ResponseTooLarge(Exception):
    """The response is larger than any that we expect."""
