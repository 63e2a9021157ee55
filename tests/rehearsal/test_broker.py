"""Kanssa's own client against the rehearsal broker, over real HTTP; the test plays the browser."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest
import urllib3
from stdnum.fi import hetu as register

from kanssa.identification.diagnosis.production_checks import production_faults
from kanssa.identification.methods import oidc
from kanssa.identification.methods.oidc import OidcMethod
from kanssa.identification.protocol import Attempt, NewAttempt
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
    IdentityIncomplete,
    ReplyRefused,
)
from kanssa.values.identity import VerifiedIdentity
from kanssa.values.refusal import Refusal
from rehearsal.broker.__main__ import main
from rehearsal.broker.app import BrokerApp
from rehearsal.broker.people import read_people
from rehearsal.broker.server import broker_server
from rehearsal.processes import free_port
from tests.identification.oidc.scripted_broker import HURRIED, UNHURRIED

BASE = "http://127.0.0.1:8000"
WAYS = ["bank", "mobile"]


@dataclass(frozen=True)
class World:
    """A running broker, the methods configured for it, and a browser."""

    folder: Path
    methods: dict[str, OidcMethod]
    browser: urllib3.PoolManager

    def get(self, address: str) -> urllib3.BaseHTTPResponse:
        return self.browser.request("GET", address, redirect=False)

    def post(self, address: str, fields: dict[str, str]) -> urllib3.BaseHTTPResponse:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.browser.request("POST", address, body=urlencode(fields), headers=headers, redirect=False)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder, port, released = tmp_path_factory.mktemp("broker"), free_port(), Event()
    config = folder / "identification.toml"
    main(["--write-config", str(config), "--port", str(port), "--base-url", BASE])
    app = BrokerApp(folder / "broker", wait=lambda: released.wait(30))
    tables = tomllib.loads(config.read_text("utf-8"))["methods"]
    server = broker_server(app, port)
    Thread(target=server.serve_forever, daemon=True).start()
    with urllib3.PoolManager(retries=False) as browser:
        yield World(folder, {key: _method(key, tables[key], folder) for key in tables}, browser)
    released.set()
    server.shutdown()
    server.server_close()


def _method(key: str, table: dict[str, Any], folder: Path) -> OidcMethod:
    marks = {"kind", "rehearsal"}
    method = oidc.load(key, {name: table[name] for name in table.keys() - marks}, folder)
    return OidcMethod(replace(method._broker, timeouts=UNHURRIED))


@dataclass
class Journey:
    """One person's way to the broker and back."""

    world: World
    method: OidcMethod
    attempt: Attempt
    address: str

    def page(self) -> str:
        response = self.world.get(self.address)
        assert response.status == 200
        return response.data.decode()

    def press(self, **fields: str) -> str:
        """Press a button on the broker's page; return the address that the browser is sent to."""
        [question] = set(re.findall(r'name="question" value="([^"]+)"', self.page()))
        origin = self.address.partition("/authorize")[0]
        response = self.world.post(f"{origin}/authorize", {"question": unescape(question), **fields})
        assert response.status == 303, response.data
        return response.headers["Location"]

    def finish(self, address: str, **changes: str) -> VerifiedIdentity:
        assert address.startswith(self.attempt.return_url + "?")
        reply = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
        now = datetime.now(UTC)
        return self.method.finish({**reply, **changes}, attempt=self.attempt, now=now)


def begin(world: World, key: str = "bank", language: str = "fi") -> Journey:
    now = datetime.now(UTC)
    new = NewAttempt(uuid4(), f"state-{uuid4()}", f"nonce-{uuid4()}", f"verifier-{uuid4()}-{uuid4()}")
    return_url = f"{BASE}/return/{key}/"
    method = world.methods[key]
    handover = method.begin(attempt=new, return_url=return_url, language=language, force=True, now=now)
    attempt = Attempt(new.id, new.state, new.nonce, new.verifier, begun_at=now, return_url=return_url)
    return Journey(world, method, attempt, handover.url)


