import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from django.test import override_settings
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification import registry, sign_ons
from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.diagnosis.production_checks import PUBLIC_EXAMPLE_KEYS, production_faults
from kanssa.identification.refusals import UnknownMethod
from tests.identification.oidc.scripted_broker import ec_key, rsa_key

KINDS = {"paper": f"{__name__}.load_paper"}


class Paper:
    """A kind of method added later."""

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


def test_the_methods_are_listed_in_file_order(written: Written) -> None:
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
    ("text", "expected"),
    [
        ("", "has no methods"),
        ("methods = 1", "has no methods"),
        ("[methods]", "has no methods"),
        ('[methods.a]\nkind = "paper"\n[other]\n', "other: is no part of it"),
        ("[methods.a", "is no TOML"),
        ("[methods.A]", "methods.A: is no method"),
        ("[methods]\na = 1", "methods.a: is no method"),
        ("[methods.a]\n", "methods.a.kind: must be one of paper"),
        ('[methods.a]\nkind = "smoke"\n', "methods.a.kind: must be one of paper"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(written: Written, text: str, expected: str) -> None:
    file = written(text)

    with (
        override_settings(IDENTIFICATION_FILE=file, IDENTIFICATION_METHODS=KINDS),
        pytest.raises(Misconfigured) as fault,
    ):
        registry.methods()

    assert expected in str(fault.value)


@pytest.mark.parametrize("part", ["methods", "staff"])
def test_a_broker_may_send_test_codes_only_where_test_codes_are_allowed(written: Written, part: str) -> None:
    methods = '[methods.a]\nkind = "paper"\n'
    odd = f'[{part}.b]\nkind = "paper"\nallow_test_codes = true\n'
    asked = {
        "IDENTIFICATION_METHODS": KINDS,
        "SIGN_ONS": KINDS,
        "IDENTIFICATION_FILE": written(methods + odd),
    }
    load = registry.methods if part == "methods" else sign_ons.sign_ons

    with override_settings(**asked, ALLOW_TEST_HETU=False), pytest.raises(Misconfigured) as fault:
        load()

    assert f"{part}.b.allow_test_codes: is only for where test codes are allowed" in str(fault.value)
    with override_settings(**asked, ALLOW_TEST_HETU=True):
        assert "b" in load()


PRODUCTION = """
[methods.bank]
kind = "oidc"
issuer = "https://isb.bank.fi"
token_endpoint = "https://isb.bank.fi/token"
claims = { hetu = "http://schemas.example/hetu" }
[methods.bank.accepted_assurance]
"http://ftn.ficora.fi/2017/loa2" = "substantial"
"""


def test_production_accepts_a_production_file(written: Written) -> None:
    assert production_faults(written(PRODUCTION)) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("https://isb.bank.fi/token", "http://isb.bank.fi/token", "token_endpoint: is no https"),
        ("https://isb.bank.fi/token", "https://isb-test.bank.fi/token", "isb-test.bank.fi is no"),
        ("https://isb.bank.fi/token", "https://SANDBOX.bank.fi/", "sandbox.bank.fi is no production"),
        ("https://isb.bank.fi/token", "https://tunnistus-pp.bank.fi/token", "tunnistus-pp.bank.fi is no"),
        ("https://isb.bank.fi/token", "https://ident-preprod1.bank.eu/", "ident-preprod1.bank.eu is no"),
        ("https://isb.bank.fi/token", "https://testi.apro.bank.fi/", "testi.apro.bank.fi is no"),
        ("https://isb.bank.fi/token", "https://qa2.bank.fi/", "qa2.bank.fi is no production"),
        ("https://isb.bank.fi/token", "https://broker.example/", "broker.example is no production"),
        ("https://isb.bank.fi/token", "HTTP://isb.bank.fi/", "token_endpoint: is no https"),
        ("https://isb.bank.fi/token", "https://localhost/token", "localhost is no production"),
        ("https://isb.bank.fi/token", "https://127.0.0.1/token", "127.0.0.1 is no production"),
        ("https://isb.bank.fi/token", "https://[::1]/token", "::1 is no production"),
        ("2017/loa2", "2017/loatest2", "loatest2 is a test level"),
        ("2017/loa2", "2017/LOATEST3", "LOATEST3 is a test level"),
        ("http://ftn.ficora.fi/2017/loa2", "urn:kanssa:rehearsal:weak", "weak is a test level"),
        ('kind = "oidc"', 'kind = "oidc"\nclient_id = "saippuakauppias"', "bank.client_id: is a sandbox's"),
        ('kind = "oidc"', 'kind = "oidc"\nrehearsal = true', "bank.rehearsal: is the rehearsal broker"),
        ('kind = "oidc"', 'kind = "oidc"\nsandbox = true', "bank.sandbox: is a broker's sandbox"),
        ('kind = "oidc"', 'kind = "oidc"\nallow_http = true', "bank.allow_http: allows"),
        ('kind = "oidc"', 'kind = "oidc"\nallow_test_codes = true', "bank.allow_test_codes: lets"),
        (
            'kind = "oidc"',
            'kind = "oidc"\nclient_id = ["saippuakauppias"]\nsandbox = true',
            "a broker's sandbox",
        ),
        ("https://isb.bank.fi/token", "https://[isb.bank.fi", "token_endpoint: is no address"),
        ('kind = "oidc"', 'kind = "oidc"\nclient_id = "YOUR-CLIENT-ID"', "client_id: is still the example's"),
        (
            'kind = "oidc"',
            'kind = "oidc"\nentity = { organization = "YOUR CITY" }',
            "entity.organization: is still",
        ),
    ],
)
def test_production_names_what_must_not_be_there(written: Written, old: str, new: str, expected: str) -> None:
    [fault] = production_faults(written(PRODUCTION.replace(old, new)))

    assert expected in fault


