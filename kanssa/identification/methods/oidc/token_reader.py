"""Decrypt an id_token and verify its signature, with pinned algorithms only."""

from collections.abc import Mapping
from datetime import datetime

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from kanssa.identification.methods.oidc.broker import Broker, Encryption, PrivateKey
from kanssa.identification.methods.oidc.compact_token import decoded, read_header
from kanssa.identification.methods.oidc.decryption import Decrypter, DecryptionFailed
from kanssa.identification.methods.oidc.http_client import TimeBudget
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import IdentificationFailed

# Refuse before any expensive processing.
_LARGEST_TOKEN = 16 * 1024
_SIGNED_PARTS, _ENCRYPTED_PARTS = 3, 5


class TokenReader:
    """Turns one broker's id_tokens into their claims; all but the cryptography is cheap."""

    def __init__(self, broker: Broker, keys: BrokerKeys) -> None:
        self._keys = keys
        self._encryption = broker.encryption
        self._algorithm = broker.token_algorithm
        self._signature = JWSRegistry(algorithms=[broker.token_algorithm]).get_alg(broker.token_algorithm)
        if self._encryption is not None:
            self._decrypter = Decrypter(self._encryption)

    def read(self, token: str, time_left: TimeBudget, *, now: datetime) -> dict[str, object]:
        """Verify a token and return its claims. Raises IdentificationFailed, BrokerUnavailable."""
        # Before any decoding, so that a huge token costs nothing.
        if len(token) > _LARGEST_TOKEN:
            raise IdentificationFailed(why="token-size")
        if not token.isascii():
            raise IdentificationFailed(why="token-shape")
        raw = token.encode("ascii")
        if self._encryption is not None:
            raw = self._decrypted(raw, self._encryption)
        return self._verified(raw, time_left, now)

    def _decrypted(self, raw: bytes, encryption: Encryption) -> bytes:
        header = read_header(raw, _ENCRYPTED_PARTS, otherwise="token-not-encrypted")
        pinned = (encryption.algorithm, encryption.encoding)
        # The sender must not choose the algorithms.
        if (header.get("alg"), header.get("enc")) != pinned:
            raise IdentificationFailed(why="token-encryption-algorithm")
        if str(header.get("cty", "JWT")).upper() != "JWT":
            raise IdentificationFailed(why="token-header")
        if not self._decrypter.knows_sender(header):
            raise IdentificationFailed(why="token-header")
        for kid in _candidates(header.get("kid"), encryption.keys):
            try:
                return self._decrypter.open(raw, header, kid)
            except DecryptionFailed:
                continue
        raise IdentificationFailed(why="token-decryption")

    def _verified(self, raw: bytes, time_left: TimeBudget, now: datetime) -> dict[str, object]:
        header = read_header(raw, _SIGNED_PARTS, otherwise=self._shape_problem(raw))
        # Never trust the token's own `alg`: `none` and HMAC confusion are refused here.
        if header.get("alg") != self._algorithm:
            raise IdentificationFailed(why="token-algorithm")
        # A token of another kind, or one more nested layer.
        if str(header.get("typ", "JWT")).upper() != "JWT" or "cty" in header:
            raise IdentificationFailed(why="token-header")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise IdentificationFailed(why="token-kid")
        key = self._keys.find(kid, time_left, now=now)
        signed, _dot, signature = raw.rpartition(b".")
        try:
            payload = decoded(signed.partition(b".")[2])
            is_theirs = self._signature.verify(signed, decoded(signature), key)
        except (JoseError, ValueError):
            raise IdentificationFailed(why="token-signature") from None
        if not is_theirs:
            raise IdentificationFailed(why="token-signature")
        try:
            return read_object(payload)
        except NotStrictJson:
            raise IdentificationFailed(why="token-claims-json") from None

    def _shape_problem(self, raw: bytes) -> str:
        if raw.count(b".") != _ENCRYPTED_PARTS - 1:
            return "token-shape"
        return "token-encrypted" if self._encryption is None else "token-nested"


def _candidates(kid: object, keys: Mapping[str, PrivateKey]) -> list[str]:
    # Return the keys to try: the one with that `kid`, or all if the broker names none.
    if kid is None:
        return list(keys)
    if not isinstance(kid, str) or kid not in keys:
        raise IdentificationFailed(why="token-decryption-key")
    return [kid]
