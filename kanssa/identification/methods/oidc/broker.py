"""The configuration of one broker; never its own statements about itself."""

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
    """Our private key and the only algorithm that it is used with."""

    key: PrivateKey = field(repr=False)
    algorithm: SigningAlgorithm


@dataclass(frozen=True, slots=True)
class Encryption:
    """The agreed encryption, and our private keys by `kid`, newest first."""

    algorithm: KeyManagement
    encoding: ContentEncryption
    keys: Mapping[str, PrivateKey] = field(repr=False)


@dataclass(frozen=True, slots=True)
class OwnEntity:
    """Our identity for brokers of the Finnish Trust Network, which signs our keys.

    `identifier` is an address of ours; the statement and the keys are published below it. `keys` are the
    public halves of every entity key that brokers may know.
    """

    identifier: str
    organization: str
    signing_key: SigningKey
    keys: tuple[PublicJwk, ...]


@dataclass(frozen=True, slots=True)
class BrokerEntity:
    """The entity that signs the broker's published keys; its own keys were handed over beforehand."""

    identifier: str
    algorithm: SigningAlgorithm
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The last one is empty if authorization requests are not pushed."""

    authorization: str
    token: str
    jwks: str
    pushed_authorization_request: str = ""


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """The broker's names of the claims; the defaults are Traficom's."""

    hetu: str = "urn:oid:1.2.246.21"
    last_name: str = "urn:oid:2.5.4.4"
    first_names: str = "urn:oid:1.2.246.575.1.14"
    birth_date: str = "urn:oid:1.3.6.1.5.5.7.9.1"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for one call in all, for all calls of one step.

    `idle` is how long an idle connection is kept; 0 keeps none. Common firewalls forget one after 30
    seconds or more.
    """

    connect: float = 2
    read: float = 5
    total: float = 6
    idle: float = 15


@dataclass(frozen=True, slots=True)
class Broker:
    """One broker's whole configuration.

    `encryption` None means that its tokens are not encrypted, and an encrypted one is refused; otherwise
    an unencrypted one is refused. `assertion_audience` is the `aud` of our client assertions. `max_age`
    is the maximum age in seconds of a log-in that is not forced; 0 always forces. `force_by` names the
    parameters that force fresh authentication; none if the broker keeps no session. `entity` None means
    that it needs no statement of ours, `broker_entity` None that its keys are not signed and TLS alone
    authenticates them. `published_keys` are our public keys for it.
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
