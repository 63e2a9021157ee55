"""Decrypt an assertion in memory: RSA-OAEP for the key, AES for the assertion."""

from collections.abc import Collection, Iterable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher as Machine
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from kanssa.identification.methods.saml.parties import Cipher
from kanssa.identification.methods.saml.xml_documents import Element, children, from_base64, only, text_of
from kanssa.identification.methods.saml.xml_names import DS, XENC, XENC11, ds, xenc
from kanssa.identification.refusals import IdentificationFailed

_CIPHERS: dict[str, Cipher] = {
    f"{XENC11}aes128-gcm": "aes128-gcm",
    f"{XENC11}aes256-gcm": "aes256-gcm",
    f"{XENC}aes128-cbc": "aes128-cbc",
    f"{XENC}aes256-cbc": "aes256-cbc",
}
_OAEP_OF_2002 = f"{XENC}rsa-oaep-mgf1p"
_OAEP_OF_2013 = f"{XENC11}rsa-oaep"
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    f"{DS}sha1": hashes.SHA1,
    f"{XENC}sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    f"{XENC}sha512": hashes.SHA512,
}
_MASKS: dict[str, type[hashes.HashAlgorithm]] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha384": hashes.SHA384,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}
_NONCE_BYTES = 12
_BLOCK_BYTES = 16  # of an AES block, a GCM tag and a CBC initialisation vector
_LONGEST_WRAPPED = 1024


def decrypted(encrypted: Element, keys: Iterable[RSAPrivateKey], *, ciphers: Collection[Cipher]) -> bytes:
    """Decrypt an EncryptedAssertion with the key that fits. Raises IdentificationFailed.

    Call it only for signed content: otherwise an attacker could learn from which input decrypts.
    """
    data = only(encrypted, xenc("EncryptedData"), why="encryption-shape")
    # Anything else would be spliced into the document as text.
    if data.get("Type") != f"{XENC}Element":
        raise IdentificationFailed(why="encryption-type")
    cipher = _CIPHERS.get(_algorithm(data))
    # The sender must not choose a cipher that the settings leave out.
    if cipher is None or cipher not in ciphers:
        raise IdentificationFailed(why="encryption-algorithm")
    sealed = _cipher_value(data)
    if len(sealed) < 2 * _BLOCK_BYTES:
        raise IdentificationFailed(why="encryption-shape")
    length = 16 if "128" in cipher else 32
    key = _content_key(_encrypted_key(encrypted, data), keys, length)
    return _opened_cbc(sealed, key) if cipher.endswith("cbc") else _opened_gcm(sealed, key)


def _opened_gcm(sealed: bytes, key: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
    except InvalidTag:
        raise IdentificationFailed(why="encryption-content") from None


def _opened_cbc(sealed: bytes, key: bytes) -> bytes:
    # Only the last padding byte is defined: it counts the padding (XML Encryption 5.2).
    if len(sealed) % _BLOCK_BYTES:
        raise IdentificationFailed(why="encryption-content")
    decryptor = Machine(AES(key), CBC(sealed[:_BLOCK_BYTES])).decryptor()
    plain = decryptor.update(sealed[_BLOCK_BYTES:]) + decryptor.finalize()
    if not 1 <= plain[-1] <= _BLOCK_BYTES:
        raise IdentificationFailed(why="encryption-content")
    return plain[: -plain[-1]]


def _encrypted_key(encrypted: Element, data: Element) -> Element:
    # Find the only key: inside the data's KeyInfo or, as Shibboleth does, beside the data.
    beside = list(children(encrypted, xenc("EncryptedKey")))
    within = [key for info in children(data, ds("KeyInfo")) for key in children(info, xenc("EncryptedKey"))]
    if len(beside) + len(within) != 1:
        raise IdentificationFailed(why="encryption-keys")
    return (beside + within)[0]


def _content_key(wrapped: Element, keys: Iterable[RSAPrivateKey], length: int) -> bytes:
    padding, value = _padding(wrapped), _cipher_value(wrapped)
    # Longer than the block of any RSA key in use.
    if len(value) > _LONGEST_WRAPPED:
        raise IdentificationFailed(why="encryption-keys")
    for key in keys:
        try:
            opened = key.decrypt(value, padding)
        except ValueError:
            continue  # encrypted for another of our keys, or for none
        if len(opened) == length:
            return opened
    raise IdentificationFailed(why="encryption-key")


def _padding(wrapped: Element) -> OAEP:
    method = only(wrapped, xenc("EncryptionMethod"), why="encryption-shape")
    algorithm = method.get("Algorithm")
    if algorithm not in (_OAEP_OF_2002, _OAEP_OF_2013):
        raise IdentificationFailed(why="encryption-key-algorithm")
    digest = _named(method, ds("DigestMethod"), _DIGESTS)
    mask: type[hashes.HashAlgorithm] = hashes.SHA1
    if algorithm == _OAEP_OF_2013:
        mask = _named(method, f"{{{XENC11}}}MGF", _MASKS)
    # A label would have to be checked: no provider of ours sends one.
    if any(True for _ in children(method, xenc("OAEPparams"))):
        raise IdentificationFailed(why="encryption-key-algorithm")
    return OAEP(mgf=MGF1(algorithm=mask()), algorithm=digest(), label=None)


def _named(
    method: Element, name: str, known: dict[str, type[hashes.HashAlgorithm]]
) -> type[hashes.HashAlgorithm]:
    found = list(children(method, name))
    if not found:
        return hashes.SHA1  # the default of XML Encryption; secure for OAEP
    algorithm = found[0].get("Algorithm")
    if len(found) > 1 or algorithm not in known:
        raise IdentificationFailed(why="encryption-key-algorithm")
    return known[algorithm]


def _algorithm(data: Element) -> str:
    return only(data, xenc("EncryptionMethod"), why="encryption-shape").get("Algorithm", "")


def _cipher_value(element: Element) -> bytes:
    data = only(element, xenc("CipherData"), why="encryption-shape")
    value = only(data, xenc("CipherValue"), why="encryption-shape")
    return from_base64(text_of(value), what="encryption")