@pytest.mark.parametrize("key", WAYS)
@pytest.mark.parametrize("person", read_people())
def test_the_chosen_person_identifies(world: World, key: str, person: str) -> None:
    journey = begin(world, key)

    identity = journey.finish(journey.press(person=person))

    expected = read_people()[person]
    assert identity.hetu is not None
    assert identity.hetu.code == expected.hetu
    assert (identity.last_name, identity.first_names) == (expected.last_name, expected.first_names)
    assert identity.method == key
    assert identity.assurance == "substantial"


def test_a_typed_person_identifies(world: World) -> None:
    journey = begin(world)
    typed = {"last_name": " Ääkkönen ", "first_names": "Åke Örjan", "hetu": "010190-900p"}

    identity = journey.finish(journey.press(person="typed", **typed))

    assert (identity.last_name, identity.first_names) == ("Ääkkönen", "Åke Örjan")


def test_a_mistake_in_a_typed_person_is_marked_in_its_field(world: World) -> None:
    journey = begin(world, language="en")
    [question] = set(re.findall(r'name="question" value="([^"]+)"', journey.page()))
    typed = {"last_name": "<b>", "first_names": "Åke", "hetu": "010190-9000"}

    origin = journey.address.partition("/authorize")[0]
    response = world.post(f"{origin}/authorize", {"question": question, "person": "typed", **typed})

    page = response.data.decode()
    assert "check character is right" in page
    assert 'value="&lt;b&gt;"' in page


@pytest.mark.parametrize(
    ("trouble", "refusal", "why"),
    [
        ("error", BrokerUnavailable, "broker-unavailable"),
        ("slow", BrokerUnavailable, "token-timeout"),
        ("no_code", IdentityIncomplete, None),
        ("weak", AssuranceTooLow, None),
        ("expired", IdentificationFailed, "exp"),
        ("nonce", ReplyRefused, "nonce"),
    ],
)
@pytest.mark.parametrize("key", WAYS)
def test_the_chosen_trouble_comes(
    world: World, key: str, trouble: str, refusal: type[Refusal], why: str | None
) -> None:
    journey = begin(world, key)
    back = journey.press(person="aino", trouble=trouble)
    if trouble == "slow":
        journey.method = OidcMethod(replace(journey.method._broker, timeouts=HURRIED))

    with pytest.raises(refusal) as refused:
        journey.finish(back)

    assert refused.value.facts.get("why") == why


def test_cancelling_is_no_failure(world: World) -> None:
    journey = begin(world)
    back = journey.press(person="cancel")

    with pytest.raises(IdentificationCancelled):
        journey.finish(back)


def test_a_code_works_once(world: World) -> None:
    journey = begin(world)
    back = journey.press(person="aino")
    journey.finish(back)

    with pytest.raises(IdentificationFailed) as refused:
        journey.finish(back)

    assert refused.value.facts["why"] == "token-invalid_grant"


def test_a_code_of_another_attempt_does_not_work(world: World) -> None:
    journey, other = begin(world), begin(world)
    stolen = dict(parse_qsl(urlsplit(other.press(person="eino")).query))["code"]
    back = journey.press(person="aino")

    with pytest.raises(IdentificationFailed) as refused:
        journey.finish(back, code=stolen)

    assert refused.value.facts["why"] == "token-invalid_grant"


def test_a_code_of_the_other_method_does_not_work(world: World) -> None:
    journey, other = begin(world, "bank"), begin(world, "mobile")
    stolen = dict(parse_qsl(urlsplit(other.press(person="eino")).query))["code"]
    back = journey.press(person="aino")

    with pytest.raises(IdentificationFailed):
        journey.finish(back, code=stolen)


@pytest.mark.parametrize("key", WAYS)
def test_a_load_generator_needs_no_page(world: World, key: str) -> None:
    journey = begin(world, key)

    response = world.get(f"{journey.address}&login_hint=person:eino")

    assert response.status == 303
    assert journey.finish(response.headers["Location"]).first_names == "Eino Ensio"


def test_a_load_generator_can_ask_for_trouble(world: World) -> None:
    journey = begin(world)

    response = world.get(f"{journey.address}&login_hint=person:eino:weak")

    with pytest.raises(AssuranceTooLow):
        journey.finish(response.headers["Location"])


