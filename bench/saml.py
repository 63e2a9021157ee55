"""What verifying one SAML response costs, beside its cryptography alone: `python -m bench.saml`.

Slices of both take turns in one process; the first round is dropped, and medians are told. CPU
time, not the clock's. The response is the honest one of the tests: signed, encrypted, signed.
"""

import time
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from statistics import median

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from lxml import etree

from kanssa.identification.methods.saml import SamlMethod
from tests.identification.saml.scripted_provider import ATTEMPT, NOW, SamlScript, pair

_ROUNDS, _SLICE, _UNTIMED = 9, 200, 50


def main() -> None:
    """Measure both and print a row."""
    script = SamlScript()
    fields, method = script.fields(), SamlMethod(script.party)
    whole = _responses(method, fields)
    alone = _cryptography(fields["SAMLResponse"])
    times: dict[str, list[float]] = {"cryptography": [], "verification": []}
    for _ in range(_ROUNDS):
        times["cryptography"].append(_cpu_ms(alone))
        times["verification"].append(_cpu_ms(whole))
    least, ours = (median(rounds[1:]) for rounds in times.values())
    size = len(b64decode(fields["SAMLResponse"]))
    print(f"cryptography {least:.2f} ms, verification {ours:.2f} ms, {ours / least:.1f} times, {size} bytes")


def _responses(method: SamlMethod, fields: dict[str, str]) -> Callable[[], object]:
    return lambda: method.finish(fields, attempt=ATTEMPT, now=NOW)


def _cryptography(packed: str) -> Callable[[], object]:
    """Two signatures, their four digests, one wrapped key, one sealed assertion."""
    raw = b64decode(packed)
    key, public = pair("our-decryption").key, pair("idp").key.public_key()
    assert isinstance(public, RSAPublicKey)
    values = [value.text or "" for value in etree.fromstring(raw).iter("{*}CipherValue")]
    wrapped, sealed = (b64decode(value) for value in values)
    signature = pair("idp").key.sign(raw, PKCS1v15(), SHA256())
    padding = OAEP(mgf=MGF1(SHA1()), algorithm=SHA1(), label=None)

    def operation() -> None:
        plain = AESGCM(key.decrypt(wrapped, padding)).decrypt(sealed[:12], sealed[12:], None)
        public.verify(signature, raw, PKCS1v15(), SHA256())
        public.verify(signature, raw, PKCS1v15(), SHA256())
        sha256(raw).digest()
        sha256(plain).digest()

    return operation


def _cpu_ms(operation: Callable[[], object]) -> float:
    for _ in range(_UNTIMED):
        operation()
    before = time.process_time()
    for _ in range(_SLICE):
        operation()
    return (time.process_time() - before) * 1000 / _SLICE


if __name__ == "__main__":
    main()
