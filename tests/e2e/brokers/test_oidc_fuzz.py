"""Valid tokens and answers, mutated 10,000 times: none is accepted, none causes an error of ours.

Slow, so it runs with the journeys rather than with every `make test`; it needs no browser.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanssa.identification.models import Identification
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed
from tests.cast import later
from tests.identification.oidc.flow import METHODS_FILE, Flow
from tests.identification.oidc.scripted_broker import (
    Canned,
    Script,
    ScriptedBroker,
    encrypted,
    rsa_key,
    running_broker,
)

pytestmark = [pytest.mark.e2e]

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ %\x00ä"
Mutation = Callable[[str], str]


def times(count: int) -> settings:
    return settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture(scope="module")
def broker() -> Iterator[ScriptedBroker]:
    with running_broker() as server:
        yield server


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """Draw one to three changes of a text: letters, pieces, parts between dots."""
    steps = [draw(_STEP) for _ in range(draw(st.integers(1, 3)))]

    def mutate(text: str) -> str:
        for step in steps:
            text = step(text)
        return text

    return mutate


def _replaced(position: int, new: str, drop: int) -> Mutation:
    return lambda text: text[: (at := position % (len(text) + 1))] + new + text[at + drop :]


def _cut(position: int) -> Mutation:
    return lambda text: text[: position % (len(text) + 1)]


def _doubled(position: int, length: int) -> Mutation:
    return lambda text: text[: (at := position % (len(text) + 1))] + text[max(0, at - length) :]


def _parts_swapped(first: int, second: int) -> Mutation:
    def swap(text: str) -> str:
        parts = text.split(".")
        one, other = first % len(parts), second % len(parts)
        parts[one], parts[other] = parts[other], parts[one]
        return ".".join(parts)

    return swap


def _part_emptied(which: int) -> Mutation:
    def empty(text: str) -> str:
        parts = text.split(".")
        parts[which % len(parts)] = ""
        return ".".join(parts)

    return empty


_POSITIONS = st.integers(0, 10_000)
_STEP = st.one_of(
    st.builds(_replaced, _POSITIONS, st.text(ALPHABET, max_size=3), st.integers(0, 4)),
    st.builds(_cut, _POSITIONS),
    st.builds(_doubled, _POSITIONS, st.integers(1, 40)),
    st.builds(_parts_swapped, st.integers(0, 5), st.integers(0, 5)),
    st.builds(_part_emptied, st.integers(0, 5)),
)
_HONEST: dict[str, str] = {}


def _outer(script: Script) -> str:
    return _HONEST.setdefault(f"outer {script.broker.issuer}", script.token())


def _inner(script: Script) -> str:
    return _HONEST.setdefault(f"inner {script.broker.issuer}", script.inner_token())


def _answered(script: Script, token: str) -> None:
    script.token_answer = Canned(json.dumps({"id_token": token}).encode())


@times(4000)
@given(mutate=mutations())
def test_a_mutated_encrypted_token_is_never_accepted(broker: ScriptedBroker, mutate: Mutation) -> None:
    script = broker.honest_script()
    honest = _outer(script)
    mutated = mutate(honest)
    _answered(script, mutated)

    if mutated == honest:
        assert script.finish().last_name == "Korhonen"
        return
    with pytest.raises(IdentificationFailed):
        script.finish()


@times(3000)
@given(mutate=mutations())
def test_a_mutated_signed_token_is_never_accepted_though_well_encrypted(
    broker: ScriptedBroker, mutate: Mutation
) -> None:
    script = broker.honest_script()
    honest = _inner(script)
    mutated = mutate(honest)
    header = dict(script.outer_header or {})
    _answered(script, encrypted(header, mutated.encode(), rsa_key("our-rsa")))

    if mutated == honest:
        assert script.finish().last_name == "Korhonen"
        return
    with pytest.raises(IdentificationFailed):
        script.finish()


_STATUSES = st.sampled_from([200, 200, 200, 201, 302, 400, 404, 500])
_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(["text/html", "application/jose", "", "application/json;x=y", "*/*"]),
        "Content-Encoding": st.sampled_from(["gzip", "identity", "br", ""]),
        "Location": st.just("https://evil.example/"),
    },
)


@times(2000)
@given(
    mutate=mutations(),
    status=st.sampled_from([200, 200, 200, 201, 204, 302, 400, 404, 500]),
    headers=_HEADERS,
)
def test_a_mutated_answer_of_the_token_endpoint_is_refused_or_has_the_same_token(
    broker: ScriptedBroker, mutate: Mutation, status: int, headers: dict[str, str]
) -> None:
    script = broker.honest_script()
    honest = json.dumps({"id_token": _outer(script), "token_type": "Bearer"})
    body = mutate(honest).encode("utf-8", "surrogatepass")
    script.token_answer = Canned(body, status, {"Content-Type": "application/json"} | headers)

    try:
        identity = script.finish()
    except (IdentificationFailed, BrokerUnavailable):
        return
    # The change may be outside the token; then the token is the honest one, whole.
    assert identity.last_name == "Korhonen"
    assert json.loads(body)["id_token"] == _outer(script)


_REPLIES = st.dictionaries(
    st.sampled_from(["code", "state", "iss", "error", "error_description", "id_token", "response", "x"]),
    st.one_of(st.just("keep"), st.text(max_size=40)),
    max_size=5,
)


_DROPPED = st.sets(st.sampled_from(["code", "state", "iss"]))


@pytest.mark.django_db
@times(1000)
@given(
    changes=_REPLIES, mutate=st.none() | mutations(), drop=st.sets(st.sampled_from(["code", "state", "iss"]))
)
def test_a_mutated_reply_identifies_no_person_and_causes_no_error(
    broker: ScriptedBroker,
    pages: None,
    changes: dict[str, str],
    mutate: Mutation | None,
    drop: set[str],
) -> None:
    flow = Flow(broker, later(hours=1))
    honest = flow.grant(flow.leave())
    reply = {name: value for name, value in honest.items() if name not in drop}
    reply |= {name: value for name, value in changes.items() if value != "keep"}
    if mutate is not None:
        flow.script.forge = lambda token: mutate(token).encode("ascii", "ignore").decode()
    before = Identification.objects.count()

    answer = flow.back(_clean(reply))

    is_same = all(reply.get(name) == value for name, value in honest.items()) and "error" not in reply
    of_the_broker = {502} if mutate else set()  # only a mutated token is the broker's fault
    assert answer.status_code in {200, 302, 400, 403, 410, 503} | of_the_broker
    if answer.status_code == 302:
        assert is_same
        assert mutate is None or flow.script.forge(flow.script.inner_token()) == flow.script.inner_token()
        Identification.objects.all().delete()
    else:
        assert Identification.objects.count() == before


def _clean(reply: dict[str, Any]) -> dict[str, Any]:
    """Replace lone surrogates, which a browser never sends."""
    return {name: value.encode("utf-8", "replace").decode() for name, value in reply.items()}


@pytest.fixture
def pages(broker: ScriptedBroker, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve the pages with the scripted broker's two methods."""
    now = later(hours=1)
    monkeypatch.setattr("kanssa.web.base.visitor.clock", lambda: now)
    settings.IDENTIFICATION_FILE = tmp_path / "identification.toml"
    settings.IDENTIFICATION_FILE.write_text(METHODS_FILE)
    settings.IDENTIFICATION_METHODS = {"scripted": "tests.identification.oidc.flow.load_scripted"}
    # The methods are created on first use, and then have this broker's address.
    Flow(broker, now)
