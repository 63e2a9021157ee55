"""Whole journeys to a broker and back, through the pages, with the real client and a scripted broker."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpResponse

from kanssa.identification.methods.oidc import OidcMethod
from kanssa.identification.methods.oidc.broker import Endpoints, OwnEntity, SigningKey, Timeouts
from kanssa.identification.methods.oidc.own_keys import public_jwk
from tests.cast import AINO, EINO, CastMember
from tests.identification.oidc.scripted_broker import (
    Canned,
    Misbehaviour,
    Script,
    ScriptedBroker,
    honest_broker,
    honest_claims,
    rsa_key,
)
from tests.web.browser import Browser

PEOPLE: Mapping[str, CastMember] = {"aino": AINO, "eino": EINO}
METHODS_FILE = '[methods.bank]\nkind = "scripted"\n[methods.mobile]\nkind = "scripted"\n'
_SERVER: list[ScriptedBroker] = []


@dataclass
class Granting(Script):
    """A broker that gives each code to one client, once, and checks its PKCE challenge."""

    grants: dict[str, dict[str, str]] = field(default_factory=dict)
    attack_case: Canned | Misbehaviour | None = None
    checks_pkce: bool = True

    def answer_to(self, path: str) -> Canned | Misbehaviour:
        if path.endswith("/token"):
            return self.attack_case or self.redeemed(self.seen[-1][1])
        return super().answer_to(path)

    def redeemed(self, fields: Mapping[str, str]) -> Canned:
        granted = self.grants.pop(fields["code"], None)
        challenge = _challenge(fields["code_verifier"])
        if granted is None or granted["client_id"] != fields["client_id"]:
            return Canned(b'{"error":"invalid_grant"}', 400)
        if self.checks_pkce and granted["challenge"] != challenge:
            return Canned(b'{"error":"invalid_grant"}', 400)
        self.claims |= {"nonce": granted["nonce"], "aud": fields["client_id"], "iss": granted["iss"]}
        person = PEOPLE[granted["person"]]
        self.claims |= {
            "urn:oid:1.2.246.21": person.hetu,
            "urn:oid:2.5.4.4": person.last_name,
            "urn:oid:1.2.246.575.1.14": person.first_names,
        }
        del self.claims["urn:oid:1.3.6.1.5.5.7.9.1"]
        answer = self.id_token_answer()
        self.claims["urn:oid:1.3.6.1.5.5.7.9.1"] = ""
        return answer


class Flow:
    """One browser, two brokers, and an attacker between them."""

    def __init__(self, server: ScriptedBroker, now: datetime) -> None:
        _SERVER[:] = [server]
        honest = server.honest_script()
        self.base = server.base
        self.script = Granting(
            broker=honest.broker, claims=honest_claims(server.base), reply={}, jwks=honest.jwks
        )
        at = int(now.timestamp())
        self.script.claims |= {"iat": at - 1, "exp": at + 300, "auth_time": at}
        server.script = self.script
        self.browser = Browser()
        self.browser.post("identification/cookies/")

    def leave(self, method: str = "bank", browser: Browser | None = None) -> dict[str, str]:
        """Go to a broker; return the authorization request."""
        gone = (browser or self.browser).send(f"identification/{method}/")
        return dict(parse_qsl(urlsplit(gone["Location"]).query))

    def grant(self, asked: Mapping[str, str], person: str = "aino", *, code: str = "") -> dict[str, str]:
        """Log a person in at the broker; return the reply that the browser carries back."""
        code = code or f"code-{len(self.script.seen)}-{asked['state'][:6]}"
        issuer = issuer_of(asked["client_id"].removeprefix("kanssa-"), self.base)
        self.script.grants[code] = {
            "client_id": asked["client_id"],
            "challenge": asked["code_challenge"],
            "nonce": asked["nonce"],
            "person": person,
            "iss": issuer,
        }
        return {"code": code, "state": asked["state"], "iss": issuer}

    def back(
        self, reply: Mapping[str, str], method: str = "bank", browser: Browser | None = None
    ) -> HttpResponse:
        return (browser or self.browser).client.get(f"/return/{method}/", reply)

    def asked_for_tokens(self) -> int:
        return [path.endswith("/token") for path, _ in self.script.seen].count(True)


def issuer_of(key: str, base: str) -> str:
    return base if key == "bank" else f"{base}/{key}"


def load_scripted(key: str, table: Mapping[str, object], folder: Path) -> OidcMethod:
    """Make a method of the scripted broker; each key is a separate broker with its own addresses."""
    base = _SERVER[0].base
    own = issuer_of(key, base)
    broker = honest_broker(base)
    endpoints = Endpoints(f"{own}/authorize", f"{own}/token", f"{base}/jwks", f"{own}/par")
    return OidcMethod(
        replace(
            broker,
            key=key,
            issuer=own,
            client_id=f"kanssa-{key}",
            endpoints=endpoints,
            response_issuer_required=True,
            timeouts=Timeouts(),  # a city's values: a test shows how long a slow broker holds a request
            entity=_entity(str(table["entity"])) if "entity" in table else None,
        )
    )


def _entity(identifier: str) -> OwnEntity:
    key = rsa_key("our-entity")
    return OwnEntity(identifier, "Kaupunki", SigningKey(key, "RS256"), (public_jwk(key, "sig", "RS256"),))


def told(answer: Any) -> Canned:
    return Canned(json.dumps(answer).encode())


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
