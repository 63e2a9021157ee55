"""Our published documents for brokers of the Finnish Trust Network: entity statement and signed keys."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from joserfc import jws
from joserfc.jws import JWSRegistry

from kanssa.identification.methods.oidc.broker import Broker, OwnEntity
from kanssa.identification.protocol import Document

STATEMENT_PATH = "/.well-known/openid-federation"
KEYS_PATH = "/signed-jwks"
_LIVES = timedelta(hours=25)  # more than the day for which brokers cache it
_RESIGN_AFTER = timedelta(minutes=30)


class Publisher:
    """Signs the entity statement and the key set with the entity key, at most twice an hour."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._signed: dict[str, tuple[datetime, Document]] = {}

    def document(self, address: str, *, return_url: str, now: datetime) -> Document | None:
        entity = self._broker.entity
        if entity is None or address not in (
            entity.identifier + STATEMENT_PATH,
            entity.identifier + KEYS_PATH,
        ):
            return None
        made_at, document = self._signed.get(address, (None, None))
        # Signing is slow, and anyone may fetch these documents.
        if document is None or made_at is None or not timedelta() <= now - made_at < _RESIGN_AFTER:
            is_keys = address.endswith(KEYS_PATH)
            document = self._keys(entity, now) if is_keys else self._statement(entity, return_url, now)
            self._signed[address] = (now, document)
        return document

    def _statement(self, entity: OwnEntity, return_url: str, now: datetime) -> Document:
        payload = {
            "jwks": {"keys": list(entity.keys)},
            "metadata": {"openid_relying_party": self._relying_party(entity, return_url)},
        }
        kind = "entity-statement+jwt"
        return Document(_signed(entity, payload, kind, now), f"application/{kind}")

    def _keys(self, entity: OwnEntity, now: datetime) -> Document:
        kind = "jwk-set+jwt"
        payload = {"keys": list(self._broker.published_keys)}
        return Document(_signed(entity, payload, kind, now), f"application/{kind}")

    def _relying_party(self, entity: OwnEntity, return_url: str) -> Mapping[str, object]:
        broker = self._broker
        metadata: dict[str, object] = {
            "redirect_uris": [return_url],
            "application_type": "web",
            "organization_name": entity.organization,
            "client_registration_types": ["automatic"],
            "grant_types": ["authorization_code"],
            "response_types": ["code"],
            "signed_jwks_uri": entity.identifier + KEYS_PATH,
            "id_token_signed_response_alg": broker.token_algorithm,
            "request_object_signing_alg": broker.signing_key.algorithm,
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": broker.signing_key.algorithm,
        }
        if broker.encryption is not None:
            metadata["id_token_encrypted_response_alg"] = broker.encryption.algorithm
            metadata["id_token_encrypted_response_enc"] = broker.encryption.encoding
        return metadata


def _signed(entity: OwnEntity, payload: Mapping[str, object], kind: str, now: datetime) -> bytes:
    mine = entity.signing_key
    at = int(now.timestamp())
    claims = {
        "iss": entity.identifier,
        "sub": entity.identifier,
        "iat": at,
        "exp": at + int(_LIVES.total_seconds()),
        **payload,
    }
    return jws.serialize_compact(
        {"alg": mine.algorithm, "kid": mine.key.kid, "typ": kind},
        json.dumps(claims, separators=(",", ":")),
        mine.key,
        registry=JWSRegistry(algorithms=[mine.algorithm]),
    ).encode("ascii")
