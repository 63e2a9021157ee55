"""The broker's public keys: fetched ahead of time, imported once."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from threading import Lock
from time import monotonic

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from kanssa.identification.methods.oidc.broker import FEWEST_RSA_BITS, Broker, PublicKey, SigningAlgorithm
from kanssa.identification.methods.oidc.http_client import BrokerClient, TimeBudget
from kanssa.identification.methods.oidc.signed_keys import SignedKeysReader
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed
from kanssa.values.refusal import Refusal

log = structlog.get_logger(__name__)

_UNSIGNED_LIVE = 3600.0  # a key that the broker withdrew is accepted for an hour at most
_MOST_BETWEEN_REFRESHES = 1800.0
_BETWEEN_FETCHES = 60.0
_AFTER_A_FAILURE = 5.0
_LONGEST_PAUSE = 300.0  # between failed refreshes
_MOST_FETCHES_A_MINUTE = 10


class BrokerKeys:
    """Finds a broker's key by `kid`; the keys are fetched ahead of time.

    A timer calls `refresh`. A signed key set is used until its expiry if no newer one can be fetched. A
    person's request fetches keys only before the first refresh, after their expiry, and for an unknown
    `kid`: once a minute per `kid`, so that a key rotation during a log-in does not fail an attempt, and an
    invented `kid` cannot make us flood the broker.
    """

    def __init__(
        self, broker: Broker, client: BrokerClient, *, clock: Callable[[], float] = monotonic
    ) -> None:
        """`client` serves people's requests, and `clock` counts seconds."""
        self._broker = broker
        self._client = client
        self._prefetch_client = BrokerClient(
            broker.timeouts
        )  # its failures do not open the circuit for log-ins
        self._clock = clock
        self._lock = Lock()
        self._keys: Mapping[str, PublicKey] = {}
        self._signed = None
        if broker.broker_entity is not None:
            self._signed = SignedKeysReader(broker.broker_entity, clock_skew=broker.clock_skew)
        self._live_until = float("-inf")
        self._due_at = float("-inf")
        self._failed_at = float("-inf")
        self._failures = 0
        self._fetched_for: dict[str, float] = {}

    def refresh(self, *, now: datetime) -> float:
        """Fetch the keys if they are due; return the seconds until the next fetch."""
        with self._lock:
            if self._clock() >= self._due_at:
                with suppress(BrokerUnavailable, IdentificationFailed):  # logged, and tried again
                    self._fetch(self._prefetch_client, self._prefetch_client.time_left(), now)
            return max(0.0, self._due_at - self._clock())

    def find(self, kid: str, time_left: TimeBudget, *, now: datetime) -> PublicKey:
        """Raises IdentificationFailed for an unknown key, BrokerUnavailable if the keys cannot be fetched."""
        key = self._keys.get(kid)
        if key is None or not self._is_alive():
            self._fetch_for(kid, time_left, now)
            key = self._keys.get(kid)
        if key is None:
            raise IdentificationFailed(why="token-key-unknown")
        return key

    def _is_alive(self) -> bool:
        return self._clock() < self._live_until

    def _fetch_for(self, kid: str, time_left: TimeBudget, now: datetime) -> None:
        # One thread fetches while the others wait, then use its result.
        if not self._lock.acquire(timeout=time_left.seconds()):
            raise BrokerUnavailable(why="jwks-timeout")
        try:
            if self._may_fetch(kid):
                self._fetch(self._client, time_left, now)
        finally:
            self._lock.release()

    def _may_fetch(self, kid: str) -> bool:
        now = self._clock()
        if self._is_alive() and kid in self._keys:
            return False
        # A broker that just failed is left alone for a moment.
        if now - self._failed_at < _AFTER_A_FAILURE:
            raise BrokerUnavailable(why="jwks-failed-just-now")
        if not self._is_alive():
            return True
        self._fetched_for = {k: at for k, at in self._fetched_for.items() if now - at < _BETWEEN_FETCHES}
        # An invented key id must not make us ask the broker without end.
        if kid in self._fetched_for or len(self._fetched_for) >= _MOST_FETCHES_A_MINUTE:
            return False
        self._fetched_for[kid] = now
        return True

    def _fetch(self, client: BrokerClient, time_left: TimeBudget, now: datetime) -> None:
        try:
            found, lives = self._answer(client, time_left, now)
            keys = usable_keys(found.get("keys"), self._broker.token_algorithm)
        except (BrokerUnavailable, IdentificationFailed) as refusal:
            self._failed(refusal)
            raise
        at = self._clock()
        self._keys, self._failures = keys, 0
        self._live_until = at + lives
        self._due_at = at + max(_AFTER_A_FAILURE, min(lives / 2, _MOST_BETWEEN_REFRESHES))

    def _failed(self, refusal: Refusal) -> None:
        self._failed_at = self._clock()
        self._failures += 1
        self._due_at = self._failed_at + min(_LONGEST_PAUSE, _AFTER_A_FAILURE * 2 ** min(self._failures, 8))
        log.warning("keys could not be fetched", method=self._broker.key, why=refusal.facts.get("why"))

    def _answer(
        self, client: BrokerClient, time_left: TimeBudget, now: datetime
    ) -> tuple[Mapping[str, object], float]:
        address = self._broker.endpoints.jwks
        if self._signed is not None:
            return self._signed.read(client.get_signed_keys("jwks", address, time_left), now=now)
        answer = client.get("jwks", address, time_left)
        if answer.status != HTTPStatus.OK:
            raise IdentificationFailed(why="jwks-status")
        return answer.content, _UNSIGNED_LIVE


def usable_keys(found: object, algorithm: SigningAlgorithm) -> dict[str, PublicKey]:
    if not isinstance(found, list):
        raise IdentificationFailed(why="jwks-shape")
    usable = [jwk for jwk in found if isinstance(jwk, dict) and _is_for(jwk, algorithm)]
    # Two keys of one id are ambiguous: neither is used.
    times = Counter(jwk["kid"] for jwk in usable)
    keys: dict[str, PublicKey] = {}
    for jwk in usable:
        key = _imported(jwk, algorithm) if times[jwk["kid"]] == 1 else None
        if key is not None:
            keys[jwk["kid"]] = key
    return keys


def _is_for(jwk: Mapping[str, object], algorithm: SigningAlgorithm) -> bool:
    key_type = "EC" if algorithm == "ES256" else "RSA"
    operations = jwk.get("key_ops", ["verify"])
    return (
        jwk.get("kty") == key_type
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", algorithm) == algorithm
        and isinstance(operations, list)
        and "verify" in operations
        and isinstance(jwk.get("kid"), str)
        and "d" not in jwk
    )


def _imported(jwk: Mapping[str, str], algorithm: SigningAlgorithm) -> PublicKey | None:
    # Use only these members: an x5c or x5u beside the key proves nothing.
    names = ("kty", "crv", "x", "y") if algorithm == "ES256" else ("kty", "n", "e")
    material = {name: jwk[name] for name in names if isinstance(jwk.get(name), str)}
    try:
        if algorithm == "ES256":
            return ECKey.import_key({**material}) if material.get("crv") == "P-256" else None
        return RSAKey.import_key({**material}) if _is_long(material.get("n", "")) else None
    except (JoseError, ValueError):
        return None


def _is_long(modulus: str) -> bool:
    return int.from_bytes(urlsafe_b64decode(modulus.encode())).bit_length() >= FEWEST_RSA_BITS
