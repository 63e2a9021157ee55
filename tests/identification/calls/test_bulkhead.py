"""Calls to brokers take half of the threads at most; a person refused for lack of room can retry."""

from contextlib import ExitStack
from dataclasses import replace
from threading import Event, Thread

import pytest

from kanssa.identification import registry
from kanssa.identification.calls import bulkhead
from kanssa.identification.calls.bulkhead import Bulkhead, slot_to_begin, slot_to_finish
from kanssa.identification.methods.saml import SamlMethod
from kanssa.identification.models import IdentificationAttempt
from kanssa.identification.refusals import BrokersBusy, BrokerUnavailable
from tests.identification.oidc.attacks import hangs_up
from tests.identification.oidc.flow import Flow
from tests.identification.oidc.scripted_broker import Script
from tests.identification.saml.scripted_provider import honest_party
from tests.web.browser import text_of


def entered(room: Bulkhead, *keys: str) -> int:
    """Count how many of these calls find room at once."""
    with ExitStack() as held:
        count = 0
        for key in keys:
            try:
                held.enter_context(room.room(key))
            except BrokersBusy:
                continue
            count += 1
        return count


@pytest.mark.parametrize(
    ("threads", "one", "all_of_them"),
    [(2, 1, 1), (4, 2, 2), (5, 2, 2), (8, 2, 4), (64, 16, 32), (256, 64, 128)],
)
def test_brokers_hold_half_of_the_threads_at_most_and_one_broker_half_of_those(threads, one, all_of_them):
    every_key = [key for _ in range(threads) for key in ("a", "b", "c", "d")]

    assert entered(Bulkhead(threads), *["a"] * threads) == one
    assert entered(Bulkhead(threads), *every_key) == all_of_them


def test_room_is_free_again_after_any_outcome_of_the_call():
    room = Bulkhead(2)

    for _ in range(3):
        with pytest.raises(BrokerUnavailable), room.room("a"):
            raise BrokerUnavailable(why="token-timeout")
    with room.room("a"):
        assert entered(room, "a") == 0

    assert entered(room, "a") == 1


def test_the_number_of_threads_is_the_setting_that_starts_the_server(settings, script: Script):
    settings.THREADS = 8
    method = script.method()

    with ExitStack() as held:
        for _ in range(2):
            held.enter_context(slot_to_finish(method))
        with pytest.raises(BrokersBusy), slot_to_finish(method):
            pytest.fail("no room was left")


def test_a_method_without_calls_needs_no_room(settings, script: Script):
    settings.THREADS = 2
    pushing = script
    with slot_to_finish(script.method()):
        with slot_to_begin(script.method()), slot_to_finish(SamlMethod(honest_party())):
            pass
        pushing.changed_broker(request_mode="pushed")
        with pytest.raises(BrokersBusy), slot_to_begin(pushing.method()):
            pytest.fail("a pushed request is a call")


@pytest.fixture
def small(settings) -> None:
    settings.THREADS = 2
    bulkhead._of_this_process.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_person_refused_for_lack_of_room_can_retry_the_same_reply(flow: Flow, small, language: str):
    reply = flow.grant(flow.leave())
    IdentificationAttempt.objects.update(language=language)

    with slot_to_finish(registry.method("bank")):
        refused = flow.back(reply)
        pages = [flow.browser.client.get(path).status_code for path in ("/en/", "/fi/", "/healthz")]
    again = flow.back(reply)

    assert refused.status_code == 503
    assert refused["Retry-After"] == "5"
    assert "identification-busy" in text_of(refused)
    assert f'lang="{language}"' in refused.content.decode()
    assert pages == [200, 200, 200]
    assert again.status_code == 302
    assert flow.asked_for_tokens() == 1


@pytest.mark.django_db
def test_a_person_who_returns_during_anothers_trial_call_loses_nothing(flow: Flow):
    reply = flow.grant(flow.leave())
    circuit = registry.method("bank")._circuit
    for _ in range(3):
        with pytest.raises(BrokerUnavailable), circuit.call():
            raise BrokerUnavailable(why="token-timeout")

    with circuit.call():
        refused = flow.back(reply)

    assert refused.status_code == 503
    assert "Try again" in text_of(refused)
    assert flow.back(reply).status_code == 302


@pytest.mark.django_db
def test_a_reply_works_again_after_a_broker_that_could_not_be_reached(flow: Flow):
    reply = flow.grant(flow.leave())
    method = registry.method("bank")
    reachable = method._broker
    method._broker = replace(
        reachable, endpoints=replace(reachable.endpoints, token="http://127.0.0.1:9/token")
    )

    refused = flow.back(reply)
    method._broker = reachable

    assert refused.status_code == 503
    assert "Try again" in text_of(refused)
    assert flow.back(reply).status_code == 302


@pytest.mark.django_db
def test_a_reply_with_a_possibly_spent_code_cannot_be_retried(flow: Flow):
    reply = flow.grant(flow.leave())
    flow.script.attack_case = hangs_up

    refused = flow.back(reply)
    flow.script.attack_case = None

    assert refused.status_code == 503
    assert "Try again" not in text_of(refused)
    assert flow.back(reply).status_code == 410
    assert flow.asked_for_tokens() == 1


def test_a_silent_broker_leaves_room_for_the_others(settings, script: Script):
    settings.THREADS = 8
    bulkhead._of_this_process.cache_clear()
    released, entered_both = Event(), Event()
    held = []

    def hangs(_: object, __: object) -> None:
        held.append(1)
        if len(held) == 2:
            entered_both.set()
        released.wait(60)

    script.token_answer = hangs
    silent = script.method()
    outcomes: list[str] = []

    def come_back() -> None:
        try:
            with slot_to_finish(silent):
                script.finish(silent)
        except (BrokersBusy, BrokerUnavailable) as refusal:
            outcomes.append(refusal.code)

    waiting = [Thread(target=come_back) for _ in range(2)]
    for thread in waiting:
        thread.start()
    assert entered_both.wait(60)
    come_back()
    script.changed_broker(key="another")

    assert outcomes == ["identification-busy"]
    with slot_to_finish(script.method()):
        pass
    released.set()
    for thread in waiting:
        thread.join(60)
