"""What verifying one id_token costs, beside its cryptography alone: `python -m bench.tokens`.

Verified is a token that was opened, whose signature and every claim about parties, times, nonce and
level were checked; reading the person's code and names out of it is told beside it. Each suite of
algorithms is measured in slices that take turns, in one process; the first round is dropped, and
medians are told. CPU time, not the clock's.
"""

import hmac
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from statistics import median
from threading import Thread
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash
from joserfc import jwe, jws
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

from kanssa.identification.methods.oidc.broker import (
    Broker,
    ContentEncryption,
    Encryption,
    Endpoints,
    KeyManagement,
    SigningAlgorithm,
    SigningKey,
)
from kanssa.identification.methods.oidc.claims import identity_from, verify_claims
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.methods.oidc.token_reader import TokenReader
from kanssa.identification.protocol import Attempt

_ROUNDS, _SLICE, _UNTIMED = 9, 300, 50
_LOA2 = "http://ftn.ficora.fi/2017/loa2"


@dataclass(frozen=True)
class Suite:
    """How a broker signs and encrypts."""

    signing: SigningAlgorithm
    encryption: KeyManagement
    encoding: ContentEncryption


SUITES = (
    Suite("RS256", "RSA-OAEP", "A128CBC-HS256"),
    Suite("PS256", "RSA-OAEP", "A128GCM"),
    Suite("ES256", "ECDH-ES", "A256GCM"),
)


def main() -> None:
    """Measure every suite and print a row for each."""
    print(f"{'suite':<34}{'cryptography':>14}{'verification':>14}{'times':>8}{'with identity':>15}")
    for suite in SUITES:
        alone, verified, read = _measured(suite)
        name = f"{suite.signing} in {suite.encryption}, {suite.encoding}"
        print(f"{name:<34}{alone:>11.3f} ms{verified:>11.3f} ms{verified / alone:>8.2f}{read:>12.3f} ms")


def _measured(suite: Suite) -> list[float]:
    """CPU milliseconds of the cryptography alone, of the verification, and of it with the identity read."""
    theirs = _key(suite.signing, "theirs")
    ours = _key(suite.encryption, "ours")
    with _Serving(theirs, suite) as address:
        broker = _broker(suite, ours, address)
        token, attempt, now = _token(broker, theirs, ours)
        operations = (
            _cryptography(suite, token, theirs, ours),
            _reading(broker, token, attempt, now, verify_claims),
            _reading(broker, token, attempt, now, identity_from),
        )
        rounds = [[_cpu_of(operation) for operation in operations] for _ in range(_ROUNDS)][1:]
    return [median(column) for column in zip(*rounds, strict=True)]


def _cpu_of(operation: Callable[[], object]) -> float:
    for _ in range(_UNTIMED):
        operation()
    before = time.process_time()
    for _ in range(_SLICE):
        operation()
    return (time.process_time() - before) * 1000 / _SLICE


def _reading(
    broker: Broker, token: str, attempt: Attempt, now: datetime, take: Callable[..., object]
) -> Callable[[], object]:
    transport = BrokerClient(broker.timeouts)
    reader = TokenReader(broker, BrokerKeys(broker, transport))

    def read() -> None:
        verified_claims = reader.read(token, transport.time_left(), now=now)
        take(verified_claims, broker=broker, attempt=attempt, now=now)

    return read


def _cryptography(suite: Suite, token: str, theirs: Any, ours: Any) -> Callable[[], object]:
    """Every primitive of the same token, on bytes that were taken apart before."""
    opened = _opening(suite, token, ours)
    head, payload, tail = opened().decode().split(".")
    signed, signature = f"{head}.{payload}".encode(), urlsafe_b64decode(tail.encode())
    check = _checking(suite, theirs.public_key, signed, signature)

    def both() -> None:
        opened()
        check()

    return both


