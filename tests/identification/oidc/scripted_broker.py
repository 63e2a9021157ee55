"""A broker over real HTTP that answers as a test wants, honest by default."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from joserfc import jwe
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter

from kanssa.identification.methods.oidc import Broker, OidcMethod
from kanssa.identification.methods.oidc.broker import (
    Encryption,
    Endpoints,
    SigningKey,
    Timeouts,
)
from kanssa.identification.protocol import Attempt
from kanssa.values.identity import VerifiedIdentity

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
CLIENT = "kanssa-test"
RETURN_URL = "http://127.0.0.1:8000/return/bank/"
HETU = "010190-900P"
UNHURRIED = Timeouts(connect=60, read=60, total=120)
"""Long enough that a machine that pauses does not look like a broker that does not answer."""
HURRIED = Timeouts(connect=1, read=1, total=2)
"""Short, for tests of a broker that does not answer."""
LOA2 = "http://ftn.ficora.fi/2017/loa2"
JSON = {"Content-Type": "application/json"}

ATTEMPT = Attempt(
    id=UUID(int=1),
    state="state-" + "s" * 37,
    nonce="nonce-" + "n" * 37,
    verifier="verifier-" + "v" * 40,
    begun_at=NOW - timedelta(seconds=60),
    return_url=RETURN_URL,
)

Key = RSAKey | ECKey
Misbehaviour = Callable[[BaseHTTPRequestHandler, Event], None]


@cache
def rsa_key(name: str) -> RSAKey:
    """Make one key per name and test run: making them is slow."""
    return RSAKey.generate_key(2048, {"kid": name})


@cache
def ec_key(name: str, curve: str = "P-256") -> ECKey:
    return ECKey.generate_key(curve, {"kid": name})


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def signed(header: Mapping[str, Any], payload: bytes, key: Key, algorithm: str) -> str:
    """Sign without any check, so that forbidden headers can be signed too."""
    message = f"{b64(json.dumps(header).encode())}.{b64(payload)}"
    signature = JWSRegistry.algorithms[algorithm].sign(message.encode(), key)
    return f"{message}.{b64(signature)}"


def encrypted(header: Mapping[str, Any], plaintext: bytes, key: Key) -> str:
    """Encrypt according to the header, without any check."""
    algorithms = [header["alg"], header["enc"], header.get("zip", "DEF")]
    extra = {"made-up": HeaderParameter("for crit", "str")}
    registry = JWERegistry(extra, algorithms, strict_check_header=False)
    return jwe.encrypt_compact(dict(header), plaintext, key, registry=registry)


def honest_claims(issuer: str) -> dict[str, Any]:
    at = int(NOW.timestamp())
    return {
        "iss": issuer,
        "aud": CLIENT,
        "sub": "pseudonym-1",
        "iat": at - 1,
        "exp": at + 300,
        "auth_time": at - 20,
        "nonce": ATTEMPT.nonce,
        "acr": LOA2,
        "urn:oid:1.2.246.21": HETU,
        "urn:oid:2.5.4.4": "Korhonen",
        "urn:oid:1.2.246.575.1.14": "Aino Inkeri",
        "urn:oid:1.3.6.1.5.5.7.9.1": "1990-01-01",
    }


def honest_broker(base: str) -> Broker:
    return Broker(
        key="bank",
        labels={"fi": "Pankki", "sv": "Bank", "en": "Bank"},
        issuer=base,
        client_id=CLIENT,
        endpoints=Endpoints(f"{base}/authorize", f"{base}/token", f"{base}/jwks", f"{base}/par"),
        signing_key=SigningKey(ec_key("our-signing"), "ES256"),
        token_algorithm="RS256",
        encryption=Encryption("RSA-OAEP", "A128CBC-HS256", {"our-rsa": rsa_key("our-rsa")}),
        request_mode="query",
        scopes=("openid", "ftn_hetu"),
        assurances={LOA2: "substantial", "http://ftn.ficora.fi/2017/loa3": "high"},
        assertion_audience=f"{base}/token",
        allow_test_codes=True,
        allow_http=True,
        timeouts=UNHURRIED,
    )


@dataclass
class Canned:
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: dict(JSON))


@dataclass
class Script:
    """The broker's answers; a case changes one thing of an honest answer."""

    broker: Broker
    claims: dict[str, Any]
    reply: dict[str, str]
    jwks: list[dict[str, Any]]
    attempt: Attempt = ATTEMPT
    now: datetime = NOW
    payload: bytes | None = None
    signed_header: dict[str, Any] = field(
        default_factory=lambda: {"alg": "RS256", "kid": "broker-rsa", "typ": "JWT"}
    )
    signing_key: Key = field(default_factory=lambda: rsa_key("broker-rsa"))
    outer_header: dict[str, Any] | None = field(
        default_factory=lambda: {
            "alg": "RSA-OAEP",
            "enc": "A128CBC-HS256",
            "kid": "our-rsa",
            "cty": "JWT",
        }
    )
    outer_key: Key = field(default_factory=lambda: rsa_key("our-rsa"))
    forge: Callable[[str], str] = str
    token_answer: Canned | Misbehaviour | None = None
    jwks_answer: Canned | Misbehaviour | None = None
    pushed_answer: Canned | Misbehaviour | None = None
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def inner_token(self) -> str:
        payload = self.payload or json.dumps(self.claims).encode()
        algorithm = self.signed_header["alg"]
        if algorithm not in ["RS256", "PS256", "ES256", "RS512"]:
            algorithm = "RS256"
        return signed(self.signed_header, payload, self.signing_key, algorithm)

    def token(self) -> str:
        inner = self.forge(self.inner_token())
        if self.outer_header is None:
            return inner
        return encrypted(self.outer_header, inner.encode(), self.outer_key)

    def id_token_answer(self) -> Canned:
        answer = {"access_token": "unused", "token_type": "Bearer", "id_token": self.token()}
        return Canned(json.dumps(answer).encode())

    def changed_broker(self, **changes: Any) -> None:
        self.broker = replace(self.broker, **changes)

    def method(self) -> OidcMethod:
        return OidcMethod(self.broker)

    def finish(self, method: OidcMethod | None = None) -> VerifiedIdentity:
        method = method or self.method()
        return method.finish(self.reply, attempt=self.attempt, now=self.now)

    def answer_to(self, path: str) -> Canned | Misbehaviour:
        if path == "/token":
            return self.token_answer or self.id_token_answer()
        if path == "/jwks":
            return self.jwks_answer or Canned(json.dumps({"keys": self.jwks}).encode())
        if path == "/par":
            pushed = {"request_uri": "urn:pushed:1", "expires_in": 60}
            return self.pushed_answer or Canned(json.dumps(pushed).encode(), status=201)
        return Canned(b"{}", status=404)


