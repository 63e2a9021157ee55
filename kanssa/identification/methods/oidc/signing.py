"""Sign client assertions, and request objects for brokers that want them."""

import json
from collections.abc import Mapping
from datetime import datetime
from secrets import token_urlsafe

from joserfc import jws
from joserfc.jws import JWSRegistry

from kanssa.identification.methods.oidc.broker import Broker

_ASSERTION_LIVES = 60  # seconds
_REQUEST_LIVES = 300
_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Signer:
    """Signs for one broker with the key that it knows."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._registry = JWSRegistry(algorithms=[broker.signing_key.algorithm])

    def credentials(self, now: datetime) -> dict[str, str]:
        client = self._broker.client_id
        assertion = {
            "iss": client,
            "sub": client,
            "aud": self._broker.assertion_audience,
            "jti": token_urlsafe(16),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + _ASSERTION_LIVES,
        }
        return {
            "client_id": client,
            "client_assertion_type": _JWT_BEARER,
            "client_assertion": self._signed(assertion),
        }

    def request_object(self, authorization_request: Mapping[str, object], now: datetime) -> str:
        at = int(now.timestamp())
        return self._signed(
            {
                **authorization_request,
                "iss": self._broker.client_id,
                "aud": self._broker.issuer,
                "jti": token_urlsafe(16),
                "iat": at,
                "nbf": at,
                "exp": at + _REQUEST_LIVES,
            }
        )

    def _signed(self, claims: Mapping[str, object]) -> str:
        mine = self._broker.signing_key
        header = {"alg": mine.algorithm, "kid": mine.key.kid}
        return jws.serialize_compact(
            header, json.dumps(claims, separators=(",", ":")), mine.key, registry=self._registry
        )