def _opening(suite: Suite, token: str, ours: Any) -> Callable[[], bytes]:
    head, wrapped, *rest = token.split(".")
    iv, text, tag = (urlsafe_b64decode(part.encode()) for part in rest)
    private, aad = ours.private_key, head.encode()
    if suite.encryption == "ECDH-ES":
        epk = json.loads(urlsafe_b64decode(head.encode()))["epk"]
        point = b"\4" + b"".join(urlsafe_b64decode(epk[name].encode()) for name in ("x", "y"))
        named = len(suite.encoding).to_bytes(4) + suite.encoding.encode()
        info = named + bytes(8) + (256).to_bytes(4)

        def open_ec() -> bytes:
            sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
            shared = private.exchange(ec.ECDH(), sender)
            key = ConcatKDFHash(hashes.SHA256(), 32, info).derive(shared)
            return AESGCM(key).decrypt(iv, text + tag, aad)

        return open_ec
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    encrypted = urlsafe_b64decode(wrapped.encode())
    if suite.encoding == "A128GCM":
        return lambda: AESGCM(private.decrypt(encrypted, oaep)).decrypt(iv, text + tag, aad)

    def open_cbc() -> bytes:
        key = private.decrypt(encrypted, oaep)
        length = (len(aad) * 8).to_bytes(8)
        if not hmac.compare_digest(hmac.digest(key[:16], aad + iv + text + length, sha256)[:16], tag):
            raise ValueError
        decryptor = Cipher(algorithms.AES(key[16:]), modes.CBC(iv)).decryptor()
        padded = decryptor.update(text) + decryptor.finalize()
        return padded[: -padded[-1]]

    return open_cbc


def _checking(suite: Suite, public: Any, signed: bytes, signature: bytes) -> Callable[[], object]:
    digest = hashes.SHA256()
    if suite.signing == "ES256":
        half = len(signature) // 2
        pair = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
        return lambda: public.verify(encode_dss_signature(*pair), signed, ec.ECDSA(digest))
    if suite.signing == "PS256":
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return lambda: public.verify(signature, signed, pss, digest)
    return lambda: public.verify(signature, signed, padding.PKCS1v15(), digest)


def _key(algorithm: str, kid: str) -> Any:
    if algorithm.startswith(("RS", "PS")):
        return RSAKey.generate_key(2048, {"kid": kid})
    return ECKey.generate_key("P-256", {"kid": kid})


def _broker(suite: Suite, ours: Any, address: str) -> Broker:
    return Broker(
        key="bank",
        labels={},
        issuer="https://isb.bank.fi",
        client_id="kanssa",
        endpoints=Endpoints(address, address, address),
        signing_key=SigningKey(ECKey.generate_key("P-256"), "ES256"),
        token_algorithm=suite.signing,
        encryption=Encryption(suite.encryption, suite.encoding, {"ours": ours}),
        request_mode="query",
        scopes=("openid",),
        assurances={_LOA2: "substantial"},
        assertion_audience=address,
        allow_test_codes=True,
        allow_http=True,
    )


def _token(broker: Broker, theirs: Any, ours: Any) -> tuple[str, Attempt, datetime]:
    now = datetime.now(UTC)
    at = int(now.timestamp())
    nonce = urlsafe_b64encode(os.urandom(32)).decode()
    verified_claims = {
        "iss": broker.issuer,
        "aud": broker.client_id,
        "sub": str(uuid4()),
        "iat": at,
        "exp": at + 300,
        "auth_time": at,
        "nonce": nonce,
        "acr": _LOA2,
        "urn:oid:1.2.246.21": "010190-900P",
        "urn:oid:2.5.4.4": "Korhonen",
        "urn:oid:1.2.246.575.1.14": "Aino Inkeri",
        "urn:oid:1.3.6.1.5.5.7.9.1": "1990-01-01",
        "urn:oid:2.5.4.3": "Korhonen Aino Inkeri",
        "amr": ["fi-bank"],
    }
    algorithm = broker.token_algorithm
    header = {"alg": algorithm, "kid": "theirs"}
    signed = jws.serialize_compact(header, json.dumps(verified_claims), theirs, algorithms=[algorithm])
    assert broker.encryption is not None
    agreed = broker.encryption
    outer = {"alg": agreed.algorithm, "enc": agreed.encoding, "kid": "ours", "cty": "JWT"}
    registry = JWERegistry(algorithms=[agreed.algorithm, agreed.encoding])
    token = jwe.encrypt_compact(outer, signed, ours, registry=registry)
    attempt = Attempt(uuid4(), "state", nonce, "verifier", begun_at=now, return_url="https://x.fi/return/")
    return token, attempt, now


class _Serving:
    """The broker's keys over HTTP, asked for once."""

    def __init__(self, theirs: Any, suite: Suite) -> None:
        keys = {"keys": [dict(theirs.as_dict(private=False, use="sig", alg=suite.signing))]}
        body = json.dumps(keys).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_address[1]}/jwks"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    main()
