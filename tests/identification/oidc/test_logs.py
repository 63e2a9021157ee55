"""No token, code, identity code or name is ever logged."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog

from kanssa.identification.models import IdentificationAttempt
from kanssa.values.refusal import Refusal
from tests.cast import AINO, EINO
from tests.identification.oidc.attacks import ATTACK_CASES, AttackCase
from tests.identification.oidc.flow import Flow
from tests.identification.oidc.scripted_broker import ATTEMPT, HETU, NOW, RETURN_URL, Script
from tests.identification.oidc.signed_keys import SIGNED_KEYS_ATTACKS
from tests.identification.oidc.test_flow import ATTACKS, Attack

CANARIES = [
    HETU,
    "010190",
    AINO.hetu,
    EINO.hetu,
    "Korhonen",
    "Inkeri",
    "Ensio",
    "the-code",
    "pseudonym-1",
    ATTEMPT.nonce,
    ATTEMPT.state,
    ATTEMPT.verifier,
    "PRIVATE KEY",
]
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{8,}")


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Collect all records of all loggers at DEBUG, in the production format and in the plain one."""
    root = logging.getLogger()
    written = io.StringIO()
    [as_in_production] = [
        handler.formatter
        for handler in root.handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    ]
    handlers = [logging.StreamHandler(written), logging.StreamHandler(written)]
    handlers[0].setFormatter(as_in_production)
    quiet = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    level = root.level
    root.setLevel(logging.DEBUG)
    for name in quiet:
        logging.getLogger(name).setLevel(logging.DEBUG)
    for handler in handlers:
        root.addHandler(handler)
    yield written
    for handler in handlers:
        root.removeHandler(handler)
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)


def leaks(written: io.StringIO, *more: str) -> list[str]:
    said = written.getvalue()
    return [canary for canary in (*CANARIES, *more) if canary and canary in said] + TOKEN.findall(said)


def test_a_leak_would_be_found(logged: io.StringIO) -> None:
    logging.getLogger("anything").debug("identified %s by %s", "Korhonen", "eyJhbGciOiJSUzI1NiJ9.x.y")

    assert leaks(logged) == ["Korhonen", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJSUzI1NiJ9"]


@pytest.mark.parametrize("mode", ["query", "request_object", "pushed", "pushed_request_object"])
def test_an_honest_log_in_logs_nothing_of_the_person(script: Script, logged: io.StringIO, mode: Any) -> None:
    script.changed_broker(request_mode=mode)
    method = script.method()

    method.begin(attempt=ATTEMPT, return_url=RETURN_URL, language="fi", force=True, now=NOW)
    script.finish(method)

    assert leaks(logged, script.token()[:40]) == []


@pytest.mark.parametrize(
    "attack_case", [*ATTACK_CASES, *SIGNED_KEYS_ATTACKS], ids=lambda attack_case: attack_case.told
)
def test_an_attack_logs_nothing_of_the_person(
    script: Script, logged: io.StringIO, attack_case: AttackCase
) -> None:
    attack_case.change(script)

    with suppress(Refusal):
        script.finish()

    assert leaks(logged) == []


@pytest.mark.django_db
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.told)
def test_an_attack_on_the_flow_logs_only_the_reason_of_its_refusal(
    flow: Flow, logged: io.StringIO, attack: Attack
) -> None:
    attack.does(flow)

    sent = [value for _, fields in flow.script.seen for value in fields.values() if len(value) > 20]
    assert IdentificationAttempt.objects.exists() or "unrequested" in attack.told or "without" in attack.told
    assert leaks(logged, *sent, "Raw-words-of-the-broker") == []
    if "twice" not in attack.told:
        assert "an identification was refused" in logged.getvalue()


@pytest.mark.django_db
def test_a_whole_journey_through_the_pages_logs_nothing_of_the_person(
    flow: Flow, logged: io.StringIO
) -> None:
    reply = flow.grant(flow.leave())

    assert flow.back(reply).status_code == 302

    sent = [value for _, fields in flow.script.seen for value in fields.values() if len(value) > 20]
    assert leaks(logged, *sent, reply["code"], reply["state"]) == []
