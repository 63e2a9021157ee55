"""Our private keys for one broker, imported once from a folder, files, or the environment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from kanssa.identification.configuration.key_folder import KeyFolder, Use
from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.oidc.broker import (
    FEWEST_RSA_BITS,
    PrivateKey,
    PublicJwk,
    SigningAlgorithm,
    SigningKey,
)

PEM_CURE = "Name a PEM file, or an environment variable that holds one, with a private key."
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_AGREED = "Give the one that was agreed with the broker."
_STATES = ("waiting", "published", "retired")


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The signing key, the decryption keys (newest first), and all published public keys."""

    signing: SigningKey
    decryption: Sequence[PrivateKey] = field(repr=False)
    published: tuple[PublicJwk, ...]


def read_own_keys(section: Section, encryption_algorithm: str | None, *, now: datetime) -> OwnKeys:
    """Read the keys that sign requests and decrypt tokens. Raises Misconfigured."""
    if section.has("key_folder"):
        return _from_folder(section, encryption_algorithm, now)
    signing = _signing_key(section)
    published = [public_jwk(signing.key, "sig", signing.algorithm)]
    decryption = []
    for table in section.sections("decryption_keys", cure=PEM_CURE):
        state = table.choice("state", _STATES, cure=_AGREED) if table.has("state") else "published"
        key = _private_key(table, encryption_algorithm)
        decryption.append(key)
        # Waiting and retired keys decrypt, but brokers must not use them.
        if state == "published":
            published.append(public_jwk(key, "enc", encryption_algorithm))
    return OwnKeys(signing, decryption, tuple(published))


def read_entity_keys(section: Section, *, now: datetime) -> tuple[SigningKey, tuple[PublicJwk, ...]]:
    if not section.has("key_folder"):
        signing = _signing_key(section)
        return signing, (public_jwk(signing.key, "sig", signing.algorithm),)
    folder, algorithm = _folder(section), _signing_algorithm(section)
    return _signer(section, folder, "entity", algorithm), tuple(
        public_jwk(_imported(section, folder.pem(key), key.kid, algorithm), "sig", algorithm)
        for key in folder.of("entity")
        if key.is_published(now)
    )


def public_jwk(key: PrivateKey, use: str, algorithm: str | None) -> PublicJwk:
    jwk = dict(key.as_dict(private=False, use=use))
    return jwk if algorithm is None else {**jwk, "alg": algorithm}


def _from_folder(section: Section, encryption_algorithm: str | None, now: datetime) -> OwnKeys:
    folder, algorithm = _folder(section), _signing_algorithm(section)
    published, decryption = [], []
    for key in folder.of("sig"):
        if key.is_published(now):
            imported = _imported(section, folder.pem(key), key.kid, algorithm)
            published.append(public_jwk(imported, "sig", algorithm))
    # Newest first: most tokens are encrypted for the newest key.
    for key in reversed(folder.of("enc")):
        if encryption_algorithm and key.is_accepted(now):
            imported = _imported(section, folder.pem(key), key.kid, encryption_algorithm)
            decryption.append(imported)
            if key.is_published(now):
                published.append(public_jwk(imported, "enc", encryption_algorithm))
    return OwnKeys(_signer(section, folder, "sig", algorithm), decryption, tuple(published))


def _folder(section: Section) -> KeyFolder:
    return KeyFolder(section.folder / section.text("key_folder", cure="Name a folder."))


def _signing_algorithm(section: Section) -> SigningAlgorithm:
    return section.choice("signing_algorithm", get_args(SigningAlgorithm), cure=_AGREED)


def _signer(section: Section, folder: KeyFolder, use: Use, algorithm: SigningAlgorithm) -> SigningKey:
    key = folder.signer(use)
    return SigningKey(_imported(section, folder.pem(key), key.kid, algorithm), algorithm)


def _signing_key(section: Section) -> SigningKey:
    table = section.section("signing_key", cure=PEM_CURE)
    algorithm = table.choice("algorithm", get_args(SigningAlgorithm), cure=_AGREED)
    return SigningKey(_private_key(table, algorithm), algorithm)


def _private_key(table: Section, algorithm: str | None) -> PrivateKey:
    pem = table.secret(cure=PEM_CURE)
    kid = table.text("kid", cure="Leave it out for the key's thumbprint.") if table.has("kid") else None
    table.reject_unknown_settings()
    return _imported(table, pem, kid, algorithm)


def _imported(section: Section, pem: bytes, kid: str | None, algorithm: str | None) -> PrivateKey:
    where = "file" if section.has("file") else "environment" if section.has("environment") else "key_folder"
    parameters: KeyParameters = {} if kid is None else {"kid": kid}
    try:
        found = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise section.wrong(where, "holds no private key.", PEM_CURE) from None
    key: PrivateKey
    # Shorter keys can be broken.
    if isinstance(found, RSAPrivateKey) and found.key_size >= FEWEST_RSA_BITS:
        key = RSAKey.import_key(found, parameters)
    elif isinstance(found, EllipticCurvePrivateKey) and found.curve.name in _CURVES:
        key = ECKey.import_key(found, parameters)
    else:
        raise section.wrong(where, "is no RSA key of 2048 bits, nor EC on P-256.", PEM_CURE)
    if algorithm is not None and not fits(key, algorithm):
        raise section.wrong(
            where, f"is no key for {algorithm}.", "ES256 needs P-256, ECDH-ES EC, others RSA."
        )
    # Brokers choose among several keys by `kid`.
    key.ensure_kid()
    return key


def fits(key: PrivateKey, algorithm: str) -> bool:
    if isinstance(key, RSAKey):
        return algorithm.startswith(("RS", "PS"))
    return algorithm.startswith("ECDH-ES") or (algorithm == "ES256" and key.curve_name == "P-256")
