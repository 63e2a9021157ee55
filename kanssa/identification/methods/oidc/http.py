"""Calls to a broker: kept alive, in a hurry, suspicious of what comes back."""

import io
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPResponse
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from kanssa.identification.circuit import Circuit
from kanssa.identification.methods.oidc.broker import Patience
from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed

_SUCCESS, _CLIENT_ERROR, _SERVER_ERROR = 2, 4, 5  # hundreds
_LARGEST_ANSWER = 64 * 1024
_JSON = frozenset({"application/json", "application/jwk-set+json"})
_SIGNED_KEYS = frozenset({"application/jose", "application/jwt", "application/jwk-set+jwt"})


class TimeLeft:
    """The time that all calls of one step have together."""

    def __init__(self, patience: Patience) -> None:
        """Start the clock."""
        self._patience = patience
        self._ends_at = monotonic() + patience.altogether

    def seconds(self) -> float:
        """How many are left; none is 0."""
        return max(0.0, self._ends_at - monotonic())

    def timeout(self, endpoint: str) -> Timeout:
        """What the next call may take. Raises BrokerUnavailable when nothing is left."""
        left = self.seconds()
        if left <= 0:
            raise BrokerUnavailable(why=f"{endpoint}-timeout")
        connect = min(self._patience.connect, left)
        return Timeout(connect=connect, read=min(self._patience.read, left), total=left)


@dataclass(frozen=True, slots=True)
class Answer:
    """A broker's answer, of any status below 500 but a redirect."""

    status: int
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    kind: str
    content: bytes


class BrokerLine:
    """The kept-alive connections to one broker.

    `endpoint` is a short name for the log. Raises BrokerUnavailable where trying later
    can help, else IdentificationFailed.
    """

    def __init__(self, patience: Patience, circuit: Circuit | None = None) -> None:
        """Connect to nobody yet."""
        self._patience = patience
        self._circuit = circuit or Circuit()
        self._pool = PoolManager(num_pools=4, maxsize=8, retries=False)
        self._pool.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def time_left(self) -> TimeLeft:
        """Start the clock of one step."""
        return TimeLeft(self._patience)

    def get(self, endpoint: str, address: str, time_left: TimeLeft) -> Answer:
        """Fetch a JSON object."""
        return _understood(endpoint, self._call("GET", endpoint, address, time_left, None))

    def get_signed_keys(self, endpoint: str, address: str, time_left: TimeLeft) -> bytes:
        """Fetch a signed key set, unverified."""
        raw = self._call("GET", endpoint, address, time_left, None, accept=", ".join(sorted(_SIGNED_KEYS)))
        if raw.status != HTTPStatus.OK:
            raise IdentificationFailed(why=f"{endpoint}-status")
        if raw.kind not in _SIGNED_KEYS:
            raise IdentificationFailed(why=f"{endpoint}-answer-type")
        return raw.content.strip()

    def post(self, endpoint: str, address: str, time_left: TimeLeft, fields: Mapping[str, str]) -> Answer:
        """Send a form and get a JSON object."""
        return _understood(endpoint, self._call("POST", endpoint, address, time_left, urlencode(fields)))

    def _call(
        self,
        method: str,
        endpoint: str,
        address: str,
        time_left: TimeLeft,
        body: str | None,
        *,
        accept: str = "application/json",
    ) -> _Raw:
        with self._circuit.call():
            return self._called(method, endpoint, address, time_left, body, accept)

    def _called(
        self, method: str, endpoint: str, address: str, time_left: TimeLeft, body: str | None, accept: str
    ) -> _Raw:
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        timeout = time_left.timeout(endpoint)
        try:
            response = self._pool.request(
                method,
                address,
                body=body,
                headers=headers,
                timeout=timeout,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            raw = _read(response)
        except ReadTimeoutError:
            raise BrokerUnavailable(why=f"{endpoint}-timeout") from None
        except (HTTPError, OSError):
            raise BrokerUnavailable(why=f"{endpoint}-unreachable") from None
        if len(raw) > _LARGEST_ANSWER:
            response.close()
            raise IdentificationFailed(why=f"{endpoint}-answer-size")
        return _expected(endpoint, response, raw)


def _read(response: BaseHTTPResponse) -> bytes:
    """Read to the end, which alone shows an answer that was broken off, or to the limit."""
    raw = b""
    while len(raw) <= _LARGEST_ANSWER and (more := response.read(_LARGEST_ANSWER + 1 - len(raw))):
        raw += more
    return raw


def _expected(endpoint: str, response: BaseHTTPResponse, raw: bytes) -> _Raw:
    if response.status == HTTPStatus.TOO_MANY_REQUESTS or response.status // 100 == _SERVER_ERROR:
        raise BrokerUnavailable(why=f"{endpoint}-status")
    if response.status // 100 not in (_SUCCESS, _CLIENT_ERROR):
        raise IdentificationFailed(why=f"{endpoint}-redirect")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise IdentificationFailed(why=f"{endpoint}-answer-type")
    kind = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    return _Raw(response.status, kind, raw)


def _understood(endpoint: str, raw: _Raw) -> Answer:
    if raw.kind not in _JSON:
        raise IdentificationFailed(why=f"{endpoint}-answer-type")
    try:
        return Answer(raw.status, read_object(raw.content))
    except NotStrictJson:
        raise IdentificationFailed(why=f"{endpoint}-answer-json") from None


class _HurriedReader(io.RawIOBase):
    """A socket whose time-out holds for reading the answer whole, not for each packet.

    Without it a server that drips a byte a second holds a request thread for hours.
    """

    def __init__(self, raw: io.RawIOBase, connected: socket.socket) -> None:
        self._raw = raw
        self._socket = connected
        self._ends_at = monotonic() + (connected.gettimeout() or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _HurriedResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_HurriedReader(self.fp.detach(), sock))


class _HttpConnection(HTTPConnection):
    response_class = _HurriedResponse


class _HttpsConnection(HTTPSConnection):
    response_class = _HurriedResponse


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection
