"""Keys are read and imported when the service starts, not at a person's log-in."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.methods import oidc
from kanssa.identification.methods.oidc import own_keys
from tests.identification.oidc.scripted_broker import ATTEMPT, HETU, NOW, RETURN_URL, Script, rsa_key

IMPORTS: list[tuple[Any, str]] = [
    (RSAKey, "import_key"),
    (ECKey, "import_key"),
    (serialization, "load_pem_private_key"),
    (serialization, "load_pem_public_key"),
    (own_keys, "load_pem_private_key"),
]
OPENED: list[str] = []
sys.addaudithook(lambda event, args: OPENED.append(str(args[0])) if event == "open" else None)


def forbidden(what: str) -> Callable[..., object]:
    def imported(*_: object, **__: object) -> object:
        pytest.fail(f"{what} was called at a log-in")

    return imported


def test_no_key_is_read_or_imported_after_the_first_log_in(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "decrypt.pem").write_bytes(rsa_key("our-rsa").as_pem(private=True))
    (tmp_path / "sign.pem").write_bytes(rsa_key("our-sig").as_pem(private=True))
    base = script.broker.issuer
    method = oidc.load(
        "bank",
        {
            "label": {"fi": "Pankki", "sv": "Bank", "en": "Bank"},
            "issuer": base,
            "client_id": script.broker.client_id,
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "jwks_endpoint": f"{base}/jwks",
            "request_mode": "request_object",
            "scopes": ["openid"],
            "signing_key": {"file": "sign.pem", "algorithm": "RS256"},
            "id_token_signing_algorithm": "RS256",
            "id_token_encryption_algorithm": "RSA-OAEP",
            "id_token_encryption_encoding": "A128CBC-HS256",
            "decryption_keys": [{"file": "decrypt.pem", "kid": "our-rsa"}],
            "accepted_assurance": dict(script.broker.assurances),
            "allow_test_codes": True,
            "allow_http": True,
        },
        tmp_path,
    )
    assert [name for name in OPENED if name.endswith("decrypt.pem")]  # proves that the hook sees opened files
    script.finish(method)
    for holder, name in IMPORTS:
        monkeypatch.setattr(holder, name, forbidden(name))
    OPENED.clear()

    for _ in range(20):
        method.begin(attempt=ATTEMPT, return_url=RETURN_URL, language="fi", force=True, now=NOW)
        identity = script.finish(method)

    assert identity.hetu is not None
    assert identity.hetu.code == HETU
    assert not [name for name in OPENED if name.endswith((".pem", ".json"))]
    assert [path for path, _ in script.seen].count("/jwks") == 1
