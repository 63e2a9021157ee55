"""Refusals of identification."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


class IdentificationCancelled(Refusal):
    """The person cancelled at the broker."""

    code = "identification-cancelled"
    reason = _("You stopped the identification. Nothing was confirmed.")
    status = 200


class IdentificationFailed(Refusal):
    """The broker's own response cannot be trusted; `facts["why"]` is for the log."""

    code = "identification-failed"
    reason = _("The identification did not succeed. Nothing was confirmed.")
    status = 502


class ReplyRefused(IdentificationFailed):
    """The browser's reply does not match its attempt, or nothing proves that the broker created it."""

    code = "identification-reply-refused"
    status = 400


@contextmanager
def browser_errors() -> Iterator[None]:
    """Turn IdentificationFailed into ReplyRefused, for unproven content that came through the browser."""
    try:
        yield
    except IdentificationFailed as fault:
        raise ReplyRefused(**fault.facts) from None


class IdentificationExpired(Refusal):
    """The reply came too late, twice, or for an unknown attempt."""

    code = "identification-expired"
    reason = _("The identification took too long or was already used. Start it again.")
    status = 410


class OtherBrowser(Refusal):
    code = "identification-other-browser"
    reason = _("The identification was begun in another browser. Start it again here.")
    status = 403


class LogoutRefused(Refusal):
    """The logout message is not from the broker, or not for us."""

    code = "logout-refused"
    reason = _("The request to sign out could not be trusted. No one was signed out.")
    status = 400


class AssuranceTooLow(Refusal):
    code = "identification-too-weak"
    reason = _("The way you identified is not strong enough for this service.")
    status = 403


class IdentityIncomplete(Refusal):
    """The broker gave no identity code, so the person cannot be matched."""

    code = "identity-without-code"
    reason = _("The identification did not tell us your personal identity code.")
    status = 403


class BrokerUnavailable(Refusal):
    """The broker does not answer, or reports an error of its own.

    `facts["reply_is_kept"]`: the person's reply is unused and can be sent again.
    """

    code = "identification-unavailable"
    reason = _("The identification service does not answer right now.")
    status = 503
    retry_after = 30


class BrokersBusy(Refusal):
    """All slots for outgoing calls are in use; the attempt is unused."""

    code = "identification-busy"
    reason = _("Many people are identifying themselves right now. Nothing is lost. Try again in a moment.")
    status = 503
    retry_after = 5


class UnknownMethod(Refusal):
    code = "identification-method-unknown"
    reason = _("There is no such way to identify.")
    status = 404


class HasRepresentative(Refusal):
    """Only the person themselves may receive this, and a guardian or an agent acts for them."""

    code = "acts-for-another"
    reason = _(
        "A username and an identity code are given to the person themselves. "
        "A representative acts for them at the desk."
    )
    status = 409


class NotIdentifiedBefore(Refusal):
    """Neither the desk nor a broker has identified this person yet."""

    code = "never-identified"
    reason = _("This person has not been identified yet. Identify them first.")
    status = 409


class TooManyIdentifications(Refusal):
    """Too many attempts from this network address."""

    code = "too-many-identifications"
    reason = _("Too many people have started to identify themselves from this network.")
    status = 429
