"""One OpenID Connect broker as an identification method: authorization request and reply."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import urlencode

from kanssa.identification.calls.circuit_breaker import Circuit
from kanssa.identification.methods.oidc.broker import Broker
from kanssa.identification.methods.oidc.claims import identity_from, is_same
from kanssa.identification.methods.oidc.entity_statements import Publisher
from kanssa.identification.methods.oidc.examination import Examination
from kanssa.identification.methods.oidc.http_client import BrokerClient, BrokerResponse, TimeBudget
from kanssa.identification.methods.oidc.jwks import BrokerKeys
from kanssa.identification.methods.oidc.signing import Signer
from kanssa.identification.methods.oidc.token_reader import TokenReader
from kanssa.identification.protocol import Attempt, Document, Finding, Handover, NewAttempt
from kanssa.identification.refusals import (
    BrokerUnavailable,
    IdentificationCancelled,
    IdentificationFailed,
    ReplyRefused,
)
from kanssa.values.identity import VerifiedIdentity

_CANCELLED = frozenset({"access_denied", "login_cancelled", "user_cancelled", "cancel"})
_UNAVAILABLE = frozenset({"temporarily_unavailable", "server_error"})
_LONGEST_CODE = 8192


class OidcMethod:
    """Implements `IdentificationMethod` for a broker of the authorization code flow."""

    def __init__(self, broker: Broker) -> None:
        self.key = broker.key
        self.needs = broker.needs
        self._broker = broker
        self._circuit = Circuit()
        self._client = BrokerClient(broker.timeouts, self._circuit)
        self._publisher = Publisher(broker)
        self._signer = Signer(broker)
        self._keys = BrokerKeys(broker, self._client)
        self._reader = TokenReader(broker, self._keys)

    def label(self, language: str) -> str:
        return self._broker.labels[language]

    def is_answering(self) -> bool:
        """Whether the broker has lately answered this process; makes no call."""
        return not self._circuit.is_open()

    def is_probing(self) -> bool:
        return self._circuit.is_probing()

    @property
    def calls_broker_to_begin(self) -> bool:
        return self._broker.request_mode.startswith("pushed")

    def refresh(self, *, now: datetime) -> float:
        return self._keys.refresh(now=now)

    def published(self, address: str, *, return_url: str, now: datetime) -> Document | None:
        return self._publisher.document(address, return_url=return_url, now=now)

    def examine(self, *, now: datetime) -> Iterable[Finding]:
        return Examination(self._broker).findings(now=now)

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        if not self.is_answering():
            raise BrokerUnavailable(why="circuit-open")
        authorization_request = self._authorization_request(attempt, return_url, language, force=force)
        mode = self._broker.request_mode
        if mode.endswith("request_object"):
            authorization_request = self._as_request_object(authorization_request, now)
        if mode.startswith("pushed"):
            authorization_request = self._pushed(authorization_request, now)
        return Handover(_with_query(self._broker.endpoints.authorization, authorization_request))

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedIdentity:
        verified_claims = self.verified_claims(reply, attempt=attempt, now=now)
        return identity_from(verified_claims, broker=self._broker, attempt=attempt, now=now)

    def verified_claims(
        self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime
    ) -> Mapping[str, object]:
        """Redeem the authorization code; the claims are signed by the broker, but not yet checked."""
        code = self._code(reply, attempt)
        time_left = self._client.time_left()
        token = self._redeemed(code, attempt, now, time_left)
        return self._reader.read(token, time_left, now=now)

    def _authorization_request(
        self, attempt: NewAttempt, return_url: str, language: str, *, force: bool
    ) -> dict[str, str]:
        challenge = sha256(attempt.verifier.encode("ascii")).digest()
        authorization_request = {
            "client_id": self._broker.client_id,
            "response_type": "code",
            "redirect_uri": return_url,
            "scope": " ".join(self._broker.scopes),
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": urlsafe_b64encode(challenge).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
            "acr_values": " ".join(self._broker.assurances),
            "ui_locales": language,
        }
        return {
            # First, so that they replace none of ours.
            **self._broker.extra_parameters,
            **authorization_request,
            **self._trust_network_parameters(language),
            **self._freshness_parameters(force),
        }

    def _trust_network_parameters(self, language: str) -> dict[str, str]:
        # Parameters of the Finnish Trust Network: the service's name, and the chosen bank.
        parameters = {
            "ftn_spname": self._broker.service_name.get(language, ""),
            "ftn_idp_id": self._broker.idp,
        }
        return {name: value for name, value in parameters.items() if value}

    def _freshness_parameters(self, force: bool) -> dict[str, str]:  # noqa: FBT001 the protocol's word
        broker = self._broker
        parameters = {}
        is_forced = force or broker.max_age == 0
        if "max_age" in broker.force_by:
            parameters["max_age"] = "0" if is_forced else str(broker.max_age)
        if is_forced and "prompt" in broker.force_by:
            parameters["prompt"] = "login"
        if is_forced and broker.forced_acr_values:
            parameters["acr_values"] = broker.forced_acr_values
        return parameters

    def _as_request_object(self, authorization_request: Mapping[str, str], now: datetime) -> dict[str, str]:
        # OpenID Connect also requires these three outside the request object, with equal values.
        outside = {name: authorization_request[name] for name in ("client_id", "response_type", "scope")}
        inside: dict[str, object] = dict(authorization_request)
        if "max_age" in authorization_request:
            inside["max_age"] = int(authorization_request["max_age"])
        return {**outside, "request": self._signer.request_object(inside, now)}

    def _pushed(self, authorization_request: Mapping[str, str], now: datetime) -> dict[str, str]:
        address = self._broker.endpoints.pushed_authorization_request
        fields = {**authorization_request, **self._signer.credentials(now)}
        answer = self._client.post("pushed", address, self._client.time_left(), fields)
        request_uri = answer.content.get("request_uri")
        if answer.status not in (HTTPStatus.OK, HTTPStatus.CREATED) or not isinstance(request_uri, str):
            raise IdentificationFailed(why="pushed-refused")
        return {"client_id": self._broker.client_id, "request_uri": request_uri}

    def _code(self, reply: Mapping[str, str], attempt: Attempt) -> str:
        # Before anything is redeemed: the reply may belong to another attempt.
        if not is_same(reply.get("state"), attempt.state):
            raise ReplyRefused(why="state")
        self._check_answering_broker(reply)
        # An honest broker sends one of them.
        if "error" in reply and "code" in reply:
            raise ReplyRefused(why="code-and-error")
        if "error" in reply:
            raise _refused(reply["error"])
        code = reply.get("code", "")
        # The code goes into a request of ours: bound what a browser may put there.
        if not 0 < len(code) <= _LONGEST_CODE or not (code.isascii() and code.isprintable()):
            raise ReplyRefused(why="code")
        return code

    def _check_answering_broker(self, reply: Mapping[str, str]) -> None:
        # Detect a mix-up attack between two brokers (RFC 9207).
        if "iss" not in reply and not self._broker.response_issuer_required:
            return
        if reply.get("iss") != self._broker.issuer:
            raise ReplyRefused(why="response-iss")

    def _redeemed(self, code: str, attempt: Attempt, now: datetime, time_left: TimeBudget) -> str:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            # The one of the attempt: the broker compares both (RFC 6749, 4.1.3).
            "redirect_uri": attempt.return_url,
            "code_verifier": attempt.verifier,
            **self._signer.credentials(now),
        }
        answer = self._token_answer(fields, time_left)
        if answer.status != HTTPStatus.OK:
            raise _not_redeemed(answer.content.get("error"))
        token = answer.content.get("id_token")
        if not isinstance(token, str):
            raise IdentificationFailed(why="token-missing")
        return token

    def _token_answer(self, fields: Mapping[str, str], time_left: TimeBudget) -> BrokerResponse:
        try:
            return self._client.post("token", self._broker.endpoints.token, time_left, fields)
        except BrokerUnavailable as refusal:
            if refusal.facts.get("is_unsent"):
                raise BrokerUnavailable(why=refusal.facts["why"], reply_is_kept=True) from None
            raise


def _with_query(address: str, authorization_request: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(authorization_request)}"


def _refused(error: str) -> IdentificationCancelled | BrokerUnavailable | ReplyRefused:
    # The error comes from the browser, unsigned: blame the broker only where waiting can help.
    if error in _CANCELLED:
        return IdentificationCancelled()
    if error in _UNAVAILABLE:
        return BrokerUnavailable(why="broker-unavailable")
    return ReplyRefused(why="broker-refused")


def _not_redeemed(error: object) -> IdentificationFailed:
    # Name the errors that an operator can act on; do not log the broker's own texts.
    if error == "invalid_grant":  # another browser's code, or one that is used or too old
        return ReplyRefused(why="token-invalid_grant")
    return IdentificationFailed(why="token-invalid_client" if error == "invalid_client" else "token-refused")
