"""Sealed texts: the broker's clients and browsers hold its state, so that it stores nothing."""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class BrokenSealError(ValueError):
    """Not ours, changed, for another purpose, or expired."""


class Seal:
    """Seals small JSON objects for one purpose and a limited time."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, purpose: str, content: Mapping[str, Any], *, until: float) -> str:
        nonce = secrets.token_bytes(_NONCE)
        plain = json.dumps({**content, "until": until}).encode()
        sealed = nonce + self._cipher.encrypt(nonce, plain, purpose.encode())
        return urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, purpose: str, sealed: str, *, now: float) -> dict[str, Any]:
        """Open a sealed text. Raises BrokenSealError."""
        try:
            raw = urlsafe_b64decode(sealed.encode("ascii") + b"==")
            plain = self._cipher.decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
        except (ValueError, InvalidTag):
            raise BrokenSealError from None
        content: dict[str, Any] = json.loads(plain)
        if content.pop("until") < now:
            raise BrokenSealError
        return content
