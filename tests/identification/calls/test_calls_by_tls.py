"""The same connections over TLS."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from kanssa.identification.calls.connection import _trust
from kanssa.identification.refusals import BrokerUnavailable
from tests.identification.calls.raw_server import RawServer, json_answer, raw_server
from tests.identification.calls.test_calls import Caller, first_then_honestly, honestly
from tests.identification.diagnosis.test_examination import Server


@pytest.fixture
def certified(tmp_path: Path) -> Server:
    """Make a certificate for localhost that no authority signed."""
    made = Server(tmp_path, days=100, ahead=0)
    made.server.server_close()
    return made


@pytest.fixture
def secure(certified: Server) -> Iterator[RawServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certified.certificate, certified._key)
    with raw_server(honestly, context) as server:
        yield server


@pytest.fixture
def trusted(certified: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified.certificate))
    _trust.cache_clear()
    yield
    _trust.cache_clear()


def test_a_connection_by_tls_serves_many_calls(secure: RawServer, trusted: None) -> None:
    caller = Caller(secure.address)

    for number in range(5):
        assert caller.post(str(number)) == f"/{number}"
        caller.clock.seconds += 2

    assert secure.connections == 1


def test_unrequested_bytes_over_tls_are_discarded(secure: RawServer, trusted: None) -> None:
    secure.behave = first_then_honestly(lambda visit, t: visit.write(json_answer(t), json_answer("/another")))
    caller = Caller(secure.address)

    assert [caller.post(name) for name in ("first", "second", "third")] == ["/first", "/second", "/third"]
    assert secure.connections == 2


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_an_untrusted_certificate_or_another_name_gets_no_request(
    secure: RawServer, host: str, request: pytest.FixtureRequest
) -> None:
    if host != "localhost":
        request.getfixturevalue("trusted")
    caller = Caller(secure.address.replace("localhost", host))

    with pytest.raises(BrokerUnavailable) as refused:
        caller.post("first")

    assert refused.value.facts == {"why": "token-unreachable", "is_unsent": True}
    assert secure.seen == []
