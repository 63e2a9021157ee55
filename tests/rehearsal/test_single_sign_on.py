"""Kanssa's own client against the rehearsal's single sign-on, over real HTTP; the test plays the browser."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import pytest
import urllib3

from kanssa.identification.methods.oidc import OidcSignOn, load_sign_on
from kanssa.identification.protocol import Attempt, NewAttempt
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
    ReplyRefused,
)
from kanssa.identification.registry import read_own_settings, read_staff_tables
from kanssa.values.role import Role
from rehearsal.broker.__main__ import main
from rehearsal.broker.app import BrokerApp
from rehearsal.broker.people import read_colleagues, read_people
from rehearsal.broker.server import broker_server
from rehearsal.processes import free_port

BASE = "http://127.0.0.1:8000"
RETURN = f"{BASE}/staff-return/city/"
NEW = NewAttempt(UUID(int=3), "state" * 8, "nonce" * 8, "verifier" * 8)


@pytest.fixture(scope="module")
def sign_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OidcSignOn]:
    folder, port = tmp_path_factory.mktemp("sign-on"), free_port()
    config = folder / "identification.toml"
    main(["--write-config", str(config), "--port", str(port), "--base-url", BASE])
    server = broker_server(BrokerApp(folder / "broker", wait=lambda: None), port)
    Thread(target=server.serve_forever, daemon=True).start()
    [(key, table)] = read_staff_tables(config).items()
    yield load_sign_on(key, read_own_settings("staff.city", table), folder)
    server.shutdown()
    server.server_close()


class Going:
    """One person's way to the single sign-on and back."""

    def __init__(self, sign_on: OidcSignOn) -> None:
        self.sign_on, self.now = sign_on, datetime.now(UTC)
        self.address = sign_on.begin(attempt=NEW, return_url=RETURN, language="fi", now=self.now).url
        self.page = urllib3.request("GET", self.address).data.decode()

    def press(self, **fields: str):
        question = re.search(r'name="question" value="([^"]+)"', self.page)
        assert question
        answer = urllib3.request(
            "POST",
            self.address.partition("?")[0],
            body=urlencode({"question": unescape(question[1]), **fields}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            redirect=False,
        )
        assert answer.status == 303, answer.data
        back = answer.headers["Location"]
        assert back.startswith(RETURN)
        attempt = Attempt(NEW.id, NEW.state, NEW.nonce, NEW.verifier, begun_at=self.now, return_url=RETURN)
        reply = dict(parse_qsl(urlsplit(back).query))
        return self.sign_on.finish(reply, attempt=attempt, now=datetime.now(UTC))


@pytest.mark.parametrize(
    ("key", "roles"),
    [
        ("saga", {Role.CLERK}),
        ("valma", {Role.CLERK, Role.SUPERVISOR}),
        ("ulla", {Role.CLERK, Role.SUPERVISOR}),
        ("olavi", {Role.OPERATOR}),
        ("nella", set()),
    ],
)
def test_every_member_of_staff_can_be_chosen_with_their_roles(sign_on, key, roles):
    staff = Going(sign_on).press(person=key)

    assert staff.name == read_colleagues()[key].name
    assert staff.roles == roles
    assert staff.way == "city"


def test_the_page_shows_the_citys_staff_and_no_applicant(sign_on):
    page = Going(sign_on).page

    assert all(colleague.name in page for colleague in read_colleagues().values())
    assert not any(person.hetu in page for person in read_people().values())
    assert 'value="typed"' not in page


@pytest.mark.parametrize(
    ("trouble", "refusal"),
    [
        ("weak", AssuranceTooLow),
        ("expired", IdentificationFailed),
        ("nonce", ReplyRefused),
        ("error", BrokerUnavailable),
    ],
)
def test_troubles_can_be_chosen(sign_on, trouble, refusal):
    with pytest.raises(refusal):
        Going(sign_on).press(person="saga", trouble=trouble)


def test_the_sign_on_can_be_cancelled(sign_on):
    with pytest.raises(IdentificationCancelled):
        Going(sign_on).press(person="cancel")


def test_the_written_file_is_refused_in_production(tmp_path: Path):
    config = tmp_path / "identification.toml"
    main(["--write-config", str(config), "--port", "1", "--base-url", BASE])

    assert tomllib.loads(config.read_text("utf-8"))["staff"]["city"]["rehearsal"] is True
