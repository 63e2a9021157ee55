from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from django.test import override_settings

from kanssa.identification import registry
from kanssa.identification.configuration import Misconfigured
from kanssa.identification.production import faults_for_production
from kanssa.identification.refusals import UnknownMethod

KINDS = {"paper": f"{__name__}.load_paper"}


class Paper:
    """A kind of method that came later."""

    def __init__(self, key: str, table: Mapping[str, object], folder: Path) -> None:
        self.key, self.table, self.folder = key, table, folder


load_paper = Paper
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        file = tmp_path / "identification.toml"
        file.write_text(text, "utf-8")
        return file

    return write


def test_the_methods_stand_in_the_files_order(written: Written) -> None:
    file = written('[methods.zebra]\nkind = "paper"\nink = "blue"\n[methods.ant-2]\nkind = "paper"\n')

    with override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS):
        found = registry.methods()

    zebra = found["zebra"]
    assert list(found) == ["zebra", "ant-2"]
    assert isinstance(zebra, Paper)
    assert zebra.table == {"ink": "blue"}
    assert zebra.folder == file.parent


def test_the_methods_are_loaded_once(written: Written) -> None:
    file = written('[methods.a]\nkind = "paper"\nrehearsal = true\nsandbox = true\n')

    with override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS):
        first, second = registry.method("a"), registry.method("a")

    assert first is second


def test_an_unknown_method_is_refused(written: Written) -> None:
    file = written('[methods.a]\nkind = "paper"\n')

    with (
        override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS),
        pytest.raises(UnknownMethod),
    ):
        registry.method("b")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "has no methods"),
        ("methods = 1", "has no methods"),
        ("[methods]", "has no methods"),
        ('[methods.a]\nkind = "paper"\n[other]\n', "has no methods"),
        ("[methods.a", "is no TOML"),
        ("[methods.A]", "methods.A: is no method"),
        ("[methods]\na = 1", "methods.a: is no method"),
        ("[methods.a]\n", "methods.a.kind: must be one of paper"),
        ('[methods.a]\nkind = "smoke"\n', "methods.a.kind: must be one of paper"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(written: Written, text: str, told: str) -> None:
    file = written(text)

    with (
        override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS),
        pytest.raises(Misconfigured) as fault,
    ):
        registry.methods()

    assert told in str(fault.value)


PRODUCTION = """
[methods.bank]
kind = "oidc"
issuer = "https://isb.bank.fi"
token_endpoint = "https://isb.bank.fi/token"
claims = { hetu = "http://schemas.example/hetu" }
[methods.bank.accepted_assurance]
"http://ftn.ficora.fi/2017/loa2" = "substantial"
"""


def test_production_has_nothing_against_a_production_file(written: Written) -> None:
    assert faults_for_production(written(PRODUCTION)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("https://isb.bank.fi/token", "http://isb.bank.fi/token", "token_endpoint: is no https"),
        ("https://isb.bank.fi/token", "https://isb-test.bank.fi/token", "isb-test.bank.fi is no"),
        ("https://isb.bank.fi/token", "https://SANDBOX.bank.fi/", "sandbox.bank.fi is no production"),
        ("https://isb.bank.fi/token", "https://localhost/token", "localhost is no production"),
        ("https://isb.bank.fi/token", "https://127.0.0.1/token", "127.0.0.1 is no production"),
        ("https://isb.bank.fi/token", "https://[::1]/token", "::1 is no production"),
        ("2017/loa2", "2017/loatest2", "loatest2 is a test level"),
        ('kind = "oidc"', 'kind = "oidc"\nrehearsal = true', "bank.rehearsal: is the rehearsal broker"),
        ('kind = "oidc"', 'kind = "oidc"\nsandbox = true', "bank.sandbox: is a broker's sandbox"),
        ('kind = "oidc"', 'kind = "oidc"\nallow_http = true', "bank.allow_http: allows"),
        ('kind = "oidc"', 'kind = "oidc"\nallow_test_codes = true', "bank.allow_test_codes: lets"),
    ],
)
def test_production_names_what_must_not_be_there(written: Written, old: str, new: str, told: str) -> None:
    [fault] = faults_for_production(written(PRODUCTION.replace(old, new)))

    assert told in fault


def test_production_says_when_the_file_is_missing(tmp_path: Path) -> None:
    [fault] = faults_for_production(tmp_path / "none.toml")

    assert "cannot be read" in fault
