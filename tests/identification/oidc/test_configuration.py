import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.configuration.section import Misconfigured, Section
from kanssa.identification.methods import oidc
from kanssa.identification.methods.oidc import Broker, read_broker
from kanssa.identification.protocol import IdentificationMethod
from tests.identification.oidc.scripted_broker import NOW, ec_key, rsa_key

GOOD = """
label = { fi = "Pankki", sv = "Bank", en = "Bank" }
issuer = "https://broker.example"
client_id = "kanssa"
authorization_endpoint = "https://broker.example/authorize"
token_endpoint = "https://broker.example/token"
jwks_endpoint = "https://broker.example/jwks"
request_mode = "request_object"
scopes = ["openid", "ftn_hetu"]
signing_key = { file = "ec.pem", algorithm = "ES256" }
id_token_signing_algorithm = "RS256"
id_token_encryption_algorithm = "RSA-OAEP"
id_token_encryption_encoding = "A128CBC-HS256"
decryption_keys = [{ file = "rsa.pem" }]

[accepted_assurance]
"http://ftn.ficora.fi/2017/loa2" = "substantial"
"http://ftn.ficora.fi/2017/loa3" = "high"
"""

Table = dict[str, Any]
Read = Callable[[Table], Broker]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    keys: dict[str, RSAKey | ECKey] = {
        "rsa": rsa_key("our-rsa"),
        "ec": ec_key("our-ec"),
        "ec-384": ec_key("our-ec-384", "P-384"),
        "rsa-new": rsa_key("our-new"),
    }
    for name, key in keys.items():
        (folder / f"{name}.pem").write_bytes(key.as_pem(private=True))
    (folder / "public.pem").write_bytes(rsa_key("our-rsa").as_pem(private=False))
    (folder / "nonsense.pem").write_text("nonsense")
    return folder


@pytest.fixture
def good() -> Table:
    return tomllib.loads(GOOD)


@pytest.fixture
def read(folder: Path) -> Read:
    return lambda table: read_broker("bank", Section("methods.bank", table, folder), now=NOW)


def test_a_complete_table_makes_a_method(good: Table, folder: Path) -> None:
    method: IdentificationMethod = oidc.load("bank", good, folder)

    assert method.key == "bank"
    assert method.label("fi") == "Pankki"


def test_defaults_are_strict(good: Table, read: Read) -> None:
    broker = read(good)

    assert not broker.allow_test_codes
    assert not broker.allow_http
    assert broker.max_age == 0
    assert broker.clock_skew == 30
    assert broker.timeouts.idle == 15
    assert broker.assertion_audience == broker.endpoints.token
    assert broker.claims.hetu == "urn:oid:1.2.246.21"


