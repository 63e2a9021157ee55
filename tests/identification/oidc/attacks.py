"""Attacks and faults of a broker, a thief or the network: one row each, with the expected refusal."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

from joserfc.util import urlsafe_b64decode

from kanssa.identification.methods.oidc.broker import Encryption
from kanssa.identification.refusals import (
    AssuranceTooLow,
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
    IdentityIncomplete,
    ReplyRefused,
)
from kanssa.values.refusal import Refusal
from tests.identification.oidc.scripted_broker import (
    ATTEMPT,
    CLIENT,
    HURRIED,
    JSON,
    LOA2,
    NOW,
    Canned,
    Misbehaviour,
    Script,
    b64,
    ec_key,
    encrypted,
    rsa_key,
)

AT = int(NOW.timestamp())
Change = Callable[[Script], object]


@dataclass(frozen=True)
class AttackCase:
    """One thing changed in an honest answer."""

    told: str
    change: Change
    why: str | None
    refusal: type[Refusal] = IdentificationFailed


def claim(**changes: Any) -> Change:
    return lambda script: script.claims.update(changes)


def without(*names: str) -> Change:
    return lambda script: [script.claims.pop(name) for name in names]


def oid(number: str, value: object) -> Change:
    return lambda script: script.claims.update({f"urn:oid:{number}": value})


def inner_header(**changes: Any) -> Change:
    return lambda script: script.signed_header.update(changes)


def outer_header(**changes: Any) -> Change:
    return lambda script: (script.outer_header or {}).update(changes)


def reply(**changes: Any) -> Change:
    return lambda script: script.reply.update(changes)


def no_reply(*names: str) -> Change:
    return lambda script: [script.reply.pop(name) for name in names]


def error(name: str, **changes: Any) -> Change:
    return all_of(no_reply("code"), reply(error=name, **changes))


def broker(**changes: Any) -> Change:
    return lambda script: script.changed_broker(**changes)


def forged(change: Callable[[str], str]) -> Change:
    return lambda script: setattr(script, "forge", change)


def token_says(answer: Canned | Misbehaviour) -> Change:
    return lambda script: setattr(script, "token_answer", answer)


def jwks_says(answer: Canned | Misbehaviour) -> Change:
    return lambda script: setattr(script, "jwks_answer", answer)


def jwk(**changes: Any) -> Change:
    return lambda script: script.jwks[0].update(changes)


def all_of(*changes: Change) -> Change:
    return lambda script: [change(script) for change in changes]


def payload(change: Callable[[bytes], bytes]) -> Change:
    return lambda script: setattr(script, "payload", change(json.dumps(script.claims).encode()))


def id_token(value: object, **members: Any) -> Change:
    return token_says(Canned(json.dumps({"id_token": value, **members}).encode()))


def signed_by(key_name: str) -> Change:
    return lambda script: setattr(script, "signing_key", rsa_key(key_name))


def unencrypted(script: Script) -> None:
    script.outer_header = None


def expects_no_encryption(script: Script) -> None:
    script.changed_broker(encryption=None)


def algorithm_none(token: str) -> str:
    header = b64(b'{"alg":"none","kid":"broker-rsa"}')
    return f"{header}.{token.split('.')[1]}."


def signed_with_the_public_key_as_secret(token: str) -> str:
    """Use the algorithm confusion attack: HS256 with the RSA key's public PEM as the secret."""
    secret = rsa_key("broker-rsa").as_pem(private=False)
    header = b64(b'{"alg":"HS256","kid":"broker-rsa"}')
    message = f"{header}.{token.split('.')[1]}"
    return f"{message}.{b64(hmac.new(secret, message.encode(), sha256).digest())}"


def list_of_algorithms(token: str) -> str:
    return b64(b'{"alg":["RS256"],"kid":"broker-rsa"}') + token[token.index(".") :]


def without_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


def signature_of_another(token: str) -> str:
    return token.rpartition(".")[0] + "." + b64(bytes(256))


def duplicated(name: str, value: str) -> Callable[[bytes], bytes]:
    """Repeat a member; in most readers the second would win."""
    return lambda raw: b'{"%s": %s, ' % (name.encode(), json.dumps(value).encode()) + raw[1:]


def encrypted_twice(token: str) -> str:
    header = {"alg": "RSA-OAEP", "enc": "A128CBC-HS256", "kid": "our-rsa"}
    return encrypted(header, token.encode(), rsa_key("our-rsa"))


