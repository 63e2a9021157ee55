"""The broker's keys and clients, created once in a folder, and Kanssa's configuration for them."""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey, RSAKey

PrivateKey = RSAKey | ECKey

_CLIENTS = "clients.json"
_SEAL = "seal.key"
_WEAKEST, _SUBSTANTIAL = "urn:kanssa:rehearsal:weak", "http://ftn.ficora.fi/2017/loatest2"


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """One way to identify, as Kanssa sees it: a client with its own algorithms."""

    key: str
    labels: Mapping[str, str]
    request_mode: str
    signing: str
    encryption: str
    encoding: str
    is_for_staff: bool = False

    @property
    def path(self) -> str:
        return f"/staff-return/{self.key}/" if self.is_for_staff else f"/return/{self.key}/"


CLIENT_PROFILES = (
    ClientProfile(
        key="bank",
        labels={
            "fi": "Kirjaudu sisään pankkitunnuksilla",
            "sv": "Logga in med nätbankskoder",
            "en": "Log in with online banking credentials",
        },
        request_mode="request_object",
        signing="RS256",
        encryption="RSA-OAEP",
        encoding="A128CBC-HS256",
    ),
    ClientProfile(
        key="mobile",
        labels={"fi": "Mobiilivarmenne", "sv": "Mobilcertifikat", "en": "Mobile certificate"},
        request_mode="pushed",
        signing="ES256",
        encryption="ECDH-ES",
        encoding="A256GCM",
    ),
    ClientProfile(
        key="city",
        labels={
            "fi": "Kaupungin kertakirjautuminen",
            "sv": "Stadens samlade inloggning",
            "en": "The city’s single sign-on",
        },
        request_mode="query",
        signing="RS256",
        encryption="RSA-OAEP",
        encoding="A256GCM",
        # A client of its own: staff claims never reach the applicants' methods.
        is_for_staff=True,
    ),
)

_ROLES = """
[staff.city.roles]
claim = "groups"
[staff.city.roles.values]
"asuntohaku-palvelu" = "clerk"
"asuntohaku-esimies" = "supervisor"
"asuntohaku-ylläpito" = "operator"
"""


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the broker: its keys, and the algorithms of its tokens."""

    id: str
    redirect_uri: str
    signing_key: PrivateKey | ECKey
    encryption_key: PrivateKey
    signing: str
    encryption: str
    encoding: str
    is_for_staff: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything the broker needs at its start."""

    issuer: str
    clients: Mapping[str, Client]
    keys: Mapping[str, PrivateKey]
    seal: bytes


def register(folder: Path, config: Path, *, port: int, base_url: str) -> None:
    """Write the files of the broker and of Kanssa; existing keys stay."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Another host name than the service's, so that the browser sees two sites.
    issuer = f"http://localhost:{port}"
    clients = [_registered(profile, folder, base_url) for profile in CLIENT_PROFILES]
    for signing in ("RS256", "ES256"):
        _key(folder / f"broker-{signing}.pem", signing)
    _secret(folder / _SEAL)
    _write(folder / _CLIENTS, json.dumps({"issuer": issuer, "clients": clients}, indent=1))
    tables = [_table(profile, issuer, os.path.relpath(folder, config.parent)) for profile in CLIENT_PROFILES]
    _write(config, "\n".join(["# Written by `python -m rehearsal.broker --write-config`.", *tables]))


def read_registration(folder: Path) -> Registration:
    found = json.loads((folder / _CLIENTS).read_text("utf-8"))
    keys = {signing: _key(folder / f"broker-{signing}.pem", signing) for signing in ("RS256", "ES256")}
    return Registration(
        issuer=found["issuer"],
        clients={client["id"]: _client(client) for client in found["clients"]},
        keys=keys,
        seal=_secret(folder / _SEAL),
    )


def _registered(profile: ClientProfile, folder: Path, base_url: str) -> dict[str, Any]:
    signing = _key(folder / f"{profile.key}-signing.pem", "ES256")
    decryption = _key(folder / f"{profile.key}-decryption.pem", profile.encryption)
    return {
        "id": f"kanssa-{profile.key}",
        "redirect_uri": f"{base_url}{profile.path}",
        "signing_key": signing.as_dict(private=False),
        "encryption_key": decryption.as_dict(private=False),
        "signing": profile.signing,
        "encryption": profile.encryption,
        "encoding": profile.encoding,
        "is_for_staff": profile.is_for_staff,
    }


def _client(found: Mapping[str, Any]) -> Client:
    kind = RSAKey if found["encryption"].startswith("RSA") else ECKey
    keys = {
        "signing_key": ECKey.import_key(found["signing_key"]),
        "encryption_key": kind.import_key(found["encryption_key"]),
    }
    return Client(**{**found, **keys})


def _table(profile: ClientProfile, issuer: str, folder: str) -> str:
    part = "staff" if profile.is_for_staff else "methods"
    labels = ", ".join(f"{language} = {_quoted(label)}" for language, label in profile.labels.items())
    return f"""
[{part}.{profile.key}]
kind = "oidc"
rehearsal = true
label = {{ {labels} }}
issuer = "{issuer}"
client_id = "kanssa-{profile.key}"
authorization_endpoint = "{issuer}/authorize"
token_endpoint = "{issuer}/token"
jwks_endpoint = "{issuer}/jwks"
{_pushed_endpoint(profile, issuer)}request_mode = "{profile.request_mode}"
scopes = ["openid", "{"profile" if profile.is_for_staff else "ftn_hetu"}"]
signing_key = {{ file = {_quoted(f"{folder}/{profile.key}-signing.pem")}, algorithm = "ES256" }}
id_token_signing_algorithm = "{profile.signing}"
id_token_encryption_algorithm = "{profile.encryption}"
id_token_encryption_encoding = "{profile.encoding}"
decryption_keys = [{{ file = {_quoted(f"{folder}/{profile.key}-decryption.pem")} }}]
response_issuer_required = true
allow_test_codes = true
allow_http = true

[{part}.{profile.key}.accepted_assurance]
"{_SUBSTANTIAL}" = "substantial"
{_ROLES if profile.is_for_staff else ""}"""


def _pushed_endpoint(profile: ClientProfile, issuer: str) -> str:
    if not profile.request_mode.startswith("pushed"):
        return ""
    return f'pushed_authorization_request_endpoint = "{issuer}/par"\n'


def acr(*, weak: bool) -> str:
    return _WEAKEST if weak else _SUBSTANTIAL


def _key(file: Path, algorithm: str) -> PrivateKey:
    kind = RSAKey if algorithm.startswith("R") else ECKey
    if not file.exists():
        _write(file, kind.generate_key().as_pem(private=True).decode())
    key = kind.import_key(file.read_bytes())
    key.ensure_kid()
    return key


def _secret(file: Path) -> bytes:
    if not file.exists():
        _write(file, secrets.token_hex(32))
    return bytes.fromhex(file.read_text())


def _write(file: Path, text: str) -> None:
    # Write atomically, readable by the owner only.
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(text)
    unfinished.rename(file)


def _quoted(text: str) -> str:
    # Quote for TOML, whose escapes are the same as JSON's.
    return json.dumps(text, ensure_ascii=False)
