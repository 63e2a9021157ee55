"""Read a broker from its table in the identification file."""

from datetime import datetime
from typing import get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.configuration.section import Section
from kanssa.identification.methods.oidc.broker import (
    FEWEST_RSA_BITS,
    Assurance,
    Broker,
    BrokerEntity,
    ClaimNames,
    ContentEncryption,
    Encryption,
    Endpoints,
    Forcing,
    KeyManagement,
    OwnEntity,
    PublicKey,
    RequestMode,
    SigningAlgorithm,
    Timeouts,
)
from kanssa.identification.methods.oidc.own_keys import (
    PEM_CURE,
    OwnKeys,
    fits,
    read_entity_keys,
    read_own_keys,
)
from kanssa.identification.protocol import Needs

_LANGUAGES = frozenset({"fi", "sv", "en"})
_ADDRESS_CURE = "Copy it from the broker's documentation; it starts with https://."
# A broker's extra parameters must not replace these: several of them protect the log-in.
_OUR_PARAMETERS = frozenset(
    {
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "acr_values",
        "ui_locales",
        "max_age",
        "prompt",
        "request",
        "request_uri",
        "response_mode",
        "client_assertion",
        "ftn_spname",
        "ftn_idp_id",
        "iss",
        "aud",
        "sub",
        "jti",
        "iat",
        "nbf",
        "exp",
    }
)


def read_broker(key: str, section: Section, *, now: datetime) -> Broker:
    """Read one broker and import its keys, as valid at `now`. Raises Misconfigured."""
    # For a broker on this machine only; production refuses the setting.
    allow_http = section.flag("allow_http", default=False)
    issuer = section.text("issuer", cure="Give it as the broker writes it into its tokens.")
    mode = section.choice(
        "request_mode",
        get_args(RequestMode),
        cure="Ask the broker which way of sending the request it wants.",
    )
    endpoints = _endpoints(section, mode, allow_http=allow_http)
    agreed = _encryption_algorithms(section)
    keys = read_own_keys(section, agreed[0] if agreed else None, now=now)
    broker = Broker(
        key=key,
        labels=_texts_by_language(section, "label", "Give the method's name for people in fi, sv and en."),
        issuer=issuer,
        client_id=section.text("client_id", cure="The broker gives it at registration."),
        endpoints=endpoints,
        signing_key=keys.signing,
        token_algorithm=section.choice(
            "id_token_signing_algorithm",
            get_args(SigningAlgorithm),
            cure="Give the one that was agreed with the broker.",
        ),
        encryption=_encryption(section, agreed, keys),
        request_mode=mode,
        scopes=_scopes(section),
        assurances=_assurances(section),
        assertion_audience=_assertion_audience(section, issuer, endpoints.token),
        claims=_claims(section),
        needs=_needs(section),
        service_name=_service_name(section),
        idp=section.text("ftn_idp_id", cure="Leave it out.") if section.has("ftn_idp_id") else "",
        extra_parameters=_extra_parameters(section),
        force_by=_force_by(section),
        forced_acr_values=_forced_acr_values(section),
        published_keys=keys.published,
        entity=_own_entity(section, now),
        broker_entity=_broker_entity(section),
        allow_test_codes=section.flag("allow_test_codes", default=False),
        allow_http=allow_http,
        response_issuer_required=section.flag("response_issuer_required", default=False),
        max_age=section.number("max_age", default=0, most=86_400),
        clock_skew=section.number("clock_skew", default=30, most=120),
        timeouts=Timeouts(idle=section.number("idle_seconds", default=15, most=240)),
    )
    # A misspelt setting could silently weaken the checks.
    section.reject_unknown_settings()
    return broker


def _needs(section: Section) -> Needs:
    if not section.has("needs"):
        return "any"
    return section.choice("needs", get_args(Needs), cure="Say what a person needs for it.")


def _service_name(section: Section) -> dict[str, str]:
    if not section.has("ftn_spname"):
        return {}
    return _texts_by_language(section, "ftn_spname", "Give the service's name in fi, sv and en.")


def _forced_acr_values(section: Section) -> str:
    if not section.has("forced_acr_values"):
        return ""
    return section.text("forced_acr_values", cure="Leave it out unless the broker forces by acr_values.")


def _endpoints(section: Section, mode: RequestMode, *, allow_http: bool) -> Endpoints:
    pushed = ""
    if mode.startswith("pushed"):
        setting = "pushed_authorization_request_endpoint"
        pushed = section.address(setting, cure=_ADDRESS_CURE, allow_http=allow_http)
    return Endpoints(
        authorization=section.address("authorization_endpoint", cure=_ADDRESS_CURE, allow_http=allow_http),
        token=section.address("token_endpoint", cure=_ADDRESS_CURE, allow_http=allow_http),
        jwks=section.address("jwks_endpoint", cure=_ADDRESS_CURE, allow_http=allow_http),
        pushed_authorization_request=pushed,
    )