def test_production_names_two_methods_that_would_publish_at_one_address(written: Written) -> None:
    entity = '[methods.{}.entity]\nidentifier = "https://asunnot.hel.fi/entity/bank"\n'
    other = PRODUCTION.replace("methods.bank", "methods.other")

    [fault] = production_faults(written(PRODUCTION + entity.format("bank") + other + entity.format("other")))

    assert "methods.other.entity.identifier: is that of bank too" in fault


def test_a_password_locked_key_is_left_to_another_check(written: Written) -> None:
    file = written(PRODUCTION.replace('kind = "oidc"', "kind = 'oidc'\nsigning_key = { file = 'key.pem' }"))
    locked = BestAvailableEncryption(b"password")
    private = rsa_key("locked").private_key
    file.with_name("key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))

    assert production_faults(file) == []


def test_production_says_when_the_file_is_missing(tmp_path: Path) -> None:
    [fault] = production_faults(tmp_path / "none.toml")

    assert "cannot be read" in fault


# The public halves of the keys of OP's public sandbox, as its documentation prints them.
SANDBOX_MODULI = [
    (
        "ymeGHGpfRUdQe0VmPei3ARFBjlpVrK06RpUF3PJATGkNwBoX4j6LIJuacTnmLOiTlj84qy8ggLmoKZqai6JVsGQV-T"
        "hlCcRoujHCkNq8eebLBu0craNd62m-fXDfqrZ5TG7fTg6Da4Miv1rC2_hF5Cs3IukAJwHnbNSOY0Lq93jgV4fAt5Bb"
        "pTttWKU_wBL-Pkei3Yd1pPoS9MmzLk_J8ZdoX72H_NzrXgO1AfoIFptdFMrV13jMZu5Y0NbggqPle1EQa_ErdLhqIO"
        "MfpllslxLPkZ_xq3-3ptogIFVOpnJ7CSLur-F-xUdl94-0kPu3jkGZFICRb9bkg1A1BHKiQw"
    ),
    (
        "xRXWHYRvsFJ6WGSiLSDZ5KgRHglSpTFbZsrZ_P6Sa9ZKeStOhcP0M4FO9ORdc12MsTPlFMIQy-6TiJXvZ8pxwcweFz"
        "aeGVBWtI_72waAHu5SSFnDpJ9SVRYCdCU95ONZAzNMaNNHTPivg5KgYL40yXZqGSCIApAEp7RcE6hm6PYdXLeWf_AT"
        "KNfVh9WMpMg49B5HWI7JPVjN8xVi73wjMKgKcReuX8T17HuF7wS0LZwWr80R8sXCevMKdUhah6YcF654eDsqYCEVrV"
        "AVOpdSMsmwkuoN0mnDmu8ltyCi-_46ibfmgDWFv_FIx-qAx92ADtBFYyhAiWEia4a67J7h6Q"
    ),
]


@pytest.mark.parametrize("modulus", SANDBOX_MODULI)
def test_the_keys_of_the_public_sandbox_are_known(modulus: str) -> None:
    key = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": "AQAB"})

    assert key.thumbprint() in PUBLIC_EXAMPLE_KEYS


@pytest.mark.parametrize("modulus", SANDBOX_MODULI)
def test_production_refuses_the_public_half_of_a_sandboxs_key(written: Written, modulus: str) -> None:
    file = written(f"{PRODUCTION}[[methods.bank.broker_entity.keys]]\nfile = 'entity.pem'\n")
    pem = RSAKey.import_key({"kty": "RSA", "n": modulus, "e": "AQAB"}).as_pem(private=False)
    file.with_name("entity.pem").write_bytes(pem)

    [fault] = production_faults(file)

    assert "bank.broker_entity.keys: is a sandbox's key" in fault


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("signing_key = { file = 'key.pem' }", "bank.signing_key: is a sandbox's key"),
        ("signing_key = { environment = 'SOMEBODYS_KEY' }", "bank.signing_key: is a sandbox's key"),
        ("decryption_keys = [{ file = 'key.pem' }]", "bank.decryption_keys: is a sandbox's key"),
        ("entity = { signing_key = { file = 'key.pem' } }", "bank.entity.signing_key: is a sandbox's key"),
        ("key_folder = 'keys'", "bank.key_folder/key.pem: is a sandbox's key"),
    ],
)
@pytest.mark.parametrize("key", [rsa_key("everybodys"), ec_key("everybodys")])
def test_production_refuses_a_published_private_key(
    written: Written, monkeypatch: pytest.MonkeyPatch, key: RSAKey | ECKey, setting: str, expected: str
) -> None:
    file = written(PRODUCTION.replace('kind = "oidc"', f'kind = "oidc"\n{setting}'))
    pem = key.as_pem(private=True)
    for path in (file.with_name("key.pem"), file.with_name("keys") / "key.pem"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pem)
    entry = {"kid": "x", "use": "sig", "file": "key.pem", "made_at": "2026-01-01T00:00:00+00:00"}
    manifest = [entry | {"published_at": None, "retired_at": None}]
    (file.with_name("keys") / "keys.json").write_text(json.dumps(manifest))
    monkeypatch.setenv("SOMEBODYS_KEY", pem.decode())

    [fault] = production_faults(file, everybodys_keys=frozenset({key.thumbprint()}))

    assert expected in fault
    assert production_faults(file) == []
