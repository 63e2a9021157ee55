"""Check whether a broker is reachable and matches its configuration."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

from kanssa.identification.calls.probe import probe_address
from kanssa.identification.methods.oidc.broker import Broker
from kanssa.identification.methods.oidc.entity_statements import KEYS_PATH, STATEMENT_PATH
from kanssa.identification.methods.oidc.http_client import BrokerClient
from kanssa.identification.methods.oidc.jwks import usable_keys
from kanssa.identification.methods.oidc.signed_keys import SignedKeysReader
from kanssa.identification.protocol import Finding
from kanssa.identification.refusals import BrokerUnavailable, IdentificationFailed

_WELL_KNOWN = "/.well-known/openid-configuration"
# Findings for the refusals of the key set, by their `why`.
_MISTAKES = {
    "jwks-signature": (
        "its keys are signed by another entity key than the pinned one.",
        "Ask the broker for its present entity key by a way that you trust.",
    ),
    "jwks-algorithm": (
        "its keys are signed by another algorithm than agreed.",
        "Correct broker_entity.algorithm, if the broker says so.",
    ),
    "jwks-entity": (
        "its keys are signed in another name than the agreed one.",
        "Correct broker_entity.identifier; it may differ from the issuer.",
    ),
    "jwks-times": ("its signed keys are out of date.", "Check our clock, then tell the broker."),
    "jwks-answer-type": (
        "what stands at jwks_endpoint is no key set of the expected kind.",
        "With broker_entity give the address of the signed keys, else of the plain ones.",
    ),
    "jwks-redirect": (
        "jwks_endpoint leads elsewhere.",
        "Give the address that it leads to, if it is the broker's.",
    ),
    "jwks-status": ("there is nothing at jwks_endpoint.", "Correct it."),
    "jwks-unreachable": ("jwks_endpoint cannot be reached.", "Check the address and the firewall."),
    "jwks-timeout": ("jwks_endpoint does not answer in time.", "Check the firewall, then tell the broker."),
}
_UNKNOWN = ("its keys cannot be understood.", "Check jwks_endpoint, then tell the broker.")


class Examination:
    """Examines one broker from outside. Each finding is one sentence."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        # A separate client: an examination must not affect the circuit breaker.
        self._client = BrokerClient(broker.timeouts)

    def findings(self, *, now: datetime) -> Iterator[Finding]:
        for name, address in self._hosts():
            yield from probe_address(f"{self._broker.key}.{name}", address, now=now)
        yield from self._key_findings(now)
        yield from self._metadata_findings()
        yield from self._own_findings(now)

    def _hosts(self) -> Iterator[tuple[str, str]]:
        ends = self._broker.endpoints
        seen = set()
        for name, address in (
            ("jwks_endpoint", ends.jwks),
            ("token_endpoint", ends.token),
            ("authorization_endpoint", ends.authorization),
            ("pushed_authorization_request_endpoint", ends.pushed_authorization_request),
        ):
            host = address.partition("://")[2].partition("/")[0]
            # Several addresses share a host: it is asked once.
            if address and host not in seen:
                seen.add(host)
                yield name, address

    def _key_findings(self, now: datetime) -> Iterator[Finding]:
        key, algorithm = self._broker.key, self._broker.token_algorithm
        try:
            found, lives = self._keys(now)
            keys = usable_keys(found.get("keys"), algorithm)
        except (BrokerUnavailable, IdentificationFailed) as refusal:
            summary, cure = _MISTAKES.get(str(refusal.facts.get("why")), _UNKNOWN)
            yield Finding("fault", f"{key}: {summary}", cure)
            return
        if not keys:
            cure = "Correct id_token_signing_algorithm, if the broker says so."
            yield Finding("fault", f"{key}: none of its keys can sign {algorithm}.", cure)
            return
        yield Finding("well", f"{key}: {len(keys)} of its keys can sign {algorithm}.")
        if lives is not None:
            hours = lives.total_seconds() / 3600
            yield Finding("well", f"{key}: hours that its signed keys still live: {hours:.0f}.")

    def _keys(self, now: datetime) -> tuple[Mapping[str, object], timedelta | None]:
        address, entity = self._broker.endpoints.jwks, self._broker.broker_entity
        if entity is not None:
            signed = self._client.get_signed_keys("jwks", address, self._client.time_left())
            found, lives = SignedKeysReader(entity, clock_skew=self._broker.clock_skew).read(signed, now=now)
            return found, timedelta(seconds=lives)
        answer = self._client.get("jwks", address, self._client.time_left())
        if answer.status != HTTPStatus.OK:
            raise IdentificationFailed(why="jwks-status")
        return answer.content, None

    def _metadata_findings(self) -> Iterator[Finding]:
        key = self._broker.key
        metadata = self._metadata()
        if metadata is None:
            cure = "Nothing need be done: it is only compared with the settings."
            yield Finding("well", f"{key}: publishes no metadata where one would look. {cure}")
            return
        ends = self._broker.endpoints
        for name, ours in {
            "issuer": self._broker.issuer,
            "authorization_endpoint": ends.authorization,
            "token_endpoint": ends.token,
            "pushed_authorization_request_endpoint": ends.pushed_authorization_request,
        }.items():
            theirs = metadata.get(name)
            if ours and theirs is not None and theirs != ours:
                cure = f"Ask the broker; if that is right, set {name} to it."
                yield Finding("fault", f"{key}.{name}: the metadata says {_shown(theirs)}.", cure)
        yield from self._algorithm_findings(metadata)

    def _metadata(self) -> Mapping[str, object] | None:
        try:
            address = self._broker.issuer.rstrip("/") + _WELL_KNOWN
            answer = self._client.get("metadata", address, self._client.time_left())
        except (BrokerUnavailable, IdentificationFailed):
            return None
        return answer.content if answer.status == HTTPStatus.OK else None

    def _algorithm_findings(self, metadata: Mapping[str, object]) -> Iterator[Finding]:
        pinned: dict[str, str] = {"id_token_signing_alg_values_supported": self._broker.token_algorithm}
        if encryption := self._broker.encryption:
            pinned["id_token_encryption_alg_values_supported"] = encryption.algorithm
            pinned["id_token_encryption_enc_values_supported"] = encryption.encoding
        for name, ours in pinned.items():
            theirs = metadata.get(name)
            if isinstance(theirs, list) and ours not in theirs:
                cure = "Agree on one of them with the broker, and set it."
                yield Finding("fault", f"{self._broker.key}: {ours} is not among {name}.", cure)

    def _own_findings(self, now: datetime) -> Iterator[Finding]:
        # Whether brokers can fetch our published documents at the address that they know.
        entity = self._broker.entity
        if entity is None:
            return
        yield from probe_address(f"{self._broker.key}.entity", entity.identifier + STATEMENT_PATH, now=now)
        yield from self._own_key_findings(entity.identifier + KEYS_PATH)

    def _own_key_findings(self, address: str) -> Iterator[Finding]:
        key = self._broker.key
        try:
            self._client.get_signed_keys("own", address, self._client.time_left())
        except (BrokerUnavailable, IdentificationFailed):
            cure = "Let entity.identifier be KANSSA_BASE_URL, or that with /entity/ and the method's key."
            yield Finding("fault", f"{key}.entity: our signed keys are not at {address}.", cure)
        else:
            yield Finding("well", f"{key}.entity: our signed keys can be fetched.")


def _shown(theirs: object) -> str:
    # Shorten a broker's value to one printable line for an operator.
    text = str(theirs)[:200]
    return text if text.isprintable() else "something unprintable"
