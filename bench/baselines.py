"""The least that a leg could cost: its cryptography, its call, its commit and empty requests, measured alone.

Beside two of them stands what the service's own code takes for the same.
"""

import hmac
import json
import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from joserfc import jwe, jws
from joserfc.jwe import JWERegistry

from bench.process_usage import cpu_ms
from bench.service import BenchService, ServiceAddresses
from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.oidc import read_broker
from kanssa.identification.methods.oidc.broker import Broker, Timeouts
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.methods.oidc.signing import Signer
from kanssa.identification.methods.oidc.token_reader import TokenReader
from kanssa.identification.registry import read_tables
from rehearsal.broker.registration import Client, PrivateKey, read_registration

_WAY = "bank"
_MARKS = ("kind", "rehearsal", "sandbox")
_IDENTIFICATIONS, _CALLS, _COMMITS, _REQUESTS = 100, 200, 300, 600
_UNTIMED = 20
_TOKEN_BYTES = 1200
_FORM = "grant_type=authorization_code&client_assertion=" + "A" * 700
_AS_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

Measured = Mapping[str, float]
"""CPU milliseconds of one, by name."""


@contextmanager
def measuring(service_under_test: BenchService) -> Iterator[Callable[[], Measured]]:
    """Prepare, and give what measures one slice of everything."""
    url = f"127.0.0.1:{service_under_test.place.empty}"
    with psycopg.connect(service_under_test.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_commit (id bigserial PRIMARY KEY, payload bytea NOT NULL)")
        identify, identify_ours = _identification(), _own_identification(service_under_test.place)
        call, call_ours = _token_call(url), _own_token_call(url)
        commit, empty = _commit(connection), _empty_request(url)
        postgres, server = service_under_test.roots["postgres"], service_under_test.roots["empty"]

        def measure() -> Measured:
            return {
                "cryptography": _own_cpu_of(identify, _IDENTIFICATIONS),
                "cryptography, Kanssa's": _own_cpu_of(identify_ours, _IDENTIFICATIONS),
                "token call": _own_cpu_of(call, _CALLS),
                "token call, Kanssa's": _own_cpu_of(call_ours, _CALLS),
                "commit": _cpu_of(commit, _COMMITS, beside=postgres, with_own=True),
                "empty request": _cpu_of(empty, _REQUESTS, beside=server, with_own=False),
            }

        yield measure


def _own_cpu_of(operation: Callable[[], object], times: int) -> float:
    for _ in range(_UNTIMED):
        operation()
    before = time.process_time()
    for _ in range(times):
        operation()
    return (time.process_time() - before) * 1000 / times


def _cpu_of(operation: Callable[[], object], times: int, *, beside: int, with_own: bool) -> float:
    """What the processes below `beside` took, and with them this one if it is to count."""
    for _ in range(_UNTIMED):
        operation()
    before, own_before = cpu_ms(beside), time.process_time()
    for _ in range(times):
        operation()
    own = (time.process_time() - own_before) * 1000 if with_own else 0
    return (cpu_ms(beside) - before + own) / times


# Cryptography


def _identification() -> Callable[[], object]:
    """Two ES256 signatures (request, assertion); RSA-OAEP, A128CBC-HS256 and RS256 of one token."""
    signing = ec.generate_private_key(ec.SECP256R1())
    ours, theirs = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    their_public = theirs.public_key()
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    key, iv, text = os.urandom(32), os.urandom(16), os.urandom(_TOKEN_BYTES)
    wrapped = ours.public_key().encrypt(key, oaep)
    signature = theirs.sign(text, padding.PKCS1v15(), hashes.SHA256())

    def identify() -> None:
        for _ in range(2):
            signing.sign(text, ec.ECDSA(hashes.SHA256()))
        content_key = ours.decrypt(wrapped, oaep)
        hmac.digest(content_key[:16], text, sha256)
        decryptor = Cipher(algorithms.AES(content_key[16:]), modes.CBC(iv)).decryptor()
        decryptor.update(text)
        their_public.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())

    return identify


def _own_identification(place: ServiceAddresses) -> Callable[[], object]:
    """Do the same through the service's own code, with its keys imported before."""
    table = read_tables(place.identification)[_WAY]
    table = {name: value for name, value in table.items() if name not in _MARKS}
    now = datetime.now(UTC)
    broker = read_broker(_WAY, Section(_WAY, table, place.identification.parent), now=now)
    transport = BrokerClient(broker.timeouts)
    signer, reader = Signer(broker), TokenReader(broker, BrokerKeys(broker, transport))
    token = _token(place, broker)

    def identify() -> None:
        signer.request_object(_question(), now)
        signer.credentials(now)
        reader.read(token, transport.time_left(), now=now)

    return identify


def _question() -> dict[str, object]:
    random = urlsafe_b64encode(b"R" * 32).decode()
    names = ("client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "ui_locales")
    return dict.fromkeys(names, random)


def _token(place: ServiceAddresses, broker: Broker) -> str:
    registration = read_registration(place.identification.parent / "broker")
    client = registration.clients[broker.client_id]
    signer = registration.keys[client.signing]
    header = {"alg": client.signing, "kid": signer.kid}
    said = json.dumps({"iss": broker.issuer, "aud": client.id, "claims": "A" * (_TOKEN_BYTES // 2)})
    signed = jws.serialize_compact(header, said, signer, algorithms=[client.signing])
    return _encrypted(signed, client, client.encryption_key)


def _encrypted(signed: str, client: Client, key: PrivateKey) -> str:
    header = {"alg": client.encryption, "enc": client.encoding, "kid": key.kid, "cty": "JWT"}
    registry = JWERegistry(algorithms=[client.encryption, client.encoding])
    return jwe.encrypt_compact(header, signed, key, registry=registry)


# The call, the commit, the request


def _token_call(address: str) -> Callable[[], object]:
    connection = HTTPConnection(address)

    def call() -> None:
        connection.request("POST", "/token", _FORM, _AS_FORM)
        json.loads(connection.getresponse().read())

    return call


def _own_token_call(address: str) -> Callable[[], object]:
    transport = BrokerClient(Timeouts())
    fields = {"grant_type": "authorization_code", "client_assertion": "A" * 700}
    return lambda: transport.post("token", f"http://{address}/token", transport.time_left(), fields)


def _commit(connection: psycopg.Connection) -> Callable[[], object]:
    payload = os.urandom(100)
    return lambda: connection.execute("INSERT INTO bench_commit (payload) VALUES (%s)", [payload])


def _empty_request(address: str) -> Callable[[], object]:
    connection = HTTPConnection(address)

    def ask() -> None:
        connection.request("GET", "/")
        connection.getresponse().read()

    return ask
