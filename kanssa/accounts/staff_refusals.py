"""Refusals when staff sign in, and refusals about their accounts."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


class NotSignedIn(Refusal):
    code = "staff-not-signed-in"
    reason = _("You need to sign in.")
    status = 401


class WrongPassword(Refusal):
    """An unknown account, a wrong password and a blocked account give the same answer."""

    code = "staff-wrong-password"
    reason = _("The e-mail address or the password is wrong.")
    status = 403


class WrongCode(Refusal):
    code = "staff-wrong-code"
    reason = _("The code is wrong, too old or already used. Wait for the next one and type that.")
    status = 403


class TooManyAttempts(Refusal):
    """Too many tries, for the account or the network address."""

    code = "staff-too-many-tries"
    reason = _("There have been too many tries.")
    status = 429


class PasswordTooWeak(Refusal):
    """The password is short, common or like the person's name; `faults` are sentences for the page."""

    code = "staff-password-too-weak"
    reason = _("Choose another password.")
    status = 422

    def __init__(self, *, faults: Sequence[str]) -> None:
        super().__init__()
        self.faults = faults


class NoSuchStartLink(Refusal):
    code = "staff-no-such-start-link"
    reason = _("This link has been used, is too old or has been replaced by a newer one.")
    status = 410


class NoRole(Refusal):
    """The single sign-on identified the person, but they have no role here or their account is closed."""

    code = "staff-no-role"
    reason = _("You have no role in this service.")
    status = 403


class SignOnCancelled(Refusal):
    code = "staff-sign-on-cancelled"
    reason = _("You stopped signing in.")
    status = 200


class SignOnUnavailable(Refusal):
    code = "staff-sign-on-unavailable"
    reason = _("The city’s single sign-on does not answer right now.")
    status = 503
    retry_after = 30


class SignOnBusy(Refusal):
    """All slots for outgoing calls are in use; the attempt can be repeated."""

    code = "staff-sign-on-busy"
    reason = _("Many people are signing in right now. Nothing is lost. Try again in a moment.")
    status = 503
    retry_after = 5


class SignOnFailed(Refusal):
    """The single sign-on's answer cannot be trusted; `facts["why"]` is the reason's code."""

    code = "staff-sign-on-failed"
    reason = _("Signing in through the city’s single sign-on did not succeed. Start again.")
    status = 502


class SignOnRefused(SignOnFailed):
    """The browser's answer does not match its attempt, is too late, or shows a sign-in that is too weak."""

    code = "staff-sign-on-refused"
    status = 400


class NoSuchStaff(Refusal):
    """Shown at the command line only."""

    code = "no-such-staff"
    reason = _("There is no such local account.")
    status = 404


class StaffExists(Refusal):
    """Shown at the command line only."""

    code = "staff-exists"
    reason = _("There is an account of that address already.")
    status = 409


class RolesComeFromSignOn(Refusal):
    """The single sign-on gives this person's roles. Shown at the command line only."""

    code = "staff-roles-come-from-sign-on"
    reason = _("This person’s roles come from the single sign-on. Change them there.")
    status = 409


class NotYourRole(Refusal):
    code = "staff-not-your-role"
    reason = _("Your role does not allow this.")
    status = 403


class ConflictingInterest(Refusal):
    """The case concerns the member's own household or a relative."""

    code = "own-household"
    reason = _("This concerns your own household or a relative. A colleague handles it.")
    status = 403


class NotOnOwnAccount(Refusal):
    code = "staff-not-to-oneself"
    reason = _("Your own roles are changed by another supervisor.")
    status = 409
