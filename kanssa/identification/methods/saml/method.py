"""One SAML identity provider as an identification method: request and response."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest

from kanssa.identification.methods.saml.assertion import identity_from
from kanssa.identification.methods.saml.examination import findings
from kanssa.identification.methods.saml.logout import (
    build_logout_request,
    logout_response_to,
    read_logout_message,
)
from kanssa.identification.methods.saml.metadata import metadata_of
from kanssa.identification.methods.saml.parties import Party
from kanssa.identification.methods.saml.requests import request_to_identify, sent
from kanssa.identification.methods.saml.response import assertion_in, expected_of, request_id_of
from kanssa.identification.protocol import Attempt, Document, Finding, Handover, Needs, NewAttempt
from kanssa.identification.refusals import ReplyRefused, browser_errors
from kanssa.identification.single_logout import LogoutMessage, LogoutRequest, LogoutResponse, logout_address
from kanssa.values.identity import BrokerSession, VerifiedIdentity


class SamlMethod:
    """Implements `IdentificationMethod`, `SingleLogout` and `PublishesDocument` for the web browser profile.

    It makes no network call: every message goes through the person's browser.
    """

    def __init__(self, party: Party) -> None:
        self.key = party.key
        self.needs: Needs = party.needs
        self._party = party

    def label(self, language: str) -> str:
        return self._party.labels[language]

    def is_answering(self) -> bool:
        # Without calls there is no sign of a silent provider.
        return True

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        request = request_to_identify(
            self._party,
            request_id=request_id_of(attempt.nonce),
            return_url=return_url,
            language=language,
            force=force,
            now=now,
        )
        return sent(
            request,
            "SAMLRequest",
            to=self._party.provider.login,
            pair=self._party.signing,
            binding=self._party.request_binding,
            relay_state=attempt.state,
        )

    def finish(self, reply: Mapping[str, str], *, attempt: Attempt, now: datetime) -> VerifiedIdentity:
        # Before any parsing: a reply to another attempt deserves no work.
        state = reply.get("RelayState", "").encode("utf-8", "surrogatepass")
        if not compare_digest(state, attempt.state.encode()):
            raise ReplyRefused(why="state")
        expected = expected_of(attempt, self._party, now)
        with browser_errors():
            assertion = assertion_in(reply, party=self._party, expected=expected)
        return identity_from(assertion, party=self._party, attempt=attempt, expected=expected)

    def examine(self, *, now: datetime) -> Iterator[Finding]:
        yield from findings(self._party, now=now)

    @property
    def supports_logout(self) -> bool:
        return bool(self._party.provider.logout)

    def start_logout(self, session: BrokerSession, *, now: datetime) -> tuple[Handover, str]:
        return build_logout_request(self._party, session, now=now)

    def receive_logout(self, message: LogoutMessage, *, now: datetime) -> LogoutRequest | LogoutResponse:
        """Read the provider's message from the browser. Raises IdentificationFailed."""
        return read_logout_message(self._party, message, now=now)

    def answer(self, logout_request: LogoutRequest, *, now: datetime) -> Handover:
        return logout_response_to(self._party, logout_request, now=now)

    def published(self, address: str, *, return_url: str, now: datetime) -> Document | None:  # noqa: ARG002 the protocol's
        if address != f"{return_url}metadata/":
            return None
        content = metadata_of(self._party, return_url=return_url, logout_url=logout_address(return_url))
        return Document(content, "application/samlmetadata+xml")
