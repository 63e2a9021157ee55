"""The table of a SAML provider in the identification file: every mistake is named."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kanssa.identification.configuration.section import Misconfigured, Section
from kanssa.identification.methods import saml
from kanssa.identification.methods.saml import Party, SamlMethod, read_party
from kanssa.identification.methods.saml.parties import Provider
from tests.identification.saml.scripted_provider import NOW, honest_party, pair

GOOD = """
label = { fi = "Suomi.fi", sv = "Suomi.fi", en = "Suomi.fi" }
entity_id = "https://kanssa.example/saml"
signing = { key = { file = "our.key" }, certificate = { file = "our.crt" } }
decryption = [{ key = { file = "our.key" }, certificate = { file = "our.crt" } }]

[accepted_assurance]
"http://ftn.ficora.fi/2017/loa2" = "substantial"

[provider]
entity_id = "https://idp.example/idp1"
login_address = "https://idp.example/login"
logout_address = "https://idp.example/logout"
certificates = [{ file = "idp.crt" }]
"""

Table = dict[str, Any]
Read = Callable[[Table], Party]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saml")
    for file, name in (("our", "our-signing"), ("idp", "idp"), ("other", "other")):
        held = pair(name)
        pem = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / f"{file}.key").write_bytes(pem)
        (folder / f"{file}.crt").write_bytes(held.certificate.public_bytes(Encoding.PEM))
    curve = generate_private_key(SECP256R1())
    pem = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "ec.key").write_bytes(pem)
    (folder / "nonsense.pem").write_text("nonsense")
    return folder


@pytest.fixture
def good() -> Table:
    return tomllib.loads(GOOD)


@pytest.fixture
def read(folder: Path) -> Read:
    return lambda table: read_party("suomifi", Section("methods.suomifi", table, folder))


def test_a_complete_table_makes_a_method(good: Table, folder: Path) -> None:
    method = saml.load("suomifi", good, folder)

    assert (method.key, method.label("fi"), method.supports_logout) == ("suomifi", "Suomi.fi", True)


def test_defaults_are_strict(good: Table, read: Read) -> None:
    party = read(good)

    assert not party.allow_test_codes
    assert not party.allow_http
    assert party.provider.algorithms == ("rsa-sha256",)
    assert party.request_binding == "redirect"
    assert party.clock_skew == 30
    assert party.attributes.hetu == "urn:oid:1.2.246.21"


def test_a_key_can_come_from_the_environment(good: Table, read: Read, folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("KANSSA_TEST_KEY", (folder / "our.key").read_text())
    good["signing"]["key"] = {"environment": "KANSSA_TEST_KEY"}

    assert read(good).signing.key.key_size == 2048


def test_the_attributes_can_have_other_names(good: Table, read: Read) -> None:
    good["attributes"] = {"hetu": "personal_id"}

    assert read(good).attributes.hetu == "personal_id"


WITHOUT = [*tomllib.loads(GOOD), "provider.entity_id", "provider.login_address", "signing.key"]


@pytest.mark.parametrize("setting", WITHOUT)
def test_a_missing_setting_is_named(good: Table, read: Read, setting: str) -> None:
    table, _dot, name = setting.rpartition(".")
    del (good[table] if table else good)[name]

    with pytest.raises(Misconfigured, match=rf"methods\.suomifi\.{setting}: is (missing|empty)\. \w+"):
        read(good)


WRONG: list[tuple[str, object, str]] = [
    ("entityid", "x", "entityid: is no setting"),
    ("label", {"fi": "x"}, "label: must have the members fi, sv and en"),
    ("request_binding", "soap", "request_binding: is one of redirect, post"),
    ("decryption", [], "decryption: is empty"),
    ("clock_skew", 121, "clock_skew: must be a whole number"),
    ("provider.login_address", "http://idp.example/", "login_address: must start with https"),
    ("provider.login_address", "https:///x", "login_address: must name a host"),
    ("provider.login_address", "https://a@b/", "login_address: must name a host, and no user"),
    ("provider.login_address", "https://[", "login_address: is no address"),
    ("provider.logout_address", "ftp://idp.example/", "logout_address: must start with https"),
    ("provider.certificates", [], "certificates: is empty"),
    ("provider.certificates", [{"file": "nonsense.pem"}], "holds no certificate"),
    ("provider.certificates", [{"file": "none.pem"}], "cannot be read"),
    ("provider.signature_algorithms", ["rsa-sha1"], "rsa-sha1 is not among"),
    ("ciphers", ["aes128-cbc", "3des"], "3des is not among"),
    ("signing.key", {"file": "nonsense.pem"}, "holds no private key"),
    ("signing.key", {"file": "ec.key"}, "is no RSA key of 2048 bits"),
    ("signing.certificate", {"file": "other.crt"}, "certificate: is for another key"),
    ("accepted_assurance", {"loa2": "low"}, "is one of substantial, high"),
    ("attributes", {"shoe": "x"}, "shoe: is no setting"),
    ("description", {"name": {"fi": "x"}}, "name: must have the members"),
]


@pytest.mark.parametrize(("setting", "value", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_a_wrong_setting_is_named_with_its_cure(
    good: Table, read: Read, setting: str, value: object, says: str
) -> None:
    table, _dot, name = setting.rpartition(".")
    (good[table] if table else good)[name] = value

    with pytest.raises(Misconfigured, match=r"methods\.suomifi\.") as wrong:
        read(good)

    assert says in str(wrong.value)


def test_upcoming_expiries_are_reported_with_their_cure() -> None:
    party = replace(
        honest_party(), provider=Provider("idp", "http://127.0.0.1:9/", (pair("idp").certificate,))
    )
    found = SamlMethod(party).examine(now=NOW + timedelta(days=355))

    soon = {finding.summary: finding.cure for finding in found if finding.level == "soon"}
    assert "suomifi: pinned certificate 1 of 1 lives for 10 days more." in soon
    assert "suomifi: our decryption certificate lives for 10 days more." in soon
