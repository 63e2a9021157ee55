"""A timer fetches brokers' keys, so that in normal operation no person waits for them."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest

from kanssa.identification.key_refresher import KeyRefresher
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.protocol import CallsBroker, RefreshesKeys
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed
from tests.identification.calls.test_circuit_breaker import Clock
from tests.identification.oidc.scripted_broker import NOW, Canned, Script, rsa_key
from tests.identification.oidc.signed_keys import JOSE, signed_keys, trust_the_entity

HOUR = 3600


class Keys:
    """The keys of a broker on a clock of its own; counts fetches made by a person's request."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.clock = Clock()
        self.began = self.clock.seconds
        self.line = BrokerClient(script.broker.timeouts)
        self.keys = BrokerKeys(script.broker, self.line, clock=self.clock)

    @property
    def now(self):
        return NOW + timedelta(seconds=self.clock.seconds - self.began)

    def refresh(self) -> float:
        return self.keys.refresh(now=self.now)

    def find(self, kid: str = "broker-rsa") -> object:
        return self.keys.find(kid, self.line.time_left(), now=self.now)

    @property
    def fetches(self) -> int:
        return [path for path, _ in self.script.seen].count("/jwks")


@pytest.fixture
def keys(script: Script) -> Keys:
    return Keys(script)


def test_no_person_waits_for_keys_during_a_whole_day_of_the_timer(keys: Keys):
    for _ in range(24 * 4):
        wait = keys.refresh()
        before = keys.fetches
        keys.find()
        assert keys.fetches == before
        keys.clock.seconds += min(wait, HOUR / 4)

    assert 24 <= keys.fetches <= 60


def test_keys_that_are_not_due_are_not_fetched(keys: Keys):
    waits = [keys.refresh() for _ in range(5)]

    assert keys.fetches == 1
    assert all(HOUR / 4 < wait <= HOUR / 2 for wait in waits)


def test_a_new_key_is_known_before_a_person_needs_it(keys: Keys):
    keys.refresh()
    keys.script.jwks.append(dict(rsa_key("broker-new").as_dict(private=False, use="sig")))
    keys.clock.seconds += HOUR / 2
    keys.refresh()
    before = keys.fetches

    assert keys.find("broker-new")
    assert keys.fetches == before


def test_a_withdrawn_key_is_forgotten_at_the_next_refresh(keys: Keys):
    keys.refresh()
    keys.script.jwks[:] = [dict(rsa_key("broker-new").as_dict(private=False, use="sig"))]
    keys.clock.seconds += HOUR / 2
    keys.refresh()

    with pytest.raises(IdentificationFailed):
        keys.find()


def _cannot_be_fetched(script: Script) -> None:
    script.jwks_answer = Canned(b"{}", status=503)


def test_signed_keys_are_used_until_their_signed_expiry(script: Script):
    trust_the_entity(script)  # valid for 25 hours
    keys = Keys(script)
    keys.refresh()
    _cannot_be_fetched(script)

    for _ in range(24):
        keys.clock.seconds += HOUR
        keys.refresh()
        assert keys.find()
    keys.clock.seconds += 2 * HOUR
    with pytest.raises(BrokerUnavailable):
        keys.find()


def test_unsigned_keys_are_used_for_an_hour_at_most(keys: Keys):
    keys.refresh()
    _cannot_be_fetched(keys.script)
    keys.clock.seconds += HOUR - 1
    keys.refresh()
    assert keys.find()

    keys.clock.seconds += 10

    with pytest.raises(BrokerUnavailable):
        keys.find()


def test_keys_with_a_short_signed_validity_are_fetched_before_it_ends(script: Script):
    trust_the_entity(script)
    script.jwks_answer = Canned(
        signed_keys(script, claims={"exp": int(NOW.timestamp()) + 60}).encode(), headers=JOSE
    )
    keys = Keys(script)

    assert keys.refresh() == pytest.approx(30)


def test_a_failing_broker_is_asked_less_and_less_often_and_its_circuit_stays_closed(script: Script):
    _cannot_be_fetched(script)
    method = script.method()
    keys = Keys(script)
    waits = []
    for _ in range(8):
        waits.append(keys.refresh())
        keys.clock.seconds += waits[-1]
        method.refresh(now=NOW)

    assert waits == sorted(waits)
    assert waits[0] <= 10
    assert waits[-1] == 300
    assert method.is_answering()


def test_the_next_refresh_recovers_from_a_failure(keys: Keys):
    _cannot_be_fetched(keys.script)
    keys.clock.seconds += keys.refresh()
    keys.script.jwks_answer = None
    keys.refresh()
    before = keys.fetches

    assert keys.find()
    assert keys.fetches == before


def test_a_hundred_unknown_kids_cause_few_fetches_and_known_ones_wait_for_none(keys: Keys):
    keys.refresh()

    for number in range(100):
        with pytest.raises(IdentificationFailed):
            keys.find(f"made-up-{number}")
        assert keys.find()

    assert keys.fetches <= 11


def test_oidc_methods_and_single_sign_ons_take_part(script: Script):
    assert isinstance(script.method(), RefreshesKeys)
    assert isinstance(script.method(), CallsBroker)


class Timed:
    """A method that notes when it is refreshed, and fails the first time."""

    def __init__(self) -> None:
        self.times = 0
        self.enough = Event()

    def refresh(self, *, now: object) -> float:
        self.times += 1
        if self.times == 3:
            self.enough.set()
        if self.times == 1:
            raise RuntimeError
        return 0.0


def test_the_thread_goes_on_after_our_own_error_and_does_not_end_by_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("kanssa.identification.key_refresher._AFTER_A_BUG", 0.0)
    timed = Timed()
    refresher = KeyRefresher([timed, object()], clock=lambda: NOW)

    refresher.start()

    assert timed.enough.wait(60)
    refresher.stop()


def test_a_process_fetches_the_keys_when_it_starts_and_a_log_in_does_not(script: Script):
    method = script.method()
    fetched = Event()
    honest: Callable[..., object] = method._keys._fetch

    def note(*args: object) -> None:
        honest(*args)
        fetched.set()

    method._keys._fetch = note
    refresher = KeyRefresher([method], clock=lambda: NOW)
    refresher.start()
    assert fetched.wait(60)
    refresher.stop()
    before = [path for path, _ in script.seen]

    script.finish(method)

    assert before == ["/jwks"]
    assert [path for path, _ in script.seen] == ["/jwks", "/token"]
