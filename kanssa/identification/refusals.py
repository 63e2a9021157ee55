"""Why an identification did not succeed."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


class IdentificationCancelled(Refusal):
    """The person turned back at the broker."""

    code = "identification-cancelled"
    reason = _("You stopped the identification. Nothing was confirmed.")
    status = 200


class IdentificationFailed(Refusal):
    """What the broker itself answered us cannot be trusted; `facts["why"]` is for the log."""

    code = "identification-failed"
    reason = _("The identification did not succeed. Nothing was confirmed.")
    status = 502


class ReplyRefused(IdentificationFailed):
    """What the browser brought is no reply to its attempt, or nothing proves that the broker made it."""

    code = "identification-reply-refused"
    status = 400


@contextmanager
def browser_errors() -> Iterator[None]:
    """Refuse with ReplyRefused where a broker's word is refused that came by the browser, unproven."""
    try:
        yield
    except IdentificationFailed as fault:
        raise ReplyRefused(**fault.facts) from None


class IdentificationExpired(Refusal):
    """The reply came too late, twice, or for an attempt that nobody knows."""

    code = "identification-expired"
    reason = _("The identification took too long or was already used. Start it again.")
    status = 410


class OtherBrowser(Refusal):
    """The reply came to a browser that did not begin the attempt."""

    code = "identification-other-browser"
    reason = _("The identification was begun in another browser. Start it again here.")
    status = 403


class LogoutRefused(Refusal):
    """What came to the address of signing out is not the broker's, or not for us."""

    code = "logout-refused"
    reason = _("The request to sign out could not be trusted. Nobody was signed out.")
    status = 400


class AssuranceTooLow(Refusal):
    """The broker identified the person more weakly than is asked."""

    code = "identification-too-weak"
    reason = _("The way you identified is not strong enough for this service.")
    status = 403


class IdentityIncomplete(Refusal):
    """The broker gave no identity code, so the person cannot be matched here."""

    code = "identity-without-code"
    reason = _("The identification did not tell us your personal identity code.")
    status = 403


class BrokerUnavailable(Refusal):
    """The broker does not answer, or answers with an error of its own.

    `facts["reply_is_kept"]` tells that nothing of the person's reply was spent: it can come again.
    """

    code = "identification-unavailable"
    reason = _("The identification service does not answer right now.")
    status = 503
    retry_after = 30


class BrokersBusy(Refusal):
    """As many requests wait for brokers as may; nothing of the attempt is spent."""

    code = "identification-busy"
    reason = _("Many people are identifying themselves right now. Nothing is lost. Try again in a moment.")
    status = 503
    retry_after = 5


class UnknownMethod(Refusal):
    """No identification method of that key is configured."""

    code = "identification-method-unknown"
    reason = _("There is no such way to identify.")
    status = 404


class HasRepresentative(Refusal):
    """What only the person themselves may be given, and a guardian or an agent is here in their place."""

    code = "acts-for-another"
    reason = _(
        "A username and an identity code are given to the person themselves. "
        "Whoever acts for them does so at the desk."
    )
    status = 409


class NotIdentifiedBefore(Refusal):
    """Nobody has identified this person by an identity document or a broker yet."""

    code = "never-identified"
    reason = _("This person has not been identified yet. Identify them first.")
    status = 409


class TooManyIdentifications(Refusal):
    """Too many identifications were begun from this network address."""

    code = "too-many-identifications"
    reason = _("Too many people have started to identify themselves from this network.")
    status = 429
