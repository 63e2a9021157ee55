"""The SAML method against an honest provider and against attacks."""

import socket
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kanssa.identification.methods.saml import SamlMethod
from kanssa.identification.methods.saml.signatures import signed_part
from kanssa.identification.protocol import IdentificationMethod
from kanssa.identification.refusals import IdentificationFailed
from tests.identification.saml.attacks import ACCEPTED_VARIANTS, ATTACK_CASES, AttackCase
from tests.identification.saml.scripted_provider import ATTEMPT, DS, NOW, SamlScript, honest_party


def test_an_honest_response_is_an_identity() -> None:
    identity = SamlScript().finish()

    assert identity.hetu is not None
    assert identity.hetu.code == "010190-900P"
    assert (identity.last_name, identity.first_names) == ("Korhonen", "Aino Inkeri")
    assert (identity.calling_name, identity.home_municipality) == ("Inkeri", "091")
    assert identity.non_disclosure is False
    assert identity.born == date(1990, 1, 1)
    assert identity.assurance == "substantial"
    assert identity.authenticated_at.isoformat() == "2026-03-02T11:59:40+00:00"
    assert identity.session is not None
    assert (identity.session.subject, identity.session.index) == ("_who", "_session")


@pytest.mark.parametrize(
    ("stated", "change"), ACCEPTED_VARIANTS, ids=[stated for stated, _change in ACCEPTED_VARIANTS]
)
def test_the_freedoms_of_an_honest_provider_give_an_identity(stated, change) -> None:
    script = SamlScript()
    change(script)

    assert script.finish().last_name == "Korhonen"


@pytest.mark.parametrize("attack_case", ATTACK_CASES, ids=lambda attack_case: attack_case.told)
def test_an_attack_is_refused(attack_case: AttackCase) -> None:
    script = SamlScript()
    attack_case.change(script)

    with pytest.raises(attack_case.refusal) as refused:
        script.finish()

    if attack_case.why:
        assert refused.value.facts["why"] == attack_case.why


def test_the_attacks_are_as_many_as_required() -> None:
    assert len(ATTACK_CASES) >= 30
    assert (
        len(
            [
                attack_case
                for attack_case in ATTACK_CASES
                if attack_case.told.startswith("wrapping of the response")
            ]
        )
        == 8
    )
    assert len({(attack_case.told, str(attack_case.why)) for attack_case in ATTACK_CASES}) == len(
        ATTACK_CASES
    )


@pytest.mark.parametrize(("stated", "ordered"), [("1", True), ("0", False), ("", False), ("K", True)])
def test_a_non_disclosure_order_is_read(stated, ordered) -> None:
    script = SamlScript()
    script.attributes["urn:oid:1.2.246.517.2002.2.27"] = stated

    assert script.finish().non_disclosure is ordered


def test_without_a_statement_the_non_disclosure_order_is_unknown() -> None:
    script = SamlScript()
    del script.attributes["urn:oid:1.2.246.517.2002.2.27"]

    assert script.finish().non_disclosure is None


def test_a_foreign_identity_has_no_code_but_a_name_and_a_birth_date() -> None:
    naturally = "http://eidas.europa.eu/attributes/naturalperson/"
    script = SamlScript(
        attributes={
            f"{naturally}PersonIdentifier": "SE/FI/1",
            f"{naturally}CurrentFamilyName": "Svensson",
            f"{naturally}CurrentGivenName": "Maja",
            f"{naturally}DateOfBirth": "1990-05-06",
        }
    )

    identity = script.finish()

    assert identity.hetu is None
    assert (identity.last_name, identity.first_names) == ("Svensson", "Maja")
    assert identity.born == date(1990, 5, 6)


def test_a_log_in_that_cannot_be_ended_at_the_provider_is_still_an_identity() -> None:
    script = SamlScript()
    script.says = lambda root: root.find("{*}AuthnStatement").attrib.pop("SessionIndex")

    assert script.finish().session is None


def test_nothing_is_written_to_a_file_or_sent_over_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decrypted assertion exists in memory alone: no file is made, no process started."""
    script = SamlScript()
    fields, method = script.fields(), SamlMethod(script.party)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    writes: list[str] = []
    watched = ("subprocess.", "os.posix_spawn", "os.fork", "os.exec", "socket.connect", "os.mkdir")

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith(watched) or (event == "open" and _writes(arguments)):
            writes.append(event)

    _watchers.append(watch)
    try:
        method.finish(fields, attempt=ATTEMPT, now=NOW)
        Path(tmp_path / "proof-that-the-watch-works").touch()
    finally:
        _watchers.remove(watch)

    assert writes == ["open"]
    assert [path.name for path in tmp_path.iterdir()] == ["proof-that-the-watch-works"]


def test_the_parsed_tree_is_built_from_the_signed_bytes_alone() -> None:
    script = SamlScript()
    came = script.signed_response()

    read = signed_part(came, provider=script.party.provider, now=NOW, what="response")

    assert read is not came
    assert read.find(f"{DS}Signature") is None
    assert read.getroottree().getroot() is read


def test_the_method_implements_the_protocol() -> None:
    method: IdentificationMethod = SamlMethod(honest_party())

    assert (method.key, method.label("sv")) == ("suomifi", "Suomi.fi")


def test_a_second_reading_of_the_same_response_does_not_help_another_attempt() -> None:
    script = SamlScript()
    fields, method = script.fields(), SamlMethod(script.party)
    method.finish(fields, attempt=ATTEMPT, now=NOW)
    other = replace(ATTEMPT, nonce="another-nonce")

    with pytest.raises(IdentificationFailed):
        method.finish(fields, attempt=other, now=NOW)


def test_the_network_is_shut_in_these_tests() -> None:
    with pytest.raises(Exception, match="A test tried to use socket"):
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)


_watchers: list = []


def _writes(arguments: tuple[object, ...]) -> bool:
    _path, mode, flags = arguments
    writes = isinstance(mode, str) and bool(set(mode) & set("wax+"))
    return writes or (isinstance(flags, int) and bool(flags & 0o3))


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    for watcher in _watchers:
        watcher(event, arguments)


sys.addaudithook(_audit)  # a hook cannot be removed: it only listens while there are watchers
