"""AES-256-GCM for stored values, HMAC-SHA256 for look-ups."""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_KEY_ID_BYTES = 2
_NONCE_BYTES = 12
_BLOCK = 64


def seal_json(content: Any, *, bound_to: str) -> bytes:
    """Seal JSON-able `content` so that it opens only with the same `bound_to`.

    `bound_to` names the row and the field (`"part:<uuid>"`): a sealed value copied to another row does
    not open. Layout: key id (2 bytes, big-endian), nonce (12), ciphertext with its tag. Spaces pad the
    JSON to blocks of 64 bytes, so that the length does not distinguish `true` from `false`.
    """
    # The first key seals; all keys can open, so keys can be rotated while serving.
    key_id, cipher = next(iter(_ciphers().items()))
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    plain += b" " * (-len(plain) % _BLOCK)
    return key_id.to_bytes(_KEY_ID_BYTES) + nonce + cipher.encrypt(nonce, plain, bound_to.encode())


def open_json(sealed: "bytes | memoryview[int]", *, bound_to: str) -> Any:
    """Open a value sealed for the same `bound_to`.

    Raises KeyError for an unknown key, InvalidTag for tampering or another `bound_to`.
    """
    sealed = bytes(sealed)
    key_id = int.from_bytes(sealed[:_KEY_ID_BYTES])
    nonce = sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES]
    ciphertext = sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
    return json.loads(_ciphers()[key_id].decrypt(nonce, ciphertext, bound_to.encode()))


def fingerprint(value: str, *, of: str) -> bytes:
    """Return the keyed look-up (32 bytes) of `value`; `of` separates kinds (`"hetu"`)."""
    return hmac.digest(_lookup_key(), f"{of}\0{value}".encode(), hashlib.sha256)


@cache
def _ciphers() -> Mapping[int, AESGCM]:
    pairs = (entry.split(":", 1) for entry in settings.VAULT_KEYS)
    return {int(key_id): AESGCM(base64.urlsafe_b64decode(key)) for key_id, key in pairs}


@cache
def _lookup_key() -> bytes:
    return base64.urlsafe_b64decode(settings.LOOKUP_KEY)
