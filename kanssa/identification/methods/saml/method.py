"""One SAML identity provider as a way to identify: out to it, and back."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import compare_digest

from kanssa.identification.logout import LogoutAnswer, LogoutMessage, LogoutWish, logout_address
from kanssa.identification.methods.saml.assertion import identity_from
from kanssa.identification.methods.saml.examination import findings
from kanssa.identification.methods.saml.logout import answered, goodbye, heard
from kanssa.identification.methods.saml.messages import request_to_identify, sent
from kanssa.identification.methods.saml.metadata import metadata_of
from kanssa.identification.methods.saml.party import Party
from kanssa.identification.methods.saml.response import assertion_in, expected_of, request_id_of
from kanssa.identification.protocol import Attempt, Document, Finding, Handover, Needs, NewAttempt
from kanssa.identification.refusals import ReplyRefused, blaming_the_browser
from kanssa.values.identity import BrokerSession, VerifiedIdentity


class SamlMethod:
    """Fills `IdentificationMethod`, `SingleLogout` and `Publishing` for the web browser profile.

    No call is made over the network: every message goes by the person's browser.
    """

    def __init__(self, party: Party) -> None:
        """Keep the configuration; its keys are imported already."""
        self.key = party.key
        self.needs: Needs = party.needs
        self._party = party

    def label(self, language: str) -> str:
        """The method's name for people, in fi, sv or en."""
        return self._party.labels[language]

    def is_answering(self) -> bool:
        """Always: nobody is called, so nobody can be found silent."""
        return True

    def begin(
        self, *, attempt: NewAttempt, return_url: str, language: str, force: bool, now: datetime
    ) -> Handover:
        """Where to send the browser: with a query, or with a form to post."""
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
        """Believe nothing in the reply that is not signed by the pinned key, for us and this attempt."""
        state = reply.get("RelayState", "").encode("utf-8", "surrogatepass")
        if not compare_digest(state, attempt.state.encode()):
            raise ReplyRefused(why="state")
        expected = expected_of(attempt, self._party, now)
        with blaming_the_browser():
            assertion = assertion_in(reply, party=self._party, expected=expected)
        return identity_from(assertion, party=self._party, attempt=attempt, expected=expected)

    def examine(self, *, now: datetime) -> Iterator[Finding]:
        """Tell whether the provider's pages answer, and how long the certificates live."""
        yield from findings(self._party, now=now)

    @property
    def ends_sessions(self) -> bool:
        """Whether the provider has a single logout."""
        return bool(self._party.provider.logout)

    def leave(self, session: BrokerSession, *, now: datetime) -> tuple[Handover, str]:
        """Ask the provider to end a log-in; gives where to go, and the request's id."""
        return goodbye(self._party, session, now=now)

    def hear(self, message: LogoutMessage, *, now: datetime) -> LogoutWish | LogoutAnswer:
        """Read what the provider sent by the browser. Raises IdentificationFailed."""
        return heard(self._party, message, now=now)

    def answer(self, wish: LogoutWish, *, now: datetime) -> Handover:
        """Tell the provider that what it asked for is done."""
        return answered(self._party, wish, now=now)

    def published(self, address: str, *, return_url: str, now: datetime) -> Document | None:  # noqa: ARG002 the protocol's
        """Give what the provider must know of us, at the address below the one of coming back."""
        if address != f"{return_url}metadata/":
            return None
        content = metadata_of(self._party, return_url=return_url, logout_url=logout_address(return_url))
        return Document(content, "application/samlmetadata+xml")
