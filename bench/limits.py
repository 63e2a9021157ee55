"""The least that a journey could cost: cryptography, calls, commits and empty requests, each alone."""

import hmac
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.client import HTTPConnection

import psycopg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bench.demo import CpuMs, Demo, cpu_ms
from rehearsal.data_folder import OWNER_DATABASE_URL

_UNTIMED, _TOKEN_BYTES = 20, 1200
_TABLE = "CREATE TABLE bench_commit (id bigserial PRIMARY KEY, payload bytea NOT NULL)"
_INSERT = "INSERT INTO bench_commit (payload) VALUES (%s)"


@contextmanager
def measuring(demo: Demo) -> Iterator[Callable[[], CpuMs]]:
    identify, payload = _identification(), os.urandom(100)
    with psycopg.connect(demo.environment[OWNER_DATABASE_URL], autocommit=True) as connection:
        connection.execute(_TABLE)
        call, empty = _request(demo.empty, "POST", b"A" * 750), _request(demo.empty, "GET")
        redirect = _request(demo.stack.service.removeprefix("http://"), "GET", status=302)

        def commit() -> object:
            return connection.execute(_INSERT, [payload])

        yield lambda: {
            "cryptography": _cpu_of(identify, 100, _own_ms),
            "token call": _cpu_of(call, 200, _own_ms),
            "commit": _cpu_of(commit, 300, lambda: cpu_ms(demo.roots["postgres"]) + _own_ms()),
            "empty request": _cpu_of(empty, 500, lambda: cpu_ms(demo.roots["empty"])),
            "redirect": _cpu_of(redirect, 300, lambda: cpu_ms(demo.roots["web"])),
        }


def _own_ms() -> float:
    return time.process_time() * 1000


def _cpu_of(operation: Callable[[], object], times: int, used: Callable[[], float]) -> float:
    for _ in range(_UNTIMED):
        operation()
    before = used()
    for _ in range(times):
        operation()
    return (used() - before) / times


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
        Cipher(algorithms.AES(content_key[16:]), modes.CBC(iv)).decryptor().update(text)
        their_public.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())

    return identify


def _request(
    address: str, method: str, body: bytes | None = None, *, status: int = 200
) -> Callable[[], object]:
    connection = HTTPConnection(address)

    def ask() -> None:
        connection.request(method, "/", body)
        answer = connection.getresponse()
        answer.read()
        if answer.status != status:
            raise RuntimeError(f"{address} answers {answer.status}, not {status}")

    return ask
