"""From a choice to a code, and from the code to an id_token: nothing is stored between."""

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
    """Where codes are given out and redeemed; `wait` is the slowness that can be asked for."""

    registration: Registration
    clients: ClientRegistry
    seal: Seal
    wait: Callable[[], object]

    def sent_back(
        self, question: AuthorizationRequest, person: Person | Colleague, trouble: str, *, now: float
    ) -> str:
        """Give the address to send the browser back to, with a code for that person."""
        if trouble == "error":
            return self.refused(question, "server_error")
        code = self.seal.close(
            "code",
            {
                **question.as_dict(),
                "trouble": trouble,
                "auth_time": int(now),
                "claims": _claims(person, trouble)
                if isinstance(person, Person)
                else _claims_of_colleague(person, trouble),
            },
            until=now + _CODE_LIVES,
        )
        return self._back(question, {"code": code})

    def refused(self, question: AuthorizationRequest, error: str) -> str:
        """Give the address to send the browser back to, with nothing but an error."""
        return self._back(question, {"error": error})

    def redeem(self, fields: Mapping[str, str], *, now: float) -> dict[str, Any]:
        """Answer at the token endpoint. Raises ProtocolFault."""
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
        sent = (client.id, fields.get("redirect_uri"))
        if sent != (granted["client_id"], granted["redirect_uri"]):
            raise ProtocolFault("invalid_grant", "the code was given to another")
        challenge = _challenge(fields.get("code_verifier", ""))
        if not compare_digest(challenge, granted["challenge"].encode()):
            raise ProtocolFault("invalid_grant", "code_verifier is wrong")
        self.clients.spend(f"code {code}", now + _CODE_LIVES, now=now)
        return granted

    def _back(self, question: AuthorizationRequest, answer: Mapping[str, str]) -> str:
        query = {**answer, "state": question.state, "iss": self.registration.issuer}
        return f"{question.redirect_uri}?{urlencode(query)}"

    def _id_token(self, client: Client, granted: Mapping[str, Any], now: float) -> str:
        issued = int(now) - (_LONG_AGO if granted["trouble"] == "expired" else 0)
        said = {
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
            {"alg": client.signing, "kid": key.kid}, json.dumps(said), key, algorithms=[client.signing]
        )
        header = {
            "alg": client.encryption,
            "enc": client.encoding,
            "kid": client.encryption_key.kid,
            "cty": "JWT",
            "iss": self.registration.issuer,
            "aud": client.id,
        }
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