def test_keys_can_come_from_the_environment(good: Table, read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANSSA_TEST_KEY", ec_key("our-ec").as_pem(private=True).decode())
    good["signing_key"] = {"environment": "KANSSA_TEST_KEY", "algorithm": "ES256", "kid": "named"}

    broker = read(good)

    assert isinstance(broker.signing_key.key, ECKey)
    assert broker.signing_key.key.kid == "named"


def test_several_decryption_keys_are_accepted_in_a_rotation(good: Table, read: Read) -> None:
    good["decryption_keys"] = [{"file": "rsa-new.pem", "kid": "new"}, {"file": "rsa.pem"}]

    broker = read(good)

    assert broker.encryption is not None
    first, second = broker.encryption.keys
    assert first == "new"
    assert second == RSAKey.import_key(rsa_key("our-rsa").as_pem()).thumbprint()


def test_the_claims_can_have_other_names(good: Table, read: Read) -> None:
    good["claims"] = {"hetu": "personal_id"}

    claims = read(good).claims

    assert (claims.hetu, claims.last_name) == ("personal_id", "urn:oid:2.5.4.4")


def test_a_local_address_is_accepted_where_http_is_allowed(good: Table, read: Read) -> None:
    good |= {"allow_http": True, "token_endpoint": "http://localhost:8001/token"}

    assert read(good).endpoints.token == "http://localhost:8001/token"


def test_a_broker_of_the_trust_network_is_read_completely(good: Table, read: Read) -> None:
    names = {"fi": "Asuntohakemus", "sv": "Bostadsansökan", "en": "Housing application"}
    good |= {
        "needs": "mobile",
        "ftn_spname": names,
        "ftn_idp_id": "fi-op",
        "force_by": ["max_age"],
        "forced_acr_values": "urn:afresh",
        "extra_parameters": {"ftn_sp_name": "Asuntohakemus"},
        "entity": {
            "identifier": "https://kanssa.example/entity/bank/",
            "organization": "Kaupunki",
            "signing_key": {"file": "rsa.pem", "algorithm": "RS256"},
        },
        "broker_entity": {
            "identifier": "https://broker.example/entity",
            "algorithm": "RS256",
            "keys": [{"file": "public.pem"}],
        },
    }

    broker = read(good)

    assert (broker.needs, broker.idp, broker.force_by) == ("mobile", "fi-op", ("max_age",))
    assert broker.service_name == names
    assert broker.forced_acr_values == "urn:afresh"
    assert broker.extra_parameters == {"ftn_sp_name": "Asuntohakemus"}
    assert broker.entity is not None
    assert broker.entity.identifier == "https://kanssa.example/entity/bank"
    assert broker.broker_entity is not None
    assert broker.broker_entity.identifier != broker.issuer
    assert [key["use"] for key in broker.published_keys] == ["sig", "enc"]


def test_a_broker_without_sessions_needs_no_forcing(good: Table, read: Read) -> None:
    good["force_by"] = []

    assert read(good).force_by == ()


def test_defaults_of_the_trust_networks_settings_are_plain(good: Table, read: Read) -> None:
    broker = read(good)

    assert (broker.needs, broker.idp, broker.service_name) == ("any", "", {})
    assert broker.force_by == ("prompt", "max_age")
    assert broker.entity is None
    assert broker.broker_entity is None


@pytest.mark.parametrize(("state", "expected"), [("waiting", 1), ("published", 2), ("retired", 1)])
def test_a_key_of_the_environment_states_whether_it_is_published(
    good: Table, read: Read, state: str, expected: int
) -> None:
    good["decryption_keys"] = [
        {"file": "rsa.pem", "state": "published"},
        {"file": "rsa-new.pem", "state": state},
    ]

    broker = read(good)

    assert broker.encryption is not None
    assert len(broker.encryption.keys) == 2
    assert [key["use"] for key in broker.published_keys].count("enc") == expected


WITHOUT = list(tomllib.loads(GOOD))


@pytest.mark.parametrize("setting", WITHOUT)
def test_a_missing_setting_is_named(good: Table, read: Read, setting: str) -> None:
    del good[setting]

    with pytest.raises(Misconfigured, match=rf"methods\.bank\.{setting}: is missing\. \w+"):
        read(good)


WRONG: list[tuple[str, object, str]] = [
    ("isuer", "x", "isuer: is no setting. Correct its name"),
    ("issuer", "", "issuer: must be a text"),
    ("issuer", 7, "issuer: must be a text"),
    ("label", {"fi": "x", "sv": "y"}, "label: must have the members fi, sv and en"),
    ("label", "Pankki", "label: must be a table of texts"),
    ("token_endpoint", "http://broker.example/token", "token_endpoint: must start with https"),
    ("token_endpoint", "http://localhost:1/token", "token_endpoint: must start with https"),
    ("token_endpoint", "broker.example/token", "token_endpoint: must start with https"),
    ("token_endpoint", "https:///token", "token_endpoint: must name a host"),
    ("token_endpoint", "https://a:b@broker.example/", "token_endpoint: must name a host, and no user"),
    ("jwks_endpoint", "https://broker.example/#keys", "jwks_endpoint: must name a host"),
    ("jwks_endpoint", "https://broker.example:port/", "jwks_endpoint: is no address"),
    ("jwks_endpoint", "https://broker..example/", "jwks_endpoint: is no address"),
    ("jwks_endpoint", f"https://{'b' * 64}.example/", "jwks_endpoint: is no address"),
    ("jwks_endpoint", "https://broker.example /", "jwks_endpoint: is no address"),
    ("jwks_endpoint", "https://broker.example/ keys", "jwks_endpoint: is no address"),
    ("jwks_endpoint", "https://brökö.example/", "jwks_endpoint: is no address"),
    ("request_mode", "fragment", "request_mode: is one of query, request_object"),
    ("request_mode", "pushed", "pushed_authorization_request_endpoint: is missing"),
    ("scopes", ["profile"], 'scopes: must hold "openid"'),
    ("scopes", "openid", "scopes: must be a list"),
    ("id_token_signing_algorithm", "HS256", "id_token_signing_algorithm: is one of"),
    ("id_token_signing_algorithm", "none", "id_token_signing_algorithm: is one of"),
    ("id_token_encryption_algorithm", "RSA1_5", "id_token_encryption_algorithm: is one of"),
    ("id_token_encryption_algorithm", "dir", "id_token_encryption_algorithm: is one of"),
    ("id_token_encryption_algorithm", "ECDH-ES", "decryption_keys[0].file: is no key for ECDH-ES"),
    ("decryption_keys", [], "decryption_keys: is empty"),
    ("decryption_keys", "rsa.pem", "decryption_keys: must be a list of tables"),
    ("decryption_keys", [{"file": "none.pem"}], "decryption_keys[0].file: cannot be read"),
    ("decryption_keys", [{"file": "public.pem"}], "decryption_keys[0].file: holds no private key"),
    ("decryption_keys", [{"file": "nonsense.pem"}], "decryption_keys[0].file: holds no private key"),
    ("decryption_keys", [{}], "decryption_keys[0]: needs either `file` or `environment`"),
    ("decryption_keys", [{"environment": "KANSSA_NOT_SET"}], "the variable KANSSA_NOT_SET is not set"),
    ("signing_key", {"file": "rsa.pem", "algorithm": "ES256"}, "signing_key.file: is no key for ES256"),
    ("signing_key", {"file": "ec-384.pem", "algorithm": "ES256"}, "signing_key.file: is no key for ES256"),
    ("signing_key", {"file": "ec.pem", "algorithm": "HS256"}, "signing_key.algorithm: is one of"),
    ("signing_key", {"file": "ec.pem"}, "signing_key.algorithm: is missing"),
    ("accepted_assurance", {"loa2": "great"}, "accepted_assurance.loa2: is one of substantial, high"),
    ("accepted_assurance", {}, "accepted_assurance: must be a table of texts"),
    ("allow_test_codes", "no", "allow_test_codes: must be true or false"),
    ("clock_skew", 3600, "clock_skew: must be a whole number from 0 to 120"),
    ("idle_seconds", 300, "idle_seconds: must be a whole number from 0 to 240"),
    ("max_age", True, "max_age: must be a whole number"),
    ("claims", {"surname": "x"}, "claims.surname: is no setting"),
    ("needs", "luck", "needs: is one of bank, mobile, card, any"),
    ("ftn_spname", {"fi": "x"}, "ftn_spname: must have the members fi, sv and en"),
    ("ftn_idp_id", "", "ftn_idp_id: must be a text"),
    ("force_by", "prompt", "force_by: is a list of prompt, max_age"),
    ("force_by", ["hope"], "force_by: is a list of prompt, max_age"),
    ("force_by", [["prompt"]], "force_by: is a list of prompt, max_age"),
    ("extra_parameters", {"state": "x"}, "extra_parameters: must not hold state"),
    ("extra_parameters", {"ftn_spname": "x"}, "extra_parameters: must not hold ftn_spname"),
    ("decryption_keys", [{"file": "rsa.pem", "state": "lost"}], "state: is one of waiting, published"),
    ("key_folder", "none", "signing_algorithm: is missing"),
    ("entity", {"identifier": "http://kanssa.example"}, "entity.identifier: must start with https"),
    ("entity", {"identifier": "https://kanssa.example"}, "entity.organization: is missing"),
    ("broker_entity", {"algorithm": "RS256"}, "broker_entity.keys: is empty"),
    (
        "broker_entity",
        {"algorithm": "RS256", "keys": [{"file": "rsa.pem"}]},
        "broker_entity.keys[0].file: holds no public key",
    ),
    (
        "broker_entity",
        {"algorithm": "ES256", "keys": [{"file": "public.pem"}]},
        "broker_entity.algorithm: does not fit 1 of the keys",
    ),
    ("assertion_audience", "broker", "assertion_audience: is one of token_endpoint, issuer"),
]


@pytest.mark.parametrize(("setting", "value", "expected"), WRONG, ids=str)
def test_a_wrong_setting_is_named_with_its_cure(
    good: Table, read: Read, setting: str, value: object, expected: str
) -> None:
    good[setting] = value

    with pytest.raises(Misconfigured) as fault:
        read(good)

    assert expected in str(fault.value)
    assert str(fault.value).startswith("methods.bank.")


def test_a_short_key_is_refused(good: Table, read: Read, folder: Path) -> None:
    short = generate_private_key(public_exponent=65537, key_size=1024).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "short.pem").write_bytes(short)
    good["decryption_keys"] = [{"file": "short.pem"}]

    with pytest.raises(Misconfigured, match="is no RSA key of 2048 bits"):
        read(good)
