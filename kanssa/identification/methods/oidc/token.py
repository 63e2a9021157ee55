"""An id_token, decrypted and its signature verified, by pinned algorithms alone."""

from collections.abc import Mapping
from datetime import datetime

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jws import JWSRegistry

from kanssa.identification.methods.oidc.broker import Broker, Encryption, PrivateKey
from kanssa.identification.methods.oidc.compact import read_header
from kanssa.identification.methods.oidc.http import TimeLeft
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import IdentificationFailed

_LARGEST_TOKEN = 16 * 1024
_SIGNED_PARTS, _ENCRYPTED_PARTS = 3, 5


class TokenReader:
    """Turns one broker's id_tokens into their claims; all but cryptography is cheap."""

    def __init__(self, broker: Broker, keys: BrokerKeys) -> None:
        """Pin the algorithms once."""
        self._keys = keys
        self._encryption = broker.encryption
        self._algorithm = broker.token_algorithm
        # Brokers put `iss` and `aud` into the JWE header, which a strict check refuses.
        self._jws = JWSRegistry(algorithms=[broker.token_algorithm], strict_check_header=False)
        self._jws.max_header_length = 2048
        if self._encryption is not None:
            pinned = [self._encryption.algorithm, self._encryption.encoding]
            self._jwe = JWERegistry(algorithms=pinned, strict_check_header=False)

    def read(self, token: str, time_left: TimeLeft, *, now: datetime) -> dict[str, object]:
        """Read the claims of a token that is the broker's. Raises IdentificationFailed."""
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
        if (header.get("alg"), header.get("enc")) != pinned:
            raise IdentificationFailed(why="token-encryption-algorithm")
        if str(header.get("cty", "JWT")).upper() != "JWT":
            raise IdentificationFailed(why="token-header")
        _check_ephemeral_key(header, encryption)
        for key in _candidates(header.get("kid"), encryption.keys):
            try:
                plaintext = jwe.decrypt_compact(raw, key, registry=self._jwe).plaintext
            except (JoseError, ValueError):
                continue
            if plaintext is not None:
                return plaintext
        raise IdentificationFailed(why="token-decryption")

    def _verified(self, raw: bytes, time_left: TimeLeft, now: datetime) -> dict[str, object]:
        header = read_header(raw, _SIGNED_PARTS, otherwise=self._misshapen(raw))
        if header.get("alg") != self._algorithm:
            raise IdentificationFailed(why="token-algorithm")
        if str(header.get("typ", "JWT")).upper() != "JWT" or "cty" in header:
            raise IdentificationFailed(why="token-header")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise IdentificationFailed(why="token-kid")
        key = self._keys.find(kid, time_left, now=now)
        try:
            signed = jws.deserialize_compact(raw, key, registry=self._jws)
        except (JoseError, ValueError):
            raise IdentificationFailed(why="token-signature") from None
        try:
            return read_object(signed.payload)
        except NotStrictJson:
            raise IdentificationFailed(why="token-claims-json") from None

    def _misshapen(self, raw: bytes) -> str:
        if raw.count(b".") != _ENCRYPTED_PARTS - 1:
            return "token-shape"
        return "token-encrypted" if self._encryption is None else "token-nested"


def _candidates(kid: object, keys: Mapping[str, PrivateKey]) -> list[PrivateKey]:
    """Name the keys to try: the one of that `kid`, or all where the broker names none."""
    if kid is None:
        return list(keys.values())
    if not isinstance(kid, str) or kid not in keys:
        raise IdentificationFailed(why="token-decryption-key")
    return [keys[kid]]


def _check_ephemeral_key(header: Mapping[str, object], encryption: Encryption) -> None:
    """See that the sender's key is a plain public one, so that importing it is safe."""
    if not encryption.algorithm.startswith("ECDH-ES"):
        return
    sent = header.get("epk")
    if not isinstance(sent, dict) or sent.keys() != {"kty", "crv", "x", "y"}:
        raise IdentificationFailed(why="token-header")
    curves = [key.get("crv") for key in encryption.keys.values()]
    if sent["kty"] != "EC" or sent["crv"] not in curves:
        raise IdentificationFailed(why="token-header")
