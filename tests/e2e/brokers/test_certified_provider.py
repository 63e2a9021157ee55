"""Kanssa's client against the certified `oidc-provider`; the test plays the browser."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from uuid import uuid4

import pytest
import urllib3

from kanssa.identification.configuration.key_folder import KeyFolder
from kanssa.identification.methods import oidc
from kanssa.identification.methods.oidc import OidcMethod
from kanssa.identification.protocol import Attempt, NewAttempt
from kanssa.identification.refusals import IdentificationCancelled, IdentificationFailed
from kanssa.values.identity import VerifiedIdentity
from rehearsal.broker.people import read_people
from tests.e2e.peers.provider import WAYS, CertifiedProvider, peer_provider

__all__ = ["peer_provider"]

pytestmark = pytest.mark.e2e

KEYS = [way.key for way in WAYS]


@dataclass
class Browser:
    """The part of a browser that a log-in needs: cookies, redirects within the broker, one form."""

    pool: urllib3.PoolManager
    cookies: dict[str, str] = field(default_factory=dict)

    def go(self, address: str, form: Mapping[str, str] | None = None) -> tuple[str, str | None]:
        """Follow redirects within the broker; return the address, and the page if there is one."""
        origin = urlsplit(address).netloc
        while urlsplit(address).netloc == origin:
            response = self._request(address, form)
            if response.status not in (302, 303):
                return address, response.data.decode()
            address, form = urljoin(address, response.headers["Location"]), None
        return address, None

    def _request(self, address: str, form: Mapping[str, str] | None) -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        response = self.pool.request(
            "GET" if form is None else "POST", address, body=body, headers=headers, redirect=False
        )
        for line in response.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return response


@dataclass
class Journey:
    method: OidcMethod
    attempt: Attempt
    browser: Browser
    address: str

    def press(self, action: str, login: str = "") -> str:
        """Submit the broker's form; return the address that the browser is sent back to."""
        form_address, page = self.browser.go(self.address)
        assert page is not None
        assert 'name="login"' in page, page
        back, page = self.browser.go(form_address, {"deed": action, "login": login})
        assert page is None, page
        return back

    def finish(self, back: str) -> VerifiedIdentity:
        reply = dict(parse_qsl(urlsplit(back).query, strict_parsing=True))
        return self.method.finish(reply, attempt=self.attempt, now=datetime.now(UTC))


@pytest.fixture
def browser() -> Iterator[Browser]:
    with urllib3.PoolManager(retries=False) as pool:
        yield Browser(pool)


def table_of(provider: CertifiedProvider, key: str) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads(provider.identification_file.read_text("utf-8"))["methods"][key]
    del table["kind"]
    return table


def begin(provider: CertifiedProvider, browser: Browser, key: str) -> Journey:
    method = oidc.load(key, table_of(provider, key), provider.identification_file.parent)
    now = datetime.now(UTC)
    new = NewAttempt(uuid4(), f"state-{uuid4()}", f"nonce-{uuid4()}", f"verifier-{uuid4()}-{uuid4()}")
    back = f"{provider.base_url}/return/{key}/"
    handover = method.begin(attempt=new, return_url=back, language="fi", force=True, now=now)
    attempt = Attempt(new.id, new.state, new.nonce, new.verifier, begun_at=now, return_url=back)
    return Journey(method, attempt, browser, handover.url)


@pytest.mark.parametrize("key", KEYS)
def test_a_log_in_at_the_certified_provider_is_an_identity(
    peer_provider: CertifiedProvider, browser: Browser, key: str
) -> None:
    journey = begin(peer_provider, browser, key)

    identity = journey.finish(journey.press("login", "linnea"))

    expected = read_people()["linnea"]
    assert identity.hetu is not None
    assert identity.hetu.code == expected.hetu
    assert (identity.last_name, identity.first_names) == (expected.last_name, expected.first_names)


@pytest.mark.parametrize("key", KEYS)
def test_cancelling_at_the_certified_provider_is_not_a_failure(
    peer_provider: CertifiedProvider, browser: Browser, key: str
) -> None:
    journey = begin(peer_provider, browser, key)
    back = journey.press("cancel")

    with pytest.raises(IdentificationCancelled):
        journey.finish(back)


@pytest.mark.parametrize("key", KEYS)
def test_the_next_person_in_the_same_browser_has_to_log_in_again(
    peer_provider: CertifiedProvider, browser: Browser, key: str
) -> None:
    first = begin(peer_provider, browser, key)
    first.finish(first.press("login", "aino"))
    second = begin(peer_provider, browser, key)

    identity = second.finish(second.press("login", "eino"))

    assert identity.first_names == "Eino Ensio"


def test_a_key_rotation_during_a_log_in_does_not_break_it(
    peer_provider: CertifiedProvider, browser: Browser, tmp_path: Path
) -> None:
    journey = begin(peer_provider, browser, "bank")
    back = journey.press("login", "aino")
    at = datetime.now(UTC)
    new = KeyFolder(tmp_path).generate("enc", "RSA", now=at)
    table = table_of(peer_provider, "bank")
    waiting = {"file": str(tmp_path / new.file), "state": "waiting"}
    table["decryption_keys"] = [waiting, *table["decryption_keys"]]
    journey.method = oidc.load("bank", table, peer_provider.identification_file.parent)

    assert journey.finish(back).first_names == read_people()["aino"].first_names


def test_a_code_works_once_at_the_certified_provider(
    peer_provider: CertifiedProvider, browser: Browser
) -> None:
    journey = begin(peer_provider, browser, "bank")
    back = journey.press("login", "aino")
    journey.finish(back)

    with pytest.raises(IdentificationFailed) as refused:
        journey.finish(back)

    assert refused.value.facts["why"] == "token-invalid_grant"
