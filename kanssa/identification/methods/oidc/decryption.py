"""Decrypt a token (RFC 7516, compact) with the one agreed pair of algorithms.

The primitives come from libraries, but the steps between them are here: a general JWE reader imports the
sender's ephemeral key and parses the header again for each token, at several times the cost of the
cryptography itself.
"""

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry

from kanssa.identification.methods.oidc.broker import Encryption
from kanssa.identification.methods.oidc.compact_token import decoded

Header = Mapping[str, object]

_OAEP = {
    "RSA-OAEP": padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),  # noqa: S303 - RFC 7518, 4.3
    "RSA-OAEP-256": padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
}
_WRAPPING_BITS = {"ECDH-ES+A128KW": 128, "ECDH-ES+A256KW": 256}
_IV_BYTES = {"A128CBC-HS256": 16, "A256CBC-HS512": 16, "A128GCM": 12, "A256GCM": 12}


class DecryptionFailed(Exception):
    """The token was not made for this key and these algorithms; the text reveals nothing of it."""


class Decrypter:
    """Decrypts one broker's tokens. The caller has compared the header with the agreed pair."""

    def __init__(self, encryption: Encryption) -> None:
        pair = [encryption.algorithm, encryption.encoding]
        self._algorithm, self._encoding = pair
        self._content = JWERegistry(algorithms=pair).get_enc(encryption.encoding)
        self._curves = [key.get("crv") for key in encryption.keys.values()]
        self._privates = {kid: key.private_key for kid, key in encryption.keys.items()}

    def knows_sender(self, header: Header) -> bool:
        if not self._algorithm.startswith("ECDH-ES"):
            return True
        sent = header.get("epk")
        if not isinstance(sent, dict) or sent.keys() != {"kty", "crv", "x", "y"}:
            return False
        return sent["kty"] == "EC" and sent["crv"] in self._curves

    def open(self, raw: bytes, header: Header, kid: str) -> bytes:
        """Return the plaintext for our key with that `kid`. Raises DecryptionFailed."""
        head, *parts = raw.split(b".")
        try:
            wrapped, iv, text, tag = map(decoded, parts)
            content_key = self._content_key(wrapped, header, self._privates[kid])
            # The libraries accept other lengths, which weaken the cipher.
            _require_length(iv, _IV_BYTES[self._encoding])
            _require_length(content_key, self._content.cek_size // 8)
            if self._encoding.endswith("GCM"):
                _require_length(tag, 16)
                return AESGCM(content_key).decrypt(iv, text + tag, head)
            return self._content.decrypt(text, tag, content_key, iv, head)
        except (ValueError, InvalidTag, InvalidUnwrap, JoseError):
            # One answer for every fault: the kind would help to guess the plain text.
            raise DecryptionFailed from None

    def _content_key(self, wrapped: bytes, header: Header, private: Any) -> bytes:
        if self._algorithm in _OAEP:
            key: bytes = private.decrypt(wrapped, _OAEP[self._algorithm])
            return key
        agreed = self._agreed_key(header, private)
        if self._algorithm in _WRAPPING_BITS:
            return aes_key_unwrap(agreed, wrapped)
        _require_length(wrapped, 0)
        return agreed

    def _agreed_key(self, header: Header, private: ec.EllipticCurvePrivateKey) -> bytes:
        # Derive the key from the sender's ephemeral key (RFC 7518, 4.6).
        shared = private.exchange(ec.ECDH(), _sender(header["epk"], private.curve))
        bits = _WRAPPING_BITS.get(self._algorithm)
        named = self._encoding if bits is None else self._algorithm
        bits = bits or self._content.cek_size
        info = _counted(named.encode()) + _party(header, "apu") + _party(header, "apv") + bits.to_bytes(4)
        return ConcatKDFHash(hashes.SHA256(), bits // 8, info).derive(shared)


def _sender(epk: object, curve: ec.EllipticCurve) -> ec.EllipticCurvePublicKey:
    """Import the ephemeral key. Raises ValueError for a point that is not on our key's curve."""
    if not isinstance(epk, dict):
        raise DecryptionFailed
    point = b"\4" + _bytes_of(epk.get("x")) + _bytes_of(epk.get("y"))
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)


def _party(header: Header, name: str) -> bytes:
    return _counted(_bytes_of(header[name]) if name in header else b"")


def _bytes_of(text: object) -> bytes:
    if not isinstance(text, str):
        raise DecryptionFailed
    return decoded(text.encode())


def _counted(part: bytes) -> bytes:
    # Prefix the length, as the key derivation requires.
    return len(part).to_bytes(4) + part


def _require_length(part: bytes, length: int) -> None:
    if len(part) != length:
        raise DecryptionFailed
