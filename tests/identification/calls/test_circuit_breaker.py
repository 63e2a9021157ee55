import threading
from collections.abc import Callable

import pytest

from kanssa.identification.calls.circuit_breaker import Circuit
from kanssa.identification.methods.oidc import OidcMethod
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed
from tests.identification.oidc.scripted_broker import ATTEMPT, NOW, RETURN_URL, Canned, Script


class Clock:
    def __init__(self) -> None:
        self.seconds = 10_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    return Circuit(clock=clock)


def fails(circuit: Circuit, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(BrokerUnavailable), circuit.call():
            raise BrokerUnavailable(why="token-timeout")


def works(circuit: Circuit) -> None:
    with circuit.call():
        pass


def test_a_broker_that_fails_three_times_in_a_row_is_not_called(circuit: Circuit) -> None:
    fails(circuit, 2)
    assert not circuit.is_open()

    fails(circuit)

    assert circuit.is_open()


def test_a_success_in_between_resets_the_count(circuit: Circuit) -> None:
    fails(circuit, 2)
    works(circuit)
    fails(circuit, 2)

    assert not circuit.is_open()


def test_a_refusal_is_an_answer(circuit: Circuit) -> None:
    for _ in range(5):
        with pytest.raises(IdentificationFailed), circuit.call():
            raise IdentificationFailed(why="token-refused")

    assert not circuit.is_open()


def test_after_half_a_minute_one_person_is_sent_again(circuit: Circuit, clock: Clock) -> None:
    fails(circuit, 3)
    clock.seconds += 31
    assert not circuit.is_open()

    fails(circuit)

    assert circuit.is_open()


def test_a_successful_trial_closes_the_circuit_for_all(circuit: Circuit) -> None:
    fails(circuit, 3)

    works(circuit)

    assert not circuit.is_open()


def test_only_one_call_at_a_time_waits_for_a_broker_that_does_not_answer(circuit: Circuit) -> None:
    fails(circuit, 3)

    with circuit.call(), pytest.raises(BrokerUnavailable) as refused, circuit.call():
        pytest.fail("a second one waits")

    assert refused.value.facts["why"] == "circuit-open"


def test_a_refused_call_does_not_end_anothers_trial(circuit: Circuit) -> None:
    fails(circuit, 3)

    with circuit.call():
        for _ in range(2):
            with pytest.raises(BrokerUnavailable), circuit.call():
                pytest.fail("a second one waits")

    works(circuit)


def _down(script: Script) -> OidcMethod:
    method = script.method()
    script.token_answer = Canned(b"{}", status=503)
    for _ in range(3):
        with pytest.raises(BrokerUnavailable):
            script.finish(method)
    return method


def _begin(method: OidcMethod) -> object:
    return method.begin(attempt=ATTEMPT, return_url=RETURN_URL, language="fi", force=True, now=NOW)


def test_no_person_is_sent_to_a_broker_that_does_not_answer(script: Script) -> None:
    method = _down(script)

    assert not method.is_answering()
    with pytest.raises(BrokerUnavailable):
        _begin(method)


def test_a_person_already_back_is_let_in_once_the_broker_answers(script: Script) -> None:
    method = _down(script)
    script.token_answer = None

    identity = script.finish(method)

    assert identity.last_name == "Korhonen"
    assert method.is_answering()
    assert _begin(method)


@pytest.mark.parametrize("status", [400, 404])
def test_a_brokers_refusal_does_not_open_its_circuit(script: Script, status: int) -> None:
    method = script.method()
    script.token_answer = Canned(b'{"error":"invalid_grant"}', status=status)

    for _ in range(5):
        with pytest.raises(IdentificationFailed):
            script.finish(method)

    assert method.is_answering()


def test_one_failing_broker_does_not_affect_another(script: Script) -> None:
    _down(script)

    assert script.method().is_answering()


def test_threads_do_not_pile_up_behind_a_broker_that_hangs(script: Script) -> None:
    method = _down(script)
    entered, released = threading.Event(), threading.Event()

    def hangs(_: object, __: object) -> None:
        entered.set()
        released.wait(60)

    script.token_answer = hangs
    seen: list[object] = []
    first = threading.Thread(target=_note(seen, lambda: script.finish(method)))
    first.start()
    assert entered.wait(60)

    with pytest.raises(BrokerUnavailable) as refused:
        script.finish(method)

    assert refused.value.facts["why"] == "circuit-open"
    released.set()
    first.join(60)
    assert isinstance(seen[0], BrokerUnavailable)


def _note(seen: list[object], call: Callable[[], object]) -> Callable[[], None]:
    def run() -> None:
        try:
            seen.append(call())
        except BrokerUnavailable as refusal:
            seen.append(refusal)

    return run
