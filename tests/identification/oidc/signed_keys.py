"""A broker with keys signed by its entity, and the ways that can fail: one row each."""

import json
from collections.abc import Callable
from typing import Any

from kanssa.identification.methods.oidc.broker import BrokerEntity
from kanssa.identification.refusals import BrokerUnavailable
from tests.identification.oidc.attacks import AT, HTML, AttackCase, Change, hangs, impatient
from tests.identification.oidc.scripted_broker import JSON, Canned, Script, b64, rsa_key, signed

ENTITY = "https://broker.example/entity"
JOSE = {"Content-Type": "application/jose"}


def signed_keys(script: Script, **changes: Any) -> str:
    """Sign the script's keys as its entity does; changes are of claims, header, key or algorithm."""
    claims = {"iss": ENTITY, "sub": ENTITY, "iat": AT - 60, "exp": AT + 90_000, "keys": script.jwks}
    header = {"alg": "RS256", "kid": "entity", "typ": "jwk-set+jwt"}
    claims |= changes.get("claims", {})
    header |= changes.get("header", {})
    for name in changes.get("without", ()):
        del claims[name]
    payload = changes.get("payload", json.dumps(claims).encode())
    key = changes.get("key", rsa_key("broker-entity"))
    return signed(header, payload, key, changes.get("algorithm", "RS256"))


def trust_the_entity(script: Script) -> None:
    """Pin the entity's key, and serve the signed keys."""
    pinned = BrokerEntity(ENTITY, "RS256", (rsa_key("broker-entity"),))
    script.changed_broker(broker_entity=pinned)
    script.jwks_answer = Canned(signed_keys(script).encode(), headers=JOSE)


def _says(
    change: Callable[[str], str] = str, *, status: int = 200, headers: Any = None, **changes: Any
) -> Change:
    def spoil(script: Script) -> None:
        trust_the_entity(script)
        body = change(signed_keys(script, **changes)).encode()
        script.jwks_answer = Canned(body, status, JOSE if headers is None else headers)

    return spoil


def _unsigned(script: Script) -> None:
    trust_the_entity(script)
    script.jwks_answer = Canned(json.dumps({"keys": script.jwks}).encode())


def _with(*changes: Change) -> Change:
    return lambda script: [change(script) for change in changes]


def _hangs(script: Script) -> None:
    script.jwks_answer = hangs


def _none(token: str) -> str:
    return f"{b64(json.dumps({'alg': 'none'}).encode())}.{token.split('.')[1]}."


def _swapped(token: str) -> str:
    head, _, tail = token.split(".")
    return f"{head}.{b64(json.dumps({'keys': [], 'iss': ENTITY, 'sub': ENTITY}).encode())}.{tail}"


SIGNED_KEYS_ATTACKS = [
    AttackCase("unsigned keys", _unsigned, "jwks-answer-type"),
    AttackCase("keys signed by another", _says(key=rsa_key("a-thief")), "jwks-signature"),
    AttackCase("keys signed by the token's key", _says(key=rsa_key("broker-rsa")), "jwks-signature"),
    AttackCase("keys with algorithm none", _says(_none), "jwks-algorithm"),
    AttackCase(
        "keys by another algorithm", _says(header={"alg": "PS256"}, algorithm="PS256"), "jwks-algorithm"
    ),
    AttackCase("keys whose signature is of others", _says(_swapped), "jwks-signature"),
    AttackCase("keys without their signature", _says(lambda t: t.rpartition(".")[0] + "."), "jwks-signature"),
    AttackCase(
        "keys with a key of their own", _says(header={"jwk": {"kty": "oct", "k": "AA"}}), "jwks-header"
    ),
    AttackCase("keys with a certificate", _says(header={"x5c": ["MIIB"]}), "jwks-header"),
    AttackCase(
        "keys with an unknown critical header", _says(header={"crit": ["b64"], "b64": True}), "jwks-header"
    ),
    AttackCase("keys compressed", _says(header={"zip": "DEF"}), "token-compressed"),
    AttackCase("keys of another type", _says(header={"typ": "entity-statement+jwt"}), "jwks-header"),
    AttackCase("keys of another entity", _says(claims={"iss": "https://evil.example"}), "jwks-entity"),
    AttackCase("keys about another entity", _says(claims={"sub": "https://evil.example"}), "jwks-entity"),
    AttackCase("keys of the issuer, no entity", _says(claims={"iss": "x", "sub": "x"}), "jwks-entity"),
    AttackCase("keys without an issuer", _says(without=["iss"]), "jwks-entity"),
    AttackCase("keys that expired", _says(claims={"exp": AT - 31}), "jwks-times"),
    AttackCase("keys that never expire", _says(without=["exp"]), "jwks-times"),
    AttackCase("keys of the future", _says(claims={"iat": AT + 31}), "jwks-times"),
    AttackCase("keys that were never made", _says(without=["iat"]), "jwks-times"),
    AttackCase("keys that expire as text", _says(claims={"exp": str(AT + 90)}), "jwks-times"),
    AttackCase("signed keys that are no list", _says(claims={"keys": {}}), "jwks-shape"),
    AttackCase("signed no keys", _says(without=["keys"]), "jwks-shape"),
    AttackCase("signed keys without the token's", _says(claims={"keys": []}), "token-key-unknown"),
    AttackCase("signed nonsense", _says(payload=b"nonsense"), "jwks-answer-json"),
    AttackCase("signed members twice", _says(payload=b'{"iss":"a","iss":"b"}'), "jwks-answer-json"),
    AttackCase("signed keys in two parts", _says(lambda t: t.rpartition(".")[0]), "jwks-shape"),
    AttackCase("signed keys as HTML", _says(headers=HTML), "jwks-answer-type"),
    AttackCase("signed keys as JSON", _says(headers=JSON), "jwks-answer-type"),
    AttackCase("signed keys not found", _says(status=404), "jwks-status"),
    AttackCase("signed keys moved", _says(status=302), "jwks-redirect"),
    AttackCase("signed keys too many", _says(lambda t: t + "A" * 70_000), "jwks-answer-size"),
    AttackCase("signed keys out of order", _says(status=503), "jwks-status", BrokerUnavailable),
    AttackCase("signed keys that hang", _with(_says(), impatient, _hangs), "jwks-timeout", BrokerUnavailable),
]
