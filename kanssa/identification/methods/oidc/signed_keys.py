"""Verify a broker's signed key set (RFC 7515 around a JWK set, FTN profile)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry

from kanssa.identification.methods.oidc.broker import BrokerEntity
from kanssa.identification.methods.oidc.compact_token import read_header
from kanssa.identification.methods.oidc.strict_json import NotStrictJson, read_object
from kanssa.identification.refusals import IdentificationFailed

_TYPES = frozenset({"JWT", "JOSE", "JWK-SET+JWT"})


class SignedKeysReader:
    """Accepts a key set only if a pinned key of the broker's entity signed it."""

    def __init__(self, entity: BrokerEntity, *, clock_skew: int) -> None:
        """`clock_skew` is in seconds."""
        self._entity = entity
        self._skew = clock_skew
        self._registry = JWSRegistry(algorithms=[entity.algorithm], strict_check_header=False)
        self._registry.max_header_length = 2048

    def read(self, signed: bytes, *, now: datetime) -> tuple[Mapping[str, object], float]:
        """Return the key set and its lifetime in seconds. Raises IdentificationFailed."""
        header = read_header(signed, 3, otherwise="jwks-shape", why="jwks-header")
        # The sender must not choose the algorithm.
        if header.get("alg") != self._entity.algorithm:
            raise IdentificationFailed(why="jwks-algorithm")
        if str(header.get("typ", "JWT")).upper().removeprefix("APPLICATION/") not in _TYPES:
            raise IdentificationFailed(why="jwks-header")
        claims = self._verified(signed)
        if claims.get("iss") != self._entity.identifier or claims.get("sub") != self._entity.identifier:
            raise IdentificationFailed(why="jwks-entity")
        return claims, self._lives(claims, now)

    def _verified(self, signed: bytes) -> dict[str, object]:
        for key in self._entity.keys:
            try:
                return read_object(jws.deserialize_compact(signed, key, registry=self._registry).payload)
            except NotStrictJson:
                raise IdentificationFailed(why="jwks-answer-json") from None
            except (JoseError, ValueError):
                continue
        raise IdentificationFailed(why="jwks-signature")

    def _lives(self, claims: Mapping[str, object], now: datetime) -> float:
        issued, expires = claims.get("iat"), claims.get("exp")
        if not _is_time(issued) or not _is_time(expires):
            raise IdentificationFailed(why="jwks-times")
        if issued > now.timestamp() + self._skew or expires <= now.timestamp() - self._skew:
            raise IdentificationFailed(why="jwks-times")
        return float(expires - now.timestamp())


def _is_time(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40