def ecdh(**epk_changes: Any) -> Change:
    """Encrypt by ECDH-ES, then damage the ephemeral key in the header."""

    def change(script: Script) -> None:
        keys = {"our-ec": ec_key("our-ec")}
        script.changed_broker(encryption=Encryption("ECDH-ES", "A256GCM", keys))
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": "our-ec"}
        honest = encrypted(header, script.inner_token().encode(), ec_key("our-ec"))
        epk = {**ec_key("ephemeral").as_dict(private=False), **epk_changes}
        if "kid" not in epk_changes:
            epk.pop("kid")
        changed = b64(json.dumps({**header, "epk": epk}).encode())
        token = changed + "." + honest.partition(".")[2]
        id_token(token)(script)

    return change


def agreed_upon(change: Callable[[list[bytes]], list[bytes]]) -> Change:
    """Encrypt by ECDH-ES, then change the parts after the header: wrapped key, IV, text and tag."""

    def spoil(script: Script) -> None:
        keys = {"our-ec": ec_key("our-ec")}
        script.changed_broker(encryption=Encryption("ECDH-ES", "A256GCM", keys))
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": "our-ec"}
        head, *parts = encrypted(header, script.inner_token().encode(), ec_key("our-ec")).split(".")
        changed = change([urlsafe_b64decode(part.encode()) for part in parts])
        id_token(".".join([head, *map(b64, changed)]))(script)

    return spoil


