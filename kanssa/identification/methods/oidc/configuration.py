"""A broker out of its table in the identification file."""

from typing import get_args
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from kanssa.identification.configuration import Section
from kanssa.identification.methods.oidc.broker import (
    FEWEST_RSA_BITS,
    Assurance,
    Broker,
    Claims,
    ContentEncryption,
    Encryption,
    Endpoints,
    KeyManagement,
    PrivateKey,
    RequestMode,
    SigningAlgorithm,
    SigningKey,
)

_LANGUAGES = frozenset({"fi", "sv", "en"})
_CURVES = frozenset({"secp256r1", "secp384r1", "secp521r1"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1"})
_PEM_CURE = "Name a PEM file, or an environment variable that holds one, with a private key."


def read_broker(key: str, section: Section) -> Broker:
    """Read one broker and import its keys. Raises Misconfigured."""
    allow_http = section.flag("allow_http", default=False)
    issuer = section.text("issuer", cure="Give it as the broker writes it into its tokens.")
    mode = section.choice(
        "request_mode",
        get_args(RequestMode),
        cure="Ask the broker which way of sending the request it wants.",
    )
    endpoints = _endpoints(section, mode, allow_http=allow_http)
    broker = Broker(
        key=key,
        labels=_labels(section),
        issuer=issuer,
        client_id=section.text("client_id", cure="The broker gives it at registration."),
        endpoints=endpoints,
        signing_key=_signing_key(section),
        token_algorithm=section.choice(
            "id_token_signing_algorithm",
            get_args(SigningAlgorithm),
            cure="Give the one that was agreed with the broker.",
        ),
        encryption=_encryption(section),
        request_mode=mode,
        scopes=_scopes(section),
        assurances=_assurances(section),
        assertion_audience=_assertion_audience(section, issuer, endpoints.token),
        claims=_claims(section),
        allow_test_codes=section.flag("allow_test_codes", default=False),
        allow_http=allow_http,
        response_issuer_required=section.flag("response_issuer_required", default=False),
        max_age=section.number("max_age", default=0, most=86_400),
        clock_skew=section.number("clock_skew", default=30, most=120),
    )
    section.refuse_the_rest()
    return broker


def _labels(section: Section) -> dict[str, str]:
    cure = "Give the method's name for people in fi, sv and en."
    labels = section.texts_by_name("label", cure=cure)
    if labels.keys() != _LANGUAGES:
        raise section.wrong("label", "must have the members fi, sv and en.", cure)
    return labels


def _endpoints(section: Section, mode: RequestMode, *, allow_http: bool) -> Endpoints:
    pushed = ""
    if mode.startswith("pushed"):
        pushed = _address(section, "pushed_authorization_request_endpoint", allow_http=allow_http)
    return Endpoints(
        authorization=_address(section, "authorization_endpoint", allow_http=allow_http),
        token=_address(section, "token_endpoint", allow_http=allow_http),
        jwks=_address(section, "jwks_endpoint", allow_http=allow_http),
        pushed_authorization_request=pushed,
    )


def _address(section: Section, setting: str, *, allow_http: bool) -> str:
    cure = "Copy it from the broker's documentation; it starts with https://."
    address = section.text(setting, cure=cure)
    try:
        parts = urlsplit(address)
        port_is_right = parts.port != 0
    except ValueError:
        raise section.wrong(setting, "is no address.", cure) from None
    is_local = allow_http and parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or is_local):
        raise section.wrong(setting, "must start with https://.", cure)
    if not parts.hostname or not port_is_right or parts.fragment or parts.username is not None:
        raise section.wrong(setting, "must name a host, and no user or fragment.", cure)
    return address


def _scopes(section: Section) -> tuple[str, ...]:
    cure = 'List what the broker asks for; "openid" is always among them.'
    scopes = section.texts("scopes", cure=cure)
    if "openid" not in scopes:
        raise section.wrong("scopes", 'must hold "openid".', cure)
    return scopes


def _assurances(section: Section) -> dict[str, Assurance]:
    cure = 'Give each accepted acr its level, such as "http://ftn.ficora.fi/2017/loa2" = "substantial".'
    levels = section.section("accepted_assurance", cure=cure)
    accepted = section.texts_by_name("accepted_assurance", cure=cure)
    return {acr: levels.choice(acr, get_args(Assurance), cure=cure) for acr in accepted}


def _assertion_audience(section: Section, issuer: str, token_endpoint: str) -> str:
    cure = 'Set it to "token_endpoint" or "issuer", as the broker wants.'
    if not section.has("assertion_audience"):
        return token_endpoint
    named = section.choice("assertion_audience", ("token_endpoint", "issuer"), cure=cure)
    return issuer if named == "issuer" else token_endpoint


def _claims(section: Section) -> Claims:
    if not section.has("claims"):
        return Claims()
    cure = "Give the claim's name, or leave the setting out for the Finnish Trust Network's."
    names = section.section("claims", cure=cure)
    known = ("hetu", "last_name", "first_names", "birth_date")
    claims = Claims(**{part: names.text(part, cure=cure) for part in known if names.has(part)})
    names.refuse_the_rest()
    return claims


def _signing_key(section: Section) -> SigningKey:
    table = section.section("signing_key", cure=_PEM_CURE)
    algorithm = table.choice(
        "algorithm",
        get_args(SigningAlgorithm),
        cure="Give the one that was agreed with the broker.",
    )
    key = _private_key(table)
    if not _fits(key, algorithm):
        raise table.wrong("algorithm", "does not fit the key.", "ES256 needs P-256, others RSA.")
    return SigningKey(key, algorithm)


def _encryption(section: Section) -> Encryption | None:
    settings = ("id_token_encryption_algorithm", "id_token_encryption_encoding", "decryption_keys")
    given = [setting for setting in settings if section.has(setting)]
    if not given:
        return None
    if missing := [setting for setting in settings if setting not in given]:
        raise section.wrong(missing[0], "is missing.", f"It goes together with {given[0]}.")
    cure = "Give the one that was agreed with the broker."
    algorithm = section.choice(settings[0], get_args(KeyManagement), cure=cure)
    return Encryption(
        algorithm=algorithm,
        encoding=section.choice(settings[1], get_args(ContentEncryption), cure=cure),
        keys=_decryption_keys(section, algorithm),
    )


def _decryption_keys(section: Section, algorithm: KeyManagement) -> dict[str, PrivateKey]:
    keys: dict[str, PrivateKey] = {}
    kind = RSAKey if algorithm.startswith("RSA") else ECKey
    for table in section.sections("decryption_keys", cure=_PEM_CURE):
        key = _private_key(table)
        if not isinstance(key, kind):
            raise table.wrong("file", f"is no key for {algorithm}.", "Give another key.")
        keys[str(key.kid)] = key
    if not keys:
        raise section.wrong("decryption_keys", "is empty.", _PEM_CURE)
    return keys


def _private_key(table: Section) -> PrivateKey:
    pem = table.secret(cure=_PEM_CURE)
    parameters: KeyParameters = {}
    if table.has("kid"):
        parameters["kid"] = table.text("kid", cure="Leave it out for the key's thumbprint.")
    table.has("algorithm")  # a signing key's own
    table.refuse_the_rest()
    try:
        found = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise table.wrong("file", "holds no private key.", _PEM_CURE) from None
    key: PrivateKey
    if isinstance(found, RSAPrivateKey) and found.key_size >= FEWEST_RSA_BITS:
        key = RSAKey.import_key(found, parameters)
    elif isinstance(found, EllipticCurvePrivateKey) and found.curve.name in _CURVES:
        key = ECKey.import_key(found, parameters)
    else:
        raise table.wrong("file", "is no RSA key of 2048 bits, nor EC on P-256.", _PEM_CURE)
    key.ensure_kid()
    return key


def _fits(key: PrivateKey, algorithm: SigningAlgorithm) -> bool:
    if isinstance(key, RSAKey):
        return algorithm != "ES256"
    return algorithm == "ES256" and key.curve_name == "P-256"