def _scopes(section: Section) -> tuple[str, ...]:
    cure = 'List what the broker asks for; "openid" is always among them.'
    scopes = section.texts("scopes", cure=cure)
    # Without it the broker would issue no id_token.
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
    # RFC 7523 names the token endpoint as a possible audience.
    if not section.has("assertion_audience"):
        return token_endpoint
    named = section.choice("assertion_audience", ("token_endpoint", "issuer"), cure=cure)
    return issuer if named == "issuer" else token_endpoint


def _claims(section: Section) -> ClaimNames:
    if not section.has("claims"):
        return ClaimNames()
    cure = "Give the claim's name, or leave the setting out for the Finnish Trust Network's."
    names = section.section("claims", cure=cure)
    known = ("hetu", "last_name", "first_names", "birth_date")
    claims = ClaimNames(**{part: names.text(part, cure=cure) for part in known if names.has(part)})
    names.reject_unknown_settings()
    return claims


def _encryption_algorithms(section: Section) -> tuple[KeyManagement, ContentEncryption] | None:
    settings = ("id_token_encryption_algorithm", "id_token_encryption_encoding")
    keys = ("key_folder",) if section.has("key_folder") else ("decryption_keys",)
    given = [setting for setting in settings if section.has(setting)]
    if not given and (section.has("key_folder") or not section.has("decryption_keys")):
        return None
    if missing := [setting for setting in (*settings, *keys) if not section.has(setting)]:
        raise section.wrong(missing[0], "is missing.", f"It goes together with {(given or keys)[0]}.")
    cure = "Give the one that was agreed with the broker."
    return (
        section.choice(settings[0], get_args(KeyManagement), cure=cure),
        section.choice(settings[1], get_args(ContentEncryption), cure=cure),
    )


def _encryption(
    section: Section, agreed: tuple[KeyManagement, ContentEncryption] | None, keys: OwnKeys
) -> Encryption | None:
    if agreed is None:
        return None
    # Fail at start, not at the first person's log-in.
    if not keys.decryption:
        setting = "key_folder" if section.has("key_folder") else "decryption_keys"
        raise section.wrong(setting, "is empty of keys that decrypt.", PEM_CURE)
    return Encryption(*agreed, keys={str(key.kid): key for key in keys.decryption})


def _texts_by_language(section: Section, setting: str, cure: str) -> dict[str, str]:
    texts = section.texts_by_name(setting, cure=cure)
    if texts.keys() != _LANGUAGES:
        raise section.wrong(setting, "must have the members fi, sv and en.", cure)
    return texts


def _extra_parameters(section: Section) -> dict[str, str]:
    if not section.has("extra_parameters"):
        return {}
    cure = "Give what the broker asks for beside what has a setting of its own."
    extra = section.texts_by_name("extra_parameters", cure=cure)
    if taken := sorted(extra.keys() & _OUR_PARAMETERS):
        raise section.wrong("extra_parameters", f"must not hold {taken[0]}.", "Remove it.")
    return extra


def _force_by(section: Section) -> tuple[Forcing, ...]:
    cure = 'List "prompt", "max_age" or both; an empty list for a broker that keeps no session.'
    if not section.has("force_by"):
        return get_args(Forcing)
    return tuple(section.choices("force_by", get_args(Forcing), cure=cure))


def _own_entity(section: Section, now: datetime) -> OwnEntity | None:
    if not section.has("entity"):
        return None
    table = section.section("entity", cure="Give our identifier, organization and entity key.")
    identifier = table.address("identifier", cure=_ADDRESS_CURE, allow_http=False)
    organization = table.text("organization", cure="Give the name that stands in the contract.")
    signing_key, keys = read_entity_keys(table, now=now)
    table.reject_unknown_settings()
    return OwnEntity(identifier.rstrip("/"), organization, signing_key, keys)


def _broker_entity(section: Section) -> BrokerEntity | None:
    if not section.has("broker_entity"):
        return None
    cure = "The broker hands its identifier and entity key over with the contract."
    table = section.section("broker_entity", cure=cure)
    keys = tuple(_public_key(key, cure) for key in table.sections("keys", cure=cure))
    if not keys:
        raise table.wrong("keys", "is empty.", cure)
    algorithm = table.choice("algorithm", get_args(SigningAlgorithm), cure=cure)
    # A key of another type could never verify, and every log-in would fail.
    if misfits := [key for key in keys if not fits(key, algorithm)]:
        raise table.wrong("algorithm", f"does not fit {len(misfits)} of the keys.", cure)
    entity = BrokerEntity(table.text("identifier", cure=cure), algorithm, keys)
    table.reject_unknown_settings()
    return entity


def _public_key(table: Section, cure: str) -> PublicKey:
    pem = table.secret(cure=cure)
    table.reject_unknown_settings()
    try:
        found = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise table.wrong("file", "holds no public key in PEM.", cure) from None
    if isinstance(found, RSAPublicKey) and found.key_size >= FEWEST_RSA_BITS:
        return RSAKey.import_key(found)
    if isinstance(found, EllipticCurvePublicKey):
        return ECKey.import_key(found)
    raise table.wrong("file", "is no RSA key of 2048 bits, nor EC.", cure)
