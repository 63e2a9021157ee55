"""Servers that answer byte by byte as a test wants, and a firewall that forgets connections."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread


class Visit:
    """One connection to the server: reads requests and writes given bytes."""

    def __init__(self, connected: socket.socket, server: "RawServer") -> None:
        self.socket = connected
        self.server = server
        self.requests = 0
        self._read = connected.makefile("rb")

    def next_request(self) -> str | None:
        """Return the target of the next request; None when the other side is gone."""
        line = self._read.readline()
        if not line:
            return None
        length = 0
        while (header := self._read.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        self._read.read(length)
        self.requests += 1
        target = line.split()[1].decode()
        self.server.note(target)
        return target

    def write(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def close(self) -> None:
        self._read.close()
        self.socket.close()


Behaviour = Callable[[Visit], None]


class RawServer:
    """Serves every connection in its own thread by one behaviour, which may be changed."""

    def __init__(self, behave: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self.behave = behave
        self.tls = tls
        self.seen: list[str] = []
        self.connections = 0
        self._lock = Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.address = f"https://localhost:{self.port}" if tls else f"http://127.0.0.1:{self.port}"
        Thread(target=self._serve, daemon=True).start()

    def note(self, target: str) -> None:
        with self._lock:
            self.seen.append(target)

    def close(self) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connected, _address = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            Thread(target=self._visit, args=(connected,), daemon=True).start()

    def _visit(self, connected: socket.socket) -> None:
        with suppress(OSError, ValueError):
            wrapped = self.tls.wrap_socket(connected, server_side=True) if self.tls else connected
            visit = Visit(wrapped, self)
            try:
                self.behave(visit)
            finally:
                visit.close()
        connected.close()


@contextmanager
def raw_server(behave: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    server = RawServer(behave, tls)
    try:
        yield server
    finally:
        server.close()


class ForgetfulFirewall:
    """Passes connections on to a server until it forgets the present ones.

    Bytes sent on a forgotten connection vanish: no packet, reset or end comes back. New connections work.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._forgotten: list[Event] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._held: list[socket.socket] = []
        Thread(target=self._serve, daemon=True).start()

    def forget_all(self) -> None:
        for forgotten in self._forgotten:
            forgotten.set()

    def close(self) -> None:
        self._listening.close()
        for each in self._held:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self) -> None:
        while True:
            try:
                inside, _address = self._listening.accept()
            except OSError:
                return
            outside = socket.create_connection(("127.0.0.1", self._to_port))
            forgotten = Event()
            self._forgotten.append(forgotten)
            self._held += [inside, outside]
            for source, sink in ((inside, outside), (outside, inside)):
                Thread(target=_pass_on, args=(source, sink, forgotten), daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket, forgotten: Event) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            if not forgotten.is_set():
                sink.sendall(data)
        if not forgotten.is_set():
            sink.shutdown(socket.SHUT_WR)


@contextmanager
def forgetful_firewall(to: RawServer) -> Iterator[ForgetfulFirewall]:
    firewall = ForgetfulFirewall(to.port)
    try:
        yield firewall
    finally:
        firewall.close()


def json_answer(target: str, status: str = "200 OK", *headers: str) -> bytes:
    """Answer with the request's own target, so that a test sees which request a response belongs to."""
    body = b'{"target": "%s"}' % target.encode()
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