@pytest.mark.parametrize(
    ("language", "words"),
    [("fi", "HARJOITUS"), ("sv", "ÖVNING"), ("en", "REHEARSAL")],
)
def test_the_page_says_in_the_persons_language_that_it_is_a_rehearsal(
    world: World, language: str, words: str
) -> None:
    page = begin(world, language=language).page()

    assert f'<html lang="{language}">' in page
    assert words in page
    assert "<script" not in page
    assert page.count("<button") == len(read_people()) + 2


def test_the_page_may_send_forms_to_the_service_and_nowhere_else(world: World) -> None:
    policy = world.get(begin(world).address).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert f"form-action 'self' {BASE};" in policy


@pytest.mark.parametrize(
    "change",
    [
        {"redirect_uri": "http://127.0.0.1:8000/return/bank"},
        {"client_id": "nobody"},
        {"response_type": "token"},
        {"scope": "profile"},
        {"code_challenge_method": "plain"},
        {"code_challenge": "short"},
        {"state": ""},
        {"nonce": ""},
        {"request": "a.b.c"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
    ],
    ids=str,
)
def test_a_faulty_authorization_request_redirects_nowhere(world: World, change: dict[str, str]) -> None:
    asked = {
        "client_id": "kanssa-bank",
        "redirect_uri": f"{BASE}/return/bank/",
        "response_type": "code",
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        **change,
    }
    origin = begin(world).address.partition("/authorize")[0]

    response = world.get(f"{origin}/authorize?{urlencode(asked)}")

    assert response.status == 400
    assert "Location" not in response.headers


def test_a_clients_assertion_works_once(world: World) -> None:
    method = world.methods["mobile"]
    origin = method._broker.issuer
    fields = method._signer.credentials(datetime.now(UTC))

    first, second = (world.post(f"{origin}/token", fields).json()["error"] for _ in range(2))

    assert (first, second) == ("unsupported_grant_type", "invalid_grant")


def test_an_old_assertion_is_refused(world: World) -> None:
    method = world.methods["bank"]
    fields = method._signer.credentials(datetime.now(UTC) - timedelta(minutes=5))

    response = world.post(f"{method._broker.issuer}/token", fields)

    assert response.json()["error"] == "invalid_client"


def test_the_process_serves_its_configuration_and_ends_when_asked(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "identification.toml"
    main(["--write-config", str(config), "--port", str(port)])
    command = [sys.executable, "-m", "rehearsal.broker", "--port", str(port)]
    environment = {**os.environ, "KANSSA_IDENTIFICATION_FILE": str(config)}

    with subprocess.Popen(command, env=environment) as process:
        status = _status_when_up(f"http://localhost:{port}/.well-known/openid-configuration")
        process.terminate()

    assert status == 200
    assert process.returncode == 0


def _status_when_up(address: str) -> int:
    patient = urllib3.Retry(total=20, backoff_factor=0.05, backoff_max=0.5)
    with urllib3.PoolManager(retries=patient) as browser:
        return browser.request("GET", address).status


def test_writing_the_configuration_again_keeps_the_keys(world: World, tmp_path: Path) -> None:
    config = tmp_path / "identification.toml"
    main(["--write-config", str(config), "--port", "8401", "--base-url", BASE])
    before = {file.name: file.read_bytes() for file in (tmp_path / "broker").glob("*.pem")}

    main(["--write-config", str(config), "--port", "8402", "--base-url", f"{BASE}/"])

    after = {file.name: file.read_bytes() for file in (tmp_path / "broker").glob("*.pem")}
    assert before == after
    assert "http://localhost:8402/token" in config.read_text("utf-8")
    assert {oct(file.stat().st_mode)[-3:] for file in (tmp_path / "broker").iterdir()} == {"600"}


def test_production_would_not_start_with_it(world: World) -> None:
    faults = production_faults(world.folder / "identification.toml")

    assert any(fault.startswith("methods.bank.rehearsal:") for fault in faults)
    assert any("allow_test_codes" in fault for fault in faults)
    assert any("loatest2" in fault for fault in faults)


def test_the_cast_has_valid_test_codes_of_adults_of_2026() -> None:
    for person in read_people().values():
        assert register.is_valid(person.hetu, allow_temporary=True)
        assert int(person.hetu[7:10]) >= 900
        assert person.birth_date <= "2008-01-01"
