"""HTTP calls to a broker: kept alive, with short time limits, strict about responses."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from kanssa.identification.calls.circuit_breaker import Call, Circuit
from kanssa.identification.calls.connection_pool import Connections
from kanssa.identification.calls.http_messages import (
    ConnectionFailed,
    ConnectionStale,
    Deadline,
    NothingSent,
    Request,
    Response,
    ResponseTooLarge,
    TimedOut,
)
from kanssa.identification.methods.oidc.broker import Timeouts
from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed

_SUCCESS, _CLIENT_ERROR, _SERVER_ERROR = 2, 4, 5  # hundreds
# Larger than any key set that we know, and small enough for memory.
_LARGEST_ANSWER = 64 * 1024
_JSON = frozenset({"application/json", "application/jwk-set+json"})
_SIGNED_KEYS = frozenset({"application/jose", "application/jwt", "application/jwk-set+jwt"})
_FORM = "application/x-www-form-urlencoded"


class TimeBudget(Deadline):
    """The time that all calls of one step have together."""

    def __init__(self, timeouts: Timeouts) -> None:
        super().__init__(timeouts.total)
        self._timeouts = timeouts

    def for_a_call(self, endpoint: str) -> Deadline:
        """Return the deadline of the next call. Raises BrokerUnavailable if no time is left."""
        if not self.seconds():
            raise BrokerUnavailable(why=f"{endpoint}-timeout")
        return self.at_most(self._timeouts.read)


@dataclass(frozen=True, slots=True)
class BrokerResponse:
    """A response of any status below 500, except redirects."""

    status: int
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    kind: str
    content: bytes


class BrokerClient:
    """The kept-alive connections to one broker.

    `endpoint` is a short name for the log. Raises BrokerUnavailable where a later try can help, else
    IdentificationFailed.
    """

    def __init__(self, timeouts: Timeouts, circuit: Circuit | None = None) -> None:
        self._timeouts = timeouts
        self._circuit = circuit or Circuit()
        self._connections = Connections(idle=timeouts.idle, largest=_LARGEST_ANSWER)

    def time_left(self) -> TimeBudget:
        return TimeBudget(self._timeouts)

    def get(self, endpoint: str, address: str, time_left: TimeBudget) -> BrokerResponse:
        request = Request("GET", address, _headers("application/json"))
        return _understood(endpoint, self._call(endpoint, request, time_left))

    def get_signed_keys(self, endpoint: str, address: str, time_left: TimeBudget) -> bytes:
        request = Request("GET", address, _headers(", ".join(sorted(_SIGNED_KEYS))))
        raw = self._call(endpoint, request, time_left)
        if raw.status != HTTPStatus.OK:
            raise IdentificationFailed(why=f"{endpoint}-status")
        if raw.kind not in _SIGNED_KEYS:
            raise IdentificationFailed(why=f"{endpoint}-answer-type")
        return raw.content.strip()

    def post(
        self, endpoint: str, address: str, time_left: TimeBudget, fields: Mapping[str, str]
    ) -> BrokerResponse:
        headers = {**_headers("application/json"), "Content-Type": _FORM}
        request = Request("POST", address, headers, urlencode(fields).encode("ascii"))
        return _understood(endpoint, self._call(endpoint, request, time_left))

    def _call(self, endpoint: str, request: Request, time_left: TimeBudget) -> _Raw:
        with self._circuit.call() as call:
            return _expected(endpoint, self._response(endpoint, request, time_left, call))

    def _response(self, endpoint: str, request: Request, time_left: TimeBudget, call: Call) -> Response:
        deadline = time_left.for_a_call(endpoint)
        try:
            return self._connections.exchange(request, connect=self._timeouts.connect, deadline=deadline)
        except ConnectionStale:
            # A stale connection says nothing about the broker.
            call.is_charged = False
            raise BrokerUnavailable(why=f"{endpoint}-stale") from None
        except NothingSent as failure:
            why = f"{endpoint}-{'timeout' if failure.is_timeout else 'unreachable'}"
            # Nothing was sent, so the person's code is still unused.
            raise BrokerUnavailable(why=why, is_unsent=True) from None
        except TimedOut:
            raise BrokerUnavailable(why=f"{endpoint}-timeout") from None
        except ConnectionFailed:
            raise BrokerUnavailable(why=f"{endpoint}-unreachable") from None
        except ResponseTooLarge:
            raise IdentificationFailed(why=f"{endpoint}-answer-size") from None


def _headers(accept: str) -> dict[str, str]:
    # No compression: a small response could expand to a huge one.
    return {"Accept": accept, "Accept-Encoding": "identity"}


def _expected(endpoint: str, response: Response) -> _Raw:
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or response.status // 100 == _SERVER_ERROR:
        raise BrokerUnavailable(why=f"{endpoint}-status")
    # Never follow redirects: they could lead elsewhere with our credentials.
    if response.status // 100 not in (_SUCCESS, _CLIENT_ERROR):
        raise IdentificationFailed(why=f"{endpoint}-redirect")
    # A compressed answer can grow without bound.
    if response.headers.get("content-encoding", "identity") != "identity":
        raise IdentificationFailed(why=f"{endpoint}-answer-type")
    kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
    return _Raw(response.status, kind, response.body)


def _understood(endpoint: str, raw: _Raw) -> BrokerResponse:
    if raw.kind not in _JSON:
        raise IdentificationFailed(why=f"{endpoint}-answer-type")
    try:
        return BrokerResponse(raw.status, read_object(raw.content))
    except NotStrictJson:
        raise IdentificationFailed(why=f"{endpoint}-answer-json") from None
