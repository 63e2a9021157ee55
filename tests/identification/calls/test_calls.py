"""Each call reads the response to its own request, and a dead connection costs as little as possible."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from kanssa.identification.calls.circuit_breaker import Circuit
from kanssa.identification.calls.connection import Connection
from kanssa.identification.calls.http_messages import Deadline, Origin
from kanssa.identification.methods.oidc.broker import Timeouts
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed
from tests.identification.calls.raw_server import (
    Behaviour,
    RawServer,
    Visit,
    forgetful_firewall,
    json_answer,
    raw_server,
)
from tests.identification.calls.test_circuit_breaker import Clock

PATIENCE = Timeouts(connect=60, read=60, total=120)
IMPATIENT = Timeouts(connect=60, read=1, total=60)
IDLE = PATIENCE.idle


class Caller:
    """An HTTP client of a broker, on its own clock."""

    def __init__(self, address: str, timeouts: Timeouts = PATIENCE) -> None:
        self.clock = Clock()
        self.circuit = Circuit(clock=self.clock)
        self.line = BrokerClient(timeouts, self.circuit)
        self.line._connections._clock = self.clock
        self.address = address

    def post(self, name: str) -> object:
        return self._told(
            self.line.post("token", f"{self.address}/{name}", self.line.time_left(), {"code": "x"})
        )

    def get(self, name: str) -> object:
        return self._told(self.line.get("jwks", f"{self.address}/{name}", self.line.time_left()))

    def outcome(self, name: str) -> object:
        """Return the response, or the reason why there is none."""
        try:
            return self.post(name)
        except (BrokerUnavailable, IdentificationFailed) as refusal:
            return refusal.facts["why"]

    @staticmethod
    def _told(answer) -> object:
        return answer.content.get("target")


def honestly(visit: Visit) -> None:
    while target := visit.next_request():
        visit.write(json_answer(target))


def first_then_honestly(odd: Callable[[Visit, str], None]) -> Behaviour:
    """Answer the first request of the first connection oddly, all others honestly."""

    def behave(visit: Visit) -> None:
        while target := visit.next_request():
            if target == "/first":
                odd(visit, target)
            else:
                visit.write(json_answer(target))

    return behave


def interim(*lines: str) -> bytes:
    return b"".join(f"HTTP/1.1 {line}\r\nLink: </x>; rel=preload\r\n\r\n".encode() for line in lines)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
ODDITIES: list[tuple[str, Callable[[str], bytes], object, int]] = [
    # Columns: answer to the first request, outcome of the first call, connections used by two calls.
    ("an honest answer", json_answer, "/first", 1),
    ("100", lambda t: interim("100 Continue") + json_answer(t), "/first", 1),
    ("102", lambda t: interim("102 Processing") + json_answer(t), "/first", 1),
    ("103", lambda t: interim("103 Early Hints") + json_answer(t), "/first", 1),
    ("an unknown interim response", lambda t: interim("199 Odd") + json_answer(t), "/first", 1),
    ("several", lambda t: interim("100 Continue", "103 Early Hints", "103 Early Hints") + json_answer(t),
     "/first", 1),
    ("more interim answers than needed", lambda t: interim(*["103 Early Hints"] * 50) + json_answer(t),
     "token-unreachable", 2),
    ("101", lambda t: interim("101 Switching Protocols") + json_answer(t), "token-unreachable", 2),
    ("103 after the response", lambda t: json_answer(t) + interim("103 Early Hints"), "/first", 2),
    ("two responses", lambda t: json_answer(t) + json_answer("/another"), "/first", 2),
    ("junk after it", lambda t: json_answer(t) + b"junk", "/first", 2),
    ("a line break after it", lambda t: json_answer(t) + b"\r\n", "/first", 2),
    ("a body longer than told", lambda t: b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
     b"Content-Length: 2\r\n\r\n{}" + json_answer("/another"), None, 2),
    ("204 with a body", lambda t: b"HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n"
     b"Content-Length: 22\r\n\r\n" + json_answer("/another"), "token-answer-json", 2),
    ("304 with a body", lambda t: json_answer(t, "304 Not Modified"), "token-redirect", 2),
    ("moved", lambda t: json_answer(t, "302 Found", "Location: /x"), "token-redirect", 2),
    ("out of order", lambda t: json_answer(t, "500 Oops"), "token-status", 2),
    ("a no", lambda t: json_answer(t, "400 Bad Request"), "/first", 1),
    ("chunks", lambda t: CHUNKED + b'\r\n13\r\n{"target": "/first"\r\n1\r\n}\r\n0\r\n\r\n', "/first", 1),
    ("chunks and trailers", lambda t: CHUNKED + b'Trailer: X\r\n\r\n13\r\n{"target": "/first"\r\n1\r\n}\r\n'
     b"0\r\nX: 1\r\n\r\n", "/first", 1),
    ("chunks and junk", lambda t: CHUNKED + b"\r\n2\r\n{}\r\n0\r\n\r\n\r\n", None, 2),
    ("chunks that are none", lambda t: CHUNKED + b"\r\nzz\r\n{}\r\n0\r\n\r\n", "token-unreachable", 2),
    ("chunks and a length", lambda t: CHUNKED + b"Content-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", None, 2),
    ("two lengths", lambda t: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
     "token-unreachable", 2),
    ("a length that is none", lambda t: b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}",
     "token-unreachable", 2),
    ("HTTP/1.0", lambda t: json_answer(t).replace(b"HTTP/1.1", b"HTTP/1.0"), "/first", 2),
    ("HTTP/2.0", lambda t: json_answer(t).replace(b"HTTP/1.1", b"HTTP/2.0"), "token-unreachable", 2),
    ("an end", lambda t: json_answer(t, "200 OK", "Connection: close"), "/first", 2),
    ("a type twice", lambda t: json_answer(t, "200 OK", "Content-Type: text/html"), "token-answer-type", 1),
    ("endless headers", lambda t: b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 20_000, "token-unreachable", 2),
]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "answer", "made_of_it", "connections"), ODDITIES, ids=[o[0] for o in ODDITIES]
)
def test_the_next_call_reads_its_own_response_after_any_first_answer(
    title: str, answer: Callable[[str], bytes], made_of_it: object, connections: int
) -> None:
    with raw_server(first_then_honestly(lambda visit, target: visit.write(answer(target)))) as server:
        caller = Caller(server.address)

        outcome = caller.outcome("first")

        assert outcome == made_of_it
        assert [caller.post("second"), caller.post("third")] == ["/second", "/third"]
        assert server.connections == connections
        assert server.seen == ["/first", "/second", "/third"]


def test_a_response_that_came_before_its_request_is_discarded() -> None:
    written = Event()

    def too_early(visit: Visit, target: str) -> None:
        visit.write(json_answer(target))
        assert written.wait(60)
        visit.write(json_answer("/another"))
        written.clear()

    with raw_server(first_then_honestly(too_early)) as server:
        caller = Caller(server.address)
        caller.post("first")
        written.set()
        while written.is_set():
            pass

        assert caller.post("second") == "/second"
        assert server.connections == 2


def test_a_response_on_a_connection_that_just_opened_is_discarded() -> None:
    def greets(visit: Visit) -> None:
        visit.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        honestly(visit)

    with raw_server(greets) as server, pytest.raises(BrokerUnavailable):
        Caller(server.address).post("first")


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server(honestly) as server:
        yield server


def test_one_connection_serves_many_calls(server: RawServer) -> None:
    caller = Caller(server.address)

    assert [caller.post(str(number)) for number in range(5)] == [f"/{number}" for number in range(5)]
    assert server.connections == 1


def test_a_connection_is_not_used_after_its_idle_age(server: RawServer) -> None:
    caller = Caller(server.address)
    caller.post("first")
    caller.clock.seconds += IDLE + 1

    assert caller.post("second") == "/second"
    assert server.connections == 2


def test_no_connection_is_kept_without_an_idle_age(server: RawServer) -> None:
    caller = Caller(server.address, Timeouts(connect=60, read=60, total=120, idle=0))

    caller.post("first")
    caller.post("second")

    assert server.connections == 2


def test_the_kernel_watches_over_kept_connections(server: RawServer) -> None:
    connection = Connection(Origin("http", "127.0.0.1", server.port), Deadline(60))

    assert connection._socket.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert 0 < connection._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < 30
    connection.close()


def answers_once_then(odd: Callable[[Visit], None]) -> Behaviour:
    """Answer one request on the first connection, then misbehave."""

    def behave(visit: Visit) -> None:
        if visit.server.connections > 1:
            honestly(visit)
        elif target := visit.next_request():
            visit.write(json_answer(target))
            odd(visit)

    return behave


def hangs_up_on_the_next(visit: Visit) -> None:
    visit.next_request()


def test_a_connection_that_the_broker_closed_meanwhile_costs_nothing() -> None:
    closed = Event()

    def closes(visit: Visit) -> None:
        visit.close()
        closed.set()

    with raw_server(answers_once_then(closes)) as server:
        caller = Caller(server.address)
        caller.post("first")
        assert closed.wait(60)

        assert caller.post("second") == "/second"
        assert server.seen == ["/first", "/second"]


def test_a_code_that_may_have_reached_the_broker_is_not_sent_again() -> None:
    with raw_server(answers_once_then(hangs_up_on_the_next)) as server:
        caller = Caller(server.address)
        caller.post("first")

        assert caller.outcome("second") == "token-stale"

        assert server.seen == ["/first", "/second"]
        assert caller.post("third") == "/third"


def test_a_request_that_only_fetches_is_sent_again_on_a_new_connection() -> None:
    with raw_server(answers_once_then(hangs_up_on_the_next)) as server:
        caller = Caller(server.address)
        caller.get("first")

        assert caller.get("second") == "/second"
        assert server.seen == ["/first", "/second", "/second"]


def test_a_request_that_fails_on_a_new_connection_is_not_sent_again() -> None:
    with raw_server(hangs_up_on_the_next) as server:
        caller = Caller(server.address)

        with pytest.raises(BrokerUnavailable):
            caller.get("first")

        assert server.seen == ["/first"]


def _kept(caller: Caller, server: RawServer, count: int, *, then: Callable[[], object] | None = None) -> None:
    """Keep `count` connections by as many calls at once. `then` runs before each hangs up."""
    together = Barrier(count)

    def behave(visit: Visit) -> None:
        while target := visit.next_request():
            if target.startswith("/warm"):
                together.wait(60)
            elif then is not None:
                then()
                return
            visit.write(json_answer(target))

    server.behave = behave
    with ThreadPoolExecutor(count) as people:
        list(people.map(caller.post, [f"warm{number}" for number in range(count)]))
    assert server.connections == count


def test_connections_that_all_die_at_once_open_no_circuit(server: RawServer) -> None:
    together = Barrier(5)
    caller = Caller(server.address)
    _kept(caller, server, 5, then=lambda: together.wait(60))

    with ThreadPoolExecutor(5) as people:
        outcomes = list(people.map(caller.outcome, "abcde"))

    assert outcomes == ["token-stale"] * 5
    assert not caller.circuit.is_open()
    assert len(server.seen) == 10


@pytest.mark.parametrize("is_at_once", [False, True], ids=["one after the other", "all at once"])
def test_a_firewall_that_forgets_idle_connections_costs_one_log_in_at_most(
    server: RawServer, *, is_at_once: bool
) -> None:
    with forgetful_firewall(server) as firewall:
        caller = Caller(firewall.address, IMPATIENT)
        _kept(caller, server, 6)
        firewall.forget_all()
        caller.clock.seconds += IDLE - 1

        with ThreadPoolExecutor(6 if is_at_once else 1) as people:
            outcomes = list(people.map(caller.outcome, "abcdef"))

        assert sorted(map(str, outcomes)).count("token-stale") == 1
        assert len([outcome for outcome in outcomes if str(outcome).startswith("/")]) == 5
        assert not caller.circuit.is_open()


def test_a_firewall_that_forgets_connections_after_their_idle_age_costs_no_log_in(server: RawServer) -> None:
    with forgetful_firewall(server) as firewall:
        caller = Caller(firewall.address, IMPATIENT)
        _kept(caller, server, 6)
        firewall.forget_all()
        caller.clock.seconds += IDLE

        assert [caller.post(name) for name in "abcdef"] == [f"/{name}" for name in "abcdef"]


def test_a_broker_that_fell_silent_still_opens_the_circuit(server: RawServer) -> None:
    silent, released = Event(), Event()

    def behave(visit: Visit) -> None:
        while target := visit.next_request():
            if silent.is_set():
                released.wait(60)
            visit.write(json_answer(target))

    server.behave = behave
    caller = Caller(server.address, IMPATIENT)
    caller.post("first")
    caller.clock.seconds += 2
    silent.set()

    outcomes = [caller.outcome(str(number)) for number in range(5)]

    released.set()
    assert outcomes[:4] == ["token-stale", "token-timeout", "token-timeout", "token-timeout"]
    assert caller.circuit.is_open()


def test_an_address_that_does_not_connect_leaves_time_for_the_next(server: RawServer, monkeypatch) -> None:
    honest = socket.getaddrinfo("127.0.0.1", server.port, type=socket.SOCK_STREAM)
    dead = [(*honest[0][:4], ("127.0.0.1", 9))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: dead + honest)

    assert Caller(server.address).post("first") == "/first"
