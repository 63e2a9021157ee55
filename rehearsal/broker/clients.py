"""Authenticate the broker's clients, and read their authorization requests."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hmac import compare_digest
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from rehearsal.broker.registration import Client, Registration
from rehearsal.broker.sealed_tokens import BrokenSealError, Seal

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PUSHED = "urn:ietf:params:oauth:request_uri:"
_PUSHED_LIVES = 60
_SKEW = 30
_CHALLENGE_LENGTH = 43
_LANGUAGES = ("fi", "sv", "en")


class ProtocolFault(Exception):
    """A client's error: OAuth's error code, and a sentence for the client's developer."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A checked authorization request."""

    client_id: str
    redirect_uri: str
    state: str
    nonce: str
    challenge: str
    language: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class ClientRegistry:
    """Checks what clients send. Every method raises ProtocolFault."""

    def __init__(self, registration: Registration, seal: Seal) -> None:
        self._registration = registration
        self._seal = seal
        self._spent: dict[str, float] = {}

    def client(self, client_id: str) -> Client:
        if client_id not in self._registration.clients:
            raise ProtocolFault("invalid_client", "no such client")
        return self._registration.clients[client_id]

    def authenticated(self, fields: Mapping[str, str], *, now: float) -> Client:
        """Return the client whose signed assertion this is (private_key_jwt)."""
        client = self.client(fields.get("client_id", ""))
        if fields.get("client_assertion_type") != _JWT_BEARER:
            raise ProtocolFault("invalid_client", "client_assertion_type is another")
        claims = self._verified(client, fields.get("client_assertion", ""))
        if (claims.get("iss"), claims.get("sub")) != (client.id, client.id):
            raise ProtocolFault("invalid_client", "the assertion names another")
        issuer = self._registration.issuer
        # RFC 9126 allows the token endpoint's assertions at the pushed request's endpoint too.
        if claims.get("aud") not in (issuer, f"{issuer}/token", f"{issuer}/par"):
            raise ProtocolFault("invalid_client", "the assertion is for another")
        self.spend(f"jti {claims.get('jti')}", self._expiry(claims, now), now=now)
        return client

    def spend(self, once: str, until: float, *, now: float) -> None:
        if self._spent.get(once, 0) > now:
            raise ProtocolFault("invalid_grant", "used before")
        if len(self._spent) > 10_000:  # noqa: PLR2004 - a bench runs for hours
            self._spent = {used: at for used, at in self._spent.items() if at > now}
        self._spent[once] = until

    def push(self, fields: Mapping[str, str], *, now: float) -> dict[str, Any]:
        """Answer a pushed authorization request (RFC 9126); nothing is stored."""
        client = self.authenticated(fields, now=now)
        if "request_uri" in fields:
            raise ProtocolFault("invalid_request", "request_uri cannot be pushed")
        authorization_request = self._checked(client, self._parameters(client, fields, now))
        sealed = self._seal.close("pushed", authorization_request.as_dict(), until=now + _PUSHED_LIVES)
        return {"request_uri": _PUSHED + sealed, "expires_in": _PUSHED_LIVES}

    def authorization_request(self, query: Mapping[str, str], *, now: float) -> AuthorizationRequest:
        """Read an authorization request: from the query, a request object, or a pushed one."""
        client = self.client(query.get("client_id", ""))
        if "request_uri" in query:
            return self._pushed(client, query["request_uri"], now)
        return self._checked(client, self._parameters(client, query, now))

    def _pushed(self, client: Client, request_uri: str, now: float) -> AuthorizationRequest:
        try:
            content = self._seal.open("pushed", request_uri.removeprefix(_PUSHED), now=now)
        except BrokenSealError:
            raise ProtocolFault("invalid_request_uri", "unknown or too old") from None
        # A request_uri works only for the client that pushed it.
        if content["client_id"] != client.id:
            raise ProtocolFault("invalid_request_uri", "another's")
        return AuthorizationRequest(**content)

    def _parameters(self, client: Client, sent: Mapping[str, str], now: float) -> Mapping[str, Any]:
        if "request" not in sent:
            return sent
        claims = self._verified(client, sent["request"])
        if (claims.get("iss"), claims.get("aud")) != (client.id, self._registration.issuer):
            raise ProtocolFault("invalid_request_object", "from or for another")
        self._expiry(claims, now)
        # OpenID Connect requires equal values inside and outside.
        outside = ("client_id", "response_type", "scope")
        if any(claims.get(name) != sent.get(name, claims.get(name)) for name in outside):
            raise ProtocolFault("invalid_request_object", "it says other than the query")
        return claims

    def _checked(self, client: Client, parameters: Mapping[str, Any]) -> AuthorizationRequest:
        if parameters.get("redirect_uri") != client.redirect_uri:
            raise ProtocolFault("invalid_request", "redirect_uri is not the registered one")
        if parameters.get("response_type") != "code" or "openid" not in str(parameters.get("scope")).split():
            raise ProtocolFault("invalid_request", "only the code flow of OpenID Connect")
        # Strict, so that a weaker client fails here and not at a real broker.
        challenge = parameters.get("code_challenge", "")
        if parameters.get("code_challenge_method") != "S256" or len(challenge) != _CHALLENGE_LENGTH:
            raise ProtocolFault("invalid_request", "PKCE with S256 is asked for")
        if not parameters.get("state") or not parameters.get("nonce"):
            raise ProtocolFault("invalid_request", "state and nonce are asked for")
        return AuthorizationRequest(
            client_id=client.id,
            redirect_uri=client.redirect_uri,
            state=parameters["state"],
            nonce=parameters["nonce"],
            challenge=challenge,
            language=_language(parameters.get("ui_locales", "")),
        )

    def _verified(self, client: Client, signed: str) -> dict[str, Any]:
        try:
            token = jwt.decode(signed, client.signing_key, algorithms=["ES256"])
        except (JoseError, ValueError):
            raise ProtocolFault("invalid_client", "the signature is not the client's") from None
        if not compare_digest(str(token.header.get("kid")), str(client.signing_key.kid)):
            raise ProtocolFault("invalid_client", "kid is of no key")
        return token.claims

    def _expiry(self, claims: Mapping[str, Any], now: float) -> float:
        expires = claims.get("exp")
        if not isinstance(expires, int) or not now - _SKEW < expires < now + 600:
            raise ProtocolFault("invalid_client", "expired, or living too long")
        return float(expires)


def _language(locales: str) -> str:
    wanted = [locale.split("-")[0] for locale in locales.split()]
    return next((language for language in wanted if language in _LANGUAGES), "fi")
