"""One HTTP/1.1 connection: one request at a time, each with its response."""

import select
import socket
import ssl
from functools import cache

import h11

from kanssa.identification.calls.http_messages import (
    ConnectionFailed,
    Deadline,
    NothingSent,
    Origin,
    Request,
    Response,
    ResponseTooLarge,
    TimedOut,
)

_CHUNK = 64 * 1024
_MOST_INTERIM_RESPONSES = 8
_VERSIONS = frozenset({b"1.0", b"1.1"})
_KEPT_AFTER = frozenset({2, 4})  # hundreds
# The probes keep a firewall's state alive, and detect within 11 seconds that it was lost.
_KEEP_ALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 3, "TCP_KEEPCNT": 2}


class Connection:
    """A connection to one origin. After anything unexpected it is not reused."""

    def __init__(self, origin: Origin, deadline: Deadline) -> None:
        """Raises NothingSent."""
        self.origin = origin
        self.may_be_kept = False
        self.has_heard = False
        """Whether a byte has arrived since the last request began."""
        self._socket = _connected(origin, deadline)
        self._http = h11.Connection(our_role=h11.CLIENT)

    def exchange(self, request: Request, *, deadline: Deadline, largest: int) -> Response:
        """Send a request and read its whole response. Raises ConnectionFailed, ResponseTooLarge."""
        self.may_be_kept = self.has_heard = False
        try:
            self._send(_written(self._http, request), deadline)
            response = self._received(deadline, largest)
        except TimeoutError:
            raise TimedOut from None
        except (h11.ProtocolError, OSError) as error:
            raise ConnectionFailed(type(error).__name__) from None
        self.may_be_kept = self._is_clean(response)
        return response

    def make_ready(self) -> None:
        self._http.start_next_cycle()

    def is_quiet(self) -> bool:
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return False
        watched = select.poll()
        watched.register(self._socket, select.POLLIN)
        return not watched.poll(0)

    def close(self) -> None:
        self._socket.close()

    def _send(self, data: bytes, deadline: Deadline) -> None:
        left = memoryview(data)
        while left:
            self._set_timeout(deadline)
            try:
                sent = self._socket.send(left)
            except TimeoutError:
                raise
            except OSError:
                if len(left) == len(data):
                    raise NothingSent from None
                raise
            left = left[sent:]

    def _received(self, deadline: Deadline, largest: int) -> Response:
        head: h11.Response | None = None
        body, interim = b"", 0
        while True:
            match self._http.next_event():
                case h11.NEED_DATA:
                    self._read_some(deadline)
                case h11.InformationalResponse():
                    interim += 1
                    if interim > _MOST_INTERIM_RESPONSES:
                        raise ConnectionFailed("interim responses without end")
                case h11.Response(http_version=version) as found if version in _VERSIONS:
                    head = found
                case h11.Data(data=data):
                    body += data
                    if len(body) > largest:
                        raise ResponseTooLarge
                case h11.EndOfMessage() if head is not None:
                    return Response(head.status_code, _joined(head), body)
                case _:
                    raise ConnectionFailed("no response")

    def _read_some(self, deadline: Deadline) -> None:
        self._set_timeout(deadline)
        data = self._socket.recv(_CHUNK)
        self.has_heard = self.has_heard or bool(data)
        self._http.receive_data(data)

    def _set_timeout(self, deadline: Deadline) -> None:
        left = deadline.seconds()
        if not left:
            raise TimeoutError
        self._socket.settimeout(left)

    def _is_clean(self, response: Response) -> bool:
        # Whether the next response on this connection can only belong to the next request.
        is_framed_twice = {"content-length", "transfer-encoding"} <= response.headers.keys()
        is_over = self._http.our_state is self._http.their_state is h11.DONE
        more, _is_closed = self._http.trailing_data
        is_expected = response.status // 100 in _KEPT_AFTER
        return is_expected and is_over and not is_framed_twice and not more and self.is_quiet()


def _written(http: h11.Connection, request: Request) -> bytes:
    headers = {"Host": request.origin.authority, "User-Agent": "kanssa", **request.headers}
    if request.body:
        headers["Content-Length"] = str(len(request.body))
    head = h11.Request(method=request.method, target=request.target, headers=list(headers.items()))
    parts = (
        [head, h11.Data(data=request.body), h11.EndOfMessage()]
        if request.body
        else [head, h11.EndOfMessage()]
    )
    return b"".join(http.send(part) or b"" for part in parts)


def _joined(head: h11.Response) -> dict[str, str]:
    # Join repeated headers: the result then matches no expected value.
    joined: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _connected(origin: Origin, deadline: Deadline) -> socket.socket:
    # Try each address of the host, leaving time for the remaining ones.
    try:
        addresses = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NothingSent from None
    failure = NothingSent()
    for tried, (family, _kind, _protocol, _name, address) in enumerate(addresses):
        share = deadline.at_most(deadline.seconds() / (len(addresses) - tried))
        try:
            return _connected_to(origin, family, address, share)
        except TimeoutError:
            failure = NothingSent(is_timeout=True)
        except OSError:
            failure = NothingSent()
    raise failure


def _connected_to(origin: Origin, family: int, address: object, share: Deadline) -> socket.socket:
    plain = socket.socket(family, socket.SOCK_STREAM)
    try:
        plain.settimeout(share.seconds() or 0.001)  # 0 would make it non-blocking, and so fail
        plain.connect(address)  # type: ignore[arg-type]  # as getaddrinfo returns it
        _keep_alive(plain)
        if origin.scheme == "http":
            return plain
        plain.settimeout(share.seconds() or 0.001)
        return _trust().wrap_socket(plain, server_hostname=origin.host)
    except BaseException:
        plain.close()
        raise


def _keep_alive(connected: socket.socket) -> None:
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE.items():
        if (option := getattr(socket, name, None)) is not None:  # not every system has all of them
            connected.setsockopt(socket.IPPROTO_TCP, option, value)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()
