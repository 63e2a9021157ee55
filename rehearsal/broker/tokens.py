"""Issue authorization codes and redeem them for id_tokens, without storing anything."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode

from joserfc import jwe, jws
from joserfc.jwe import JWERegistry

from rehearsal.broker.clients import AuthorizationRequest, ClientRegistry, ProtocolFault
from rehearsal.broker.people import Colleague, Person
from rehearsal.broker.registration import Client, Registration, acr
from rehearsal.broker.sealed_tokens import BrokenSealError, Seal

TROUBLES = ("none", "slow", "no_code", "weak", "expired", "nonce", "error")

_CODE_LIVES = 120
_TOKEN_LIVES = 300
_LONG_AGO = 3600


@dataclass(frozen=True)
class TokenIssuer:
    """Issues and redeems authorization codes; `wait` simulates a slow answer."""

    registration: Registration
    clients: ClientRegistry
    seal: Seal
    wait: Callable[[], object]

    def sent_back(
        self,
        authorization_request: AuthorizationRequest,
        person: Person | Colleague,
        trouble: str,
        *,
        now: float,
    ) -> str:
        if trouble == "error":
            return self.refused(authorization_request, "server_error")
        code = self.seal.close(
            "code",
            {
                **authorization_request.as_dict(),
                "trouble": trouble,
                "auth_time": int(now),
                "claims": _claims(person, trouble)
                if isinstance(person, Person)
                else _claims_of_colleague(person, trouble),
            },
            until=now + _CODE_LIVES,
        )
        return self._back(authorization_request, {"code": code})

    def refused(self, authorization_request: AuthorizationRequest, error: str) -> str:
        return self._back(authorization_request, {"error": error})

    def redeem(self, fields: Mapping[str, str], *, now: float) -> dict[str, Any]:
        """Answer a token request. Raises ProtocolFault."""
        client = self.clients.authenticated(fields, now=now)
        if fields.get("grant_type") != "authorization_code":
            raise ProtocolFault("unsupported_grant_type", "only codes")
        granted = self._granted(client, fields, now)
        if granted["trouble"] == "slow":
            self.wait()
        return {
            "access_token": "of-no-use",
            "token_type": "Bearer",
            "expires_in": _TOKEN_LIVES,
            "id_token": self._id_token(client, granted, now),
        }

    def _granted(self, client: Client, fields: Mapping[str, str], now: float) -> dict[str, Any]:
        code = fields.get("code", "")
        try:
            granted = self.seal.open("code", code, now=now)
        except BrokenSealError:
            raise ProtocolFault("invalid_grant", "no such code, or too old") from None
        # A stolen code must not work for another client or address.
        sent = (client.id, fields.get("redirect_uri"))
        if sent != (granted["client_id"], granted["redirect_uri"]):
            raise ProtocolFault("invalid_grant", "the code was given to another")
        challenge = _challenge(fields.get("code_verifier", ""))
        # PKCE (RFC 7636).
        if not compare_digest(challenge, granted["challenge"].encode()):
            raise ProtocolFault("invalid_grant", "code_verifier is wrong")
        # After all checks, so that a failed request leaves the code usable.
        self.clients.spend(f"code {code}", now + _CODE_LIVES, now=now)
        return granted

    def _back(self, authorization_request: AuthorizationRequest, answer: Mapping[str, str]) -> str:
        query = {**answer, "state": authorization_request.state, "iss": self.registration.issuer}
        return f"{authorization_request.redirect_uri}?{urlencode(query)}"

    def _id_token(self, client: Client, granted: Mapping[str, Any], now: float) -> str:
        issued = int(now) - (_LONG_AGO if granted["trouble"] == "expired" else 0)
        claims = {
            "iss": self.registration.issuer,
            "aud": client.id,
            "iat": issued,
            "exp": issued + _TOKEN_LIVES,
            "auth_time": granted["auth_time"],
            "nonce": "another" if granted["trouble"] == "nonce" else granted["nonce"],
            **granted["claims"],
        }
        key = self.registration.keys[client.signing]
        signed = jws.serialize_compact(
            {"alg": client.signing, "kid": key.kid}, json.dumps(claims), key, algorithms=[client.signing]
        )
        header = {
            "alg": client.encryption,
            "enc": client.encoding,
            "kid": client.encryption_key.kid,
            "cty": "JWT",
            "iss": self.registration.issuer,
            "aud": client.id,
        }
        # Real brokers put `iss` and `aud` into the JWE header, so non-standard members are allowed.
        registry = JWERegistry(algorithms=[client.encryption, client.encoding], strict_check_header=False)
        return jwe.encrypt_compact(header, signed, client.encryption_key, registry=registry)


def _claims(person: Person, trouble: str) -> dict[str, str]:
    claims = {
        "sub": sha256(person.hetu.encode()).hexdigest()[:32],
        "acr": acr(weak=trouble == "weak"),
        "urn:oid:1.2.246.21": person.hetu,
        "urn:oid:2.5.4.4": person.last_name,
        "urn:oid:1.2.246.575.1.14": person.first_names,
        "urn:oid:2.5.4.42": person.calling_name or person.first_names.split()[0],
        "urn:oid:1.3.6.1.5.5.7.9.1": person.birth_date,
    }
    if trouble == "no_code":
        del claims["urn:oid:1.2.246.21"]
    return claims


def _claims_of_colleague(colleague: Colleague, trouble: str) -> dict[str, Any]:
    return {
        "sub": sha256(colleague.name.encode()).hexdigest()[:32],
        "acr": acr(weak=trouble == "weak"),
        "name": colleague.name,
        "groups": colleague.groups,
    }


def _challenge(verifier: str) -> bytes:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
