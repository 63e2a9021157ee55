"""HTTP requests to a broker, their responses, and their failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
_REPEATABLE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Origin:
    """A server; one connection serves one origin."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, with its body in memory."""

    method: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def origin(self) -> Origin:
        parts = urlsplit(self.address)
        return Origin(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme])

    @property
    def target(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"

    @property
    def is_repeatable(self) -> bool:
        # Never a request with an authorization code, which works once.
        return self.method in _REPEATABLE


@dataclass(frozen=True, slots=True)
class Response:
    """A fully read response; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends_at = monotonic() + seconds

    def seconds(self) -> float:
        return max(0.0, self._ends_at - monotonic())

    def at_most(self, seconds: float) -> "Deadline":
        return Deadline(min(seconds, self.seconds()))


class ConnectionFailed(Exception):
    """The connection broke, or did not speak HTTP."""


class TimedOut(ConnectionFailed):
    """The deadline passed."""


class NothingSent(ConnectionFailed):
    """No byte of the request was sent, so the broker cannot have read it."""

    def __init__(self, *, is_timeout: bool = False) -> None:
        super().__init__()
        self.is_timeout = is_timeout


class ConnectionStale(ConnectionFailed):
    """An idle connection gave no byte of a response; the broker is not to blame."""


class ResponseTooLarge(Exception):
    """The response is larger than any expected one."""