def respelt(token: str) -> str:
    """Set a bit that the last character of the tag (16 bytes) does not carry."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letters[letters.index(token[-1]) + 1]


def relabelled(**changes: Any) -> Change:
    """Change the outer header after encrypting."""

    def change(script: Script) -> None:
        changed = b64(json.dumps({**(script.outer_header or {}), **changes}).encode())
        id_token(changed + "." + script.token().partition(".")[2])(script)

    return change


def hangs(_: BaseHTTPRequestHandler, released: Event) -> None:
    released.wait(30)


def hangs_up(handler: BaseHTTPRequestHandler, _: Event) -> None:
    handler.connection.close()


def drips_its_body(handler: BaseHTTPRequestHandler, released: Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b"Content-Length: 10000\r\n\r\n")
    while not released.wait(0.05):
        handler.wfile.write(b" ")


def drips_its_headers(handler: BaseHTTPRequestHandler, released: Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not released.wait(0.05):
        handler.wfile.write(b"X: 1\r\n")


def breaks_off(handler: BaseHTTPRequestHandler, _: Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b'Content-Length: 10000\r\n\r\n{"id_token": "')


def talks_nonsense(handler: BaseHTTPRequestHandler, _: Event) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def sends_endless_chunks(handler: BaseHTTPRequestHandler, released: Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    handler.wfile.write(b"Transfer-Encoding: chunked\r\n\r\n")
    while not released.is_set():
        handler.wfile.write(b"400\r\n" + b" " * 1024 + b"\r\n")


def impatient(script: Script) -> None:
    script.changed_broker(timeouts=HURRIED)


def no_listener(script: Script) -> None:
    closed = "http://127.0.0.1:9/token"
    endpoints = script.broker.endpoints
    script.changed_broker(endpoints=type(endpoints)(endpoints.authorization, closed, endpoints.jwks))


BIG = b'{"id_token": "' + b"a" * 70_000 + b'"}'
HTML = {"Content-Type": "text/html; charset=utf-8"}

ABOUT_THE_CLAIMS = [
    AttackCase("another issuer", claim(iss="https://other.example"), "iss"),
    AttackCase("issuer with a slash more", lambda s: s.claims.update(iss=s.broker.issuer + "/"), "iss"),
    AttackCase("no issuer", without("iss"), "iss"),
    AttackCase("issuer in a list", lambda s: s.claims.update(iss=[s.broker.issuer]), "iss"),
    AttackCase("issuer twice", payload(duplicated("iss", "https://evil.example")), "token-claims-json"),
    AttackCase("another audience", claim(aud="somebody-else"), "aud"),
    AttackCase("two audiences", claim(aud=[CLIENT, "somebody-else"]), "aud"),
    AttackCase("two audiences and azp ours", claim(aud=[CLIENT, "other"], azp=CLIENT), "aud"),
    AttackCase("our audience twice", claim(aud=[CLIENT, CLIENT]), "aud"),
    AttackCase("audience in capitals", claim(aud=CLIENT.upper()), "aud"),
    AttackCase("empty audience list", claim(aud=[]), "aud"),
    AttackCase("no audience", without("aud"), "aud"),
    AttackCase("audience twice", payload(duplicated("aud", "other")), "token-claims-json"),
    AttackCase("azp of another", claim(azp="somebody-else"), "azp"),
    AttackCase("azp null", claim(azp=None), "azp"),
    AttackCase("no subject", without("sub"), "sub"),
    AttackCase("empty subject", claim(sub=""), "sub"),
    AttackCase("a number as subject", claim(sub=7), "sub"),
    AttackCase("a subject too long", claim(sub="x" * 256), "sub"),
    AttackCase("expired", claim(exp=AT - 31), "exp"),
    AttackCase("no expiry", without("exp"), "exp"),
    AttackCase("expiry as text", claim(exp=str(AT + 300)), "exp"),
    AttackCase("expiry true", claim(exp=True), "exp"),
    AttackCase("expiry infinite", payload(lambda raw: raw.replace(str(AT + 300).encode(), b"1e999")), "exp"),
    AttackCase("expiry a huge number", claim(exp=10**400), "exp"),
    AttackCase("expiry NaN", claim(exp=float("nan")), "token-claims-json"),
    AttackCase("issued in the future", claim(iat=AT + 31), "iat"),
    AttackCase("issued long ago", claim(iat=AT - 631), "iat"),
    AttackCase("no time of issue", without("iat"), "iat"),
    AttackCase("not valid yet", claim(nbf=AT + 31), "nbf"),
    AttackCase("another nonce", claim(nonce="nonce-" + "x" * 37), "nonce", ReplyRefused),
    AttackCase("no nonce", without("nonce"), "nonce"),
    AttackCase("nonce in a list", claim(nonce=[ATTEMPT.nonce]), "nonce"),
    AttackCase("nonce beyond ASCII", claim(nonce="nonce-ä\ud800"), "nonce", ReplyRefused),
    AttackCase("nonce twice", payload(duplicated("nonce", "x")), "token-claims-json"),
    AttackCase("log-in before the attempt", claim(auth_time=AT - 91), "auth_time"),
    AttackCase("log-in in the future", claim(auth_time=AT + 31), "auth_time"),
    AttackCase("no time of log-in", without("auth_time"), "auth_time"),
    AttackCase("time of log-in null", claim(auth_time=None), "auth_time"),
    AttackCase("no acr", without("acr"), "acr"),
    AttackCase("acr in a list", claim(acr=[LOA2]), "acr"),
    AttackCase("a test level", claim(acr="http://ftn.ficora.fi/2017/loatest2"), None, AssuranceTooLow),
    AttackCase("a weak log-in", claim(acr="password"), None, AssuranceTooLow),
    AttackCase("acr with other letters", claim(acr=LOA2.upper()), None, AssuranceTooLow),
    AttackCase("no identity code", without("urn:oid:1.2.246.21"), None, IdentityIncomplete),
    AttackCase("empty identity code", oid("1.2.246.21", ""), None, IdentityIncomplete),
    AttackCase("identity code a list", oid("1.2.246.21", ["010190-900P"]), "hetu-shape"),
    AttackCase("identity code misshapen", oid("1.2.246.21", "0101904900P"), "hetu-shape"),
    AttackCase("identity code in wide digits", oid("1.2.246.21", "０10190-900P"), "hetu-shape"),
    AttackCase("a wrong check character", oid("1.2.246.21", "010190-123A"), "hetu-check"),
    AttackCase(
        "a wrong check character, no test codes",
        all_of(broker(allow_test_codes=False), oid("1.2.246.21", "010190-123A")),
        "hetu-check",
    ),
    AttackCase("an unknown separator", oid("1.2.246.21", "010190/900P"), "hetu-shape"),
    AttackCase("a number that no person has", oid("1.2.246.21", "010190-001D"), "hetu-component"),
    AttackCase("no such day in that century", oid("1.2.246.21", "290200-900P"), "hetu-component"),
    AttackCase("identity code of no date", oid("1.2.246.21", "320190-900P"), "hetu-component"),
    AttackCase("identity code of the future", oid("1.2.246.21", "010140A900P"), "hetu-future"),
    AttackCase("a test code where none may be", broker(allow_test_codes=False), "hetu-test"),
    AttackCase("another birth date", oid("1.3.6.1.5.5.7.9.1", "1990-01-02"), "birth-date"),
    AttackCase("no family name", without("urn:oid:2.5.4.4"), "last-name"),
    AttackCase("blank family name", oid("2.5.4.4", "  "), "last-name"),
    AttackCase("control characters in a name", oid("2.5.4.4", "Korho\x00nen"), "last-name"),
    AttackCase("half a character in a name", oid("2.5.4.4", "Korho\ud800nen"), "last-name"),
    AttackCase("a name too long", oid("1.2.246.575.1.14", "a" * 201), "first-names"),
    AttackCase("first names as a list", oid("1.2.246.575.1.14", ["Aino", "Inkeri"]), "first-names"),
    AttackCase("claims that are a list", payload(lambda raw: b"[" + raw + b"]"), "token-claims-json"),
    AttackCase("claims that are no JSON", payload(lambda raw: raw[:-1]), "token-claims-json"),
    AttackCase("claims in latin-1", payload(lambda raw: raw + b"\xe4"), "token-claims-json"),
    AttackCase("claims a thousand deep", payload(lambda _: b"[" * 5000), "token-claims-json"),
]

ABOUT_THE_SIGNATURE = [
    AttackCase("algorithm none", forged(algorithm_none), "token-algorithm"),
    AttackCase("HS256 by the public key", forged(signed_with_the_public_key_as_secret), "token-algorithm"),
    AttackCase("another RSA algorithm", inner_header(alg="RS512"), "token-algorithm"),
    AttackCase("PS256 where RS256 is agreed", inner_header(alg="PS256"), "token-algorithm"),
    AttackCase("no algorithm", forged(lambda t: f"{b64(b'{}')}.{t.partition('.')[2]}"), "token-algorithm"),
    AttackCase("algorithm in small letters", inner_header(alg="rs256"), "token-algorithm"),
    AttackCase("a list of algorithms", forged(list_of_algorithms), "token-algorithm"),
    AttackCase("signed by another", signed_by("a-thief"), "token-signature"),
    AttackCase("no signature", forged(without_signature), "token-signature"),
    AttackCase("a signature of zeros", forged(signature_of_another), "token-signature"),
    AttackCase("a signature that is no base64", forged(lambda t: t[:-4] + "++=="), "token-signature"),
    AttackCase("no kid", lambda s: s.signed_header.pop("kid"), "token-kid"),
    AttackCase("kid a number", inner_header(kid=1), "token-kid"),
    AttackCase("an unknown kid", inner_header(kid="made-up"), "token-key-unknown"),
    AttackCase("its own key", inner_header(jwk=dict(rsa_key("a-thief").as_dict())), "token-header"),
    AttackCase("an address of keys", inner_header(jku="https://evil.example/jwks"), "token-header"),
    AttackCase("an address of a certificate", inner_header(x5u="https://evil.example/"), "token-header"),
    AttackCase("a certificate", inner_header(x5c=["MIIB"]), "token-header"),
    AttackCase("an unknown critical header", inner_header(crit=["exp"], exp=AT), "token-header"),
    AttackCase("critical headers that are no list", inner_header(crit=5), "token-header"),
    AttackCase("an unencoded payload", inner_header(b64=False, crit=["b64"]), "token-header"),
    AttackCase("another type of token", inner_header(typ="at+jwt"), "token-header"),
    AttackCase("a logout token", inner_header(typ="logout+jwt"), "token-header"),
    AttackCase("a token in the token", inner_header(cty="JWT"), "token-header"),
    AttackCase("a compressed signed token", inner_header(zip="DEF"), "token-compressed"),
    AttackCase("a header with a member twice",
        forged(lambda t: b64(b'{"alg":"none","alg":"RS256","kid":"broker-rsa"}') + t[t.index("."):]),
        "token-header"),
    AttackCase("a header that is no JSON", forged(lambda t: "e30x" + t[t.index("."):]), "token-header"),
    AttackCase("two parts", forged(lambda t: t.rpartition(".")[0]), "token-shape"),
    AttackCase("four parts", forged(lambda t: t + ".x"), "token-shape"),
    AttackCase("an empty token inside", forged(lambda _: ""), "token-shape"),
]  # fmt: skip

ABOUT_THE_ENCRYPTION = [
    AttackCase("not encrypted", unencrypted, "token-not-encrypted"),
    AttackCase("encrypted unasked", expects_no_encryption, "token-encrypted"),
    AttackCase("encrypted twice", forged(encrypted_twice), "token-nested"),
    AttackCase("RSA1_5", relabelled(alg="RSA1_5"), "token-encryption-algorithm"),
    AttackCase("a shared secret", relabelled(alg="dir"), "token-encryption-algorithm"),
    AttackCase("a password", relabelled(p2c=10**9), "token-header"),
    AttackCase("a header changed on the way", relabelled(cty="jwt"), "token-decryption"),
    AttackCase("another OAEP", outer_header(alg="RSA-OAEP-256"), "token-encryption-algorithm"),
    AttackCase("another encoding", outer_header(enc="A128GCM"), "token-encryption-algorithm"),
    AttackCase("compressed", outer_header(zip="DEF"), "token-compressed"),
    AttackCase("critical header outside", outer_header(crit=["made-up"], **{"made-up": "1"}), "token-header"),
    AttackCase("a key beside", outer_header(jwk=dict(rsa_key("a-thief").as_dict())), "token-header"),
    AttackCase("another content", outer_header(cty="text/plain"), "token-header"),
    AttackCase("for a key that we have not", outer_header(kid="retired"), "token-decryption-key"),
    AttackCase("for another's key", lambda s: setattr(s, "outer_key", rsa_key("a-thief")),
        "token-decryption"),
    AttackCase("an ephemeral key that is private", ecdh(d="AAAA"), "token-header"),
    AttackCase("an ephemeral key of another curve", ecdh(crv="P-384"), "token-header"),
    AttackCase("an ephemeral key of a list of curves", ecdh(crv=["P-256"]), "token-header"),
    AttackCase("an ephemeral key off the curve", ecdh(x=b64(b"\1" * 32)), "token-decryption"),
    AttackCase("an ephemeral key of numbers", ecdh(x=1), "token-decryption"),
    AttackCase("an ephemeral key with orders", ecdh(key_ops=["sign"]), "token-header"),
    AttackCase("another's ephemeral key", ecdh(), "token-decryption"),
    AttackCase("an ephemeral key a byte short", ecdh(x=b64(b"\1" * 31)), "token-decryption"),
    AttackCase("a wrapped key where none is", agreed_upon(lambda p: [b"key", *p[1:]]), "token-decryption"),
    AttackCase("a tag cut short", agreed_upon(lambda p: [*p[:3], p[3][:12]]), "token-decryption"),
    AttackCase("the tag's first byte in the text", agreed_upon(lambda p: [*p[:2], p[2] + p[3][:1], p[3][1:]]),
        "token-decryption"),
    AttackCase("the text's last byte in the tag", agreed_upon(lambda p: [*p[:2], p[2][:-1], p[2][-1:] + p[3]]),
        "token-decryption"),
    AttackCase("another IV", agreed_upon(lambda p: [p[0], bytes(12), *p[2:]]), "token-decryption"),
    AttackCase("an IV of another length", agreed_upon(lambda p: [p[0], p[1] + b"0", *p[2:]]), "token-decryption"),
    AttackCase("a part written with padding", lambda s: id_token(s.token() + "=")(s), "token-decryption"),
    AttackCase("a part written in another way", lambda s: id_token(respelt(s.token()))(s), "token-decryption"),
    AttackCase("oversized", claim(padding="x" * 20_000), "token-size"),
    AttackCase("beyond ASCII", id_token("ä.b.c.d.e"), "token-shape"),
    AttackCase("four dots and nothing", id_token("...."), "token-header"),
    AttackCase("a token that is no text", id_token({"a": 1}), "token-missing"),
    AttackCase("no token", id_token(None), "token-missing"),
]  # fmt: skip

ABOUT_THE_KEYS = [
    AttackCase("a withdrawn key", lambda s: s.jwks.clear(), "token-key-unknown"),
    AttackCase("a key for encrypting", jwk(use="enc"), "token-key-unknown"),
    AttackCase("a key of another algorithm", jwk(alg="PS256"), "token-key-unknown"),
    AttackCase("a key that may not verify", jwk(key_ops=["encrypt"]), "token-key-unknown"),
    AttackCase("operations that are no list", jwk(key_ops=5), "token-key-unknown"),
    AttackCase("a secret as key", jwk(kty="oct", k="AAAA"), "token-key-unknown"),
    AttackCase("a private key", jwk(d="AQAB"), "token-key-unknown"),
    AttackCase("a key without kid", lambda s: s.jwks[0].pop("kid"), "token-key-unknown"),
    AttackCase("two keys of one kid", lambda s: s.jwks.append(dict(s.jwks[0])), "token-key-unknown"),
    AttackCase("a key without modulus", lambda s: s.jwks[0].pop("n"), "token-key-unknown"),
    AttackCase("a modulus that is no base64", jwk(n="***"), "token-key-unknown"),
    AttackCase("a short modulus", jwk(n=b64(b"\xff" * 128)), "token-key-unknown"),
    AttackCase("keys that are no list", jwks_says(Canned(b'{"keys": {}}')), "jwks-shape"),
    AttackCase("keys that are no objects", jwks_says(Canned(b'{"keys": [1]}')), "token-key-unknown"),
    AttackCase("no keys member", jwks_says(Canned(b"{}")), "jwks-shape"),
    AttackCase("keys as HTML", jwks_says(Canned(b"<p>", headers=HTML)), "jwks-answer-type"),
    AttackCase("keys moved", jwks_says(Canned(b"{}", 302, {**JSON, "Location": "/x"})), "jwks-redirect"),
    AttackCase("keys not found", jwks_says(Canned(b"{}", 404)), "jwks-status"),
    AttackCase("keys too many", jwks_says(Canned(BIG)), "jwks-answer-size"),
    AttackCase("keys with members twice", jwks_says(Canned(b'{"keys":[],"keys":[]}')), "jwks-answer-json"),
    AttackCase("keys out of order", jwks_says(Canned(b"{}", 503)), "jwks-status", BrokerUnavailable),
    AttackCase("keys that hang", all_of(impatient, jwks_says(hangs)), "jwks-timeout", BrokerUnavailable),
]

ABOUT_THE_REPLY = [
    AttackCase("another state", reply(state="state-" + "x" * 37), "state", ReplyRefused),
    AttackCase("no state", no_reply("state"), "state", ReplyRefused),
    AttackCase("empty state", reply(state=""), "state", ReplyRefused),
    AttackCase("state beyond ASCII", reply(state="ä\ud800"), "state", ReplyRefused),
    AttackCase("answer of another broker", reply(iss="https://other.example"), "response-iss", ReplyRefused),
    AttackCase("answer of an unnamed broker",
        all_of(broker(response_issuer_required=True), no_reply("iss")), "response-iss", ReplyRefused),
    AttackCase("error of another broker", error("access_denied", iss="https://o.example"),
        "response-iss", ReplyRefused),
    AttackCase("error for another state", error("access_denied", state="x"), "state", ReplyRefused),
    AttackCase("no code", no_reply("code"), "code", ReplyRefused),
    AttackCase("empty code", reply(code=""), "code", ReplyRefused),
    AttackCase("code with a line break", reply(code="a\r\nb"), "code", ReplyRefused),
    AttackCase("code beyond ASCII", reply(code="ä"), "code", ReplyRefused),
    AttackCase("code too long", reply(code="x" * 8193), "code", ReplyRefused),
    AttackCase("the person turned back", error("access_denied"), None, IdentificationCancelled),
    AttackCase("the person cancelled", error("login_cancelled"), None, IdentificationCancelled),
    AttackCase("cancelled, user's word", error("user_cancelled"), None, IdentificationCancelled),
    AttackCase("the broker says no", error("invalid_request"), "broker-refused", ReplyRefused),
    AttackCase("the broker's fault", error("server_error"), "broker-unavailable", BrokerUnavailable),
    AttackCase("an unknown error", error("<script>"), "broker-refused", ReplyRefused),
    AttackCase("an error without a name", error(""), "broker-refused", ReplyRefused),
    AttackCase("error beside a code", reply(error="access_denied"), "code-and-error", ReplyRefused),
    AttackCase("come back later", error("temporarily_unavailable"), "broker-unavailable", BrokerUnavailable),
]  # fmt: skip

ABOUT_THE_LINE = [
    AttackCase("code used twice", token_says(Canned(b'{"error":"invalid_grant"}', 400)),
        "token-invalid_grant", ReplyRefused),
    AttackCase("we are unknown", token_says(Canned(b'{"error":"invalid_client"}', 401)),
        "token-invalid_client"),
    AttackCase("another error", token_says(Canned(b'{"error":"010190-900P"}', 400)), "token-refused"),
    AttackCase("error without a name", token_says(Canned(b'{"error":["x"]}', 400)), "token-refused"),
    AttackCase("created instead of OK", token_says(Canned(b"{}", 201)), "token-refused"),
    AttackCase("redirected", token_says(Canned(b"", 307, {"Location": "https://evil.example/"})),
        "token-redirect"),
    AttackCase("moved for good", token_says(Canned(b"{}", 301, {**JSON, "Location": "/token"})),
        "token-redirect"),
    AttackCase("HTML", token_says(Canned(b"<html>", headers=HTML)), "token-answer-type"),
    AttackCase("no type", token_says(Canned(b"{}", headers={})), "token-answer-type"),
    AttackCase("compressed answer", token_says(Canned(b"{}", headers={**JSON, "Content-Encoding": "gzip"})),
        "token-answer-type"),
    AttackCase("no JSON", token_says(Canned(b"{")), "token-answer-json"),
    AttackCase("a list", token_says(Canned(b"[]")), "token-answer-json"),
    AttackCase("two tokens", token_says(Canned(b'{"id_token":"a.b.c","id_token":"d.e.f"}')),
        "token-answer-json"),
    AttackCase("a huge answer", token_says(Canned(BIG)), "token-answer-size"),
    AttackCase("endless chunks", token_says(sends_endless_chunks), "token-answer-size"),
    AttackCase("out of order", token_says(Canned(b"{}", 500)), "token-status", BrokerUnavailable),
    AttackCase("too many requests", token_says(Canned(b"{}", 429)), "token-status", BrokerUnavailable),
    AttackCase("hangs", all_of(impatient, token_says(hangs)), "token-timeout", BrokerUnavailable),
    AttackCase("drips its body", all_of(impatient, token_says(drips_its_body)), "token-timeout",
        BrokerUnavailable),
    AttackCase("drips its headers", all_of(impatient, token_says(drips_its_headers)), "token-timeout",
        BrokerUnavailable),
    AttackCase("hangs up", token_says(hangs_up), "token-unreachable", BrokerUnavailable),
    AttackCase("breaks off", token_says(breaks_off), "token-unreachable", BrokerUnavailable),
    AttackCase("talks another language", token_says(talks_nonsense), "token-unreachable",
        BrokerUnavailable),
    AttackCase("no listener", no_listener, "token-unreachable", BrokerUnavailable),
]  # fmt: skip

ATTACK_CASES = [
    *ABOUT_THE_CLAIMS,
    *ABOUT_THE_SIGNATURE,
    *ABOUT_THE_ENCRYPTION,
    *ABOUT_THE_KEYS,
    *ABOUT_THE_REPLY,
    *ABOUT_THE_LINE,
]

TOLERATED_VARIANTS: list[tuple[str, Change]] = [
    ("iss and aud in the encrypted header", outer_header(iss="x", aud=CLIENT)),
    ("no kid outside", lambda s: (s.outer_header or {}).pop("kid")),
    ("no content type outside", lambda s: (s.outer_header or {}).pop("cty")),
    ("a header that means nothing to us", inner_header(x5t="abc", made_up=1)),
    ("an audience list of one", claim(aud=[CLIENT])),
    ("azp ours", claim(azp=CLIENT)),
    ("fractions of seconds", claim(iat=AT - 0.5, exp=AT + 299.5)),
    ("a clock that is 30 s ahead", claim(iat=AT + 30, auth_time=AT + 30)),
    ("a clock that is 30 s behind", claim(exp=AT - 29, auth_time=AT - 89)),
    ("no birth date", without("urn:oid:1.3.6.1.5.5.7.9.1")),
    ("an answer that names no broker", no_reply("iss")),
    ("a bank's test code with a wrong check character", oid("1.2.246.21", "010190-9000")),
    ("claims that were not requested", claim(at_hash="x", amr=["pwd"], nested={"a": [1]})),
    ("other keys beside the right one", lambda s: s.jwks.insert(0, {"kty": "AKP", "kid": "pq"})),
    ("a key without use", lambda s: s.jwks[0].pop("use")),
    ("an attempt begun a while ago", lambda s: setattr(s, "now", NOW + timedelta(seconds=200))),
]
