"""What is known of one broker: configuration, never what a broker says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.protocol import Needs

FEWEST_RSA_BITS = 2048

PrivateKey = RSAKey | ECKey
PublicKey = RSAKey | ECKey
PublicJwk = Mapping[str, Any]
SigningAlgorithm = Literal["RS256", "PS256", "ES256"]
KeyManagement = Literal["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"]
ContentEncryption = Literal["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"]
RequestMode = Literal["query", "request_object", "pushed", "pushed_request_object"]
Assurance = Literal["substantial", "high"]
Forcing = Literal["prompt", "max_age"]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Our private key and the one algorithm that it is used with."""

    key: PrivateKey = field(repr=False)
    algorithm: SigningAlgorithm


@dataclass(frozen=True, slots=True)
class Encryption:
    """How the broker encrypts for us, and our private keys by `kid`, newest first."""

    algorithm: KeyManagement
    encoding: ContentEncryption
    keys: Mapping[str, PrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnEntity:
    """Who we are to brokers of the Finnish Trust Network: what we sign our keys with.

    `identifier` is an address of ours, below which the statement and the keys are published;
    `keys` are the public halves of every entity key that brokers may know.
    """

    identifier: str
    organization: str
    signing_key: SigningKey
    keys: tuple[PublicJwk, ...]


@dataclass(frozen=True, slots=True)
class BrokerEntity:
    """Who signs the broker's published keys; its own keys were handed over beforehand."""

    identifier: str
    algorithm: SigningAlgorithm
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the broker is reached; the last is empty where no request is pushed."""

    authorization: str
    token: str
    jwks: str
    pushed_authorization_request: str = ""


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """What the broker calls the parts of an identity; the defaults are Traficom's."""

    hetu: str = "urn:oid:1.2.246.21"
    last_name: str = "urn:oid:2.5.4.4"
    first_names: str = "urn:oid:1.2.246.575.1.14"
    birth_date: str = "urn:oid:1.3.6.1.5.5.7.9.1"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for one call in all, for all calls of one step.

    `idle` is how long an idle connection is kept; 0 keeps none. Common firewalls forget it after 30
    seconds or more.
    """

    connect: float = 2
    read: float = 5
    total: float = 6
    idle: float = 15


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker, whole.

    `encryption` None means that its tokens are not encrypted: then an encrypted one is
    refused, else an unencrypted one. `assertion_audience` is the address or issuer that
    our client assertions name. `max_age` is how old, in seconds, a log-in may be that is
    not asked for afresh; 0 asks afresh every time. `force_by` names the parameters that make
    the broker ask afresh; none, when it keeps no session. `entity` None means that it does not
    ask for a statement of ours, `broker_entity` None that its keys are not signed; then TLS alone
    vouches for them. `published_keys` are our public keys that it is told of.
    """

    key: str
    labels: Mapping[str, str]
    issuer: str
    client_id: str
    endpoints: Endpoints
    signing_key: SigningKey
    token_algorithm: SigningAlgorithm
    encryption: Encryption | None
    request_mode: RequestMode
    scopes: tuple[str, ...]
    assurances: Mapping[str, Assurance]
    assertion_audience: str
    claims: ClaimNames = ClaimNames()
    needs: Needs = "any"
    service_name: Mapping[str, str] = field(default_factory=dict)
    idp: str = ""
    extra_parameters: Mapping[str, str] = field(default_factory=dict)
    force_by: tuple[Forcing, ...] = ("prompt", "max_age")
    forced_acr_values: str = ""
    published_keys: tuple[PublicJwk, ...] = ()
    entity: OwnEntity | None = None
    broker_entity: BrokerEntity | None = None
    allow_test_codes: bool = False
    allow_http: bool = False
    response_issuer_required: bool = False
    max_age: int = 0
    clock_skew: int = 30
    timeouts: Timeouts = Timeouts()