class ScriptedBroker:
    """Serves one script; set it before each test."""

    def __init__(self, port: int, released: Event) -> None:
        self.base = f"http://localhost:{port}"
        self.released = released
        self.script = self.honest_script()

    def honest_script(self) -> Script:
        key = rsa_key("broker-rsa").as_dict(private=False, use="sig", alg="RS256")
        self.script = Script(
            broker=honest_broker(self.base),
            claims=honest_claims(self.base),
            reply={"code": "the-code", "state": ATTEMPT.state, "iss": self.base},
            jwks=[dict(key)],
        )
        return self.script


@contextmanager
def running_broker() -> Iterator[ScriptedBroker]:
    released = Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer({name: values[0] for name, values in parse_qs(body).items()})

        def answer(self, fields: dict[str, str]) -> None:
            path = urlsplit(self.path).path
            broker.script.seen.append((path, fields))
            canned = broker.script.answer_to(path)
            if not isinstance(canned, Canned):
                self.close_connection = True
                canned(self, released)
                return
            self.send_response(canned.status)
            for name, value in canned.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(canned.body)))
            self.end_headers()
            self.wfile.write(canned.body)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            pass  # tests have a client that hangs up on a misbehaving broker

    with Server(("127.0.0.1", 0), Handler) as server:
        broker = ScriptedBroker(server.server_address[1], released)
        Thread(target=server.serve_forever, daemon=True).start()
        yield broker
        released.set()  # lets answers end that hang on purpose
        server.shutdown()
