"""Why somebody of the staff does not get in."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


class NotSignedIn(Refusal):
    """Nobody of the staff is signed in in this browser, or the sign-in ended."""

    code = "staff-not-signed-in"
    reason = _("You need to sign in.")
    status = 401


class WrongPassword(Refusal):
    """No such account, another password, or an account that may not sign in: all the same."""

    code = "staff-wrong-password"
    reason = _("The e-mail address or the password is wrong.")
    status = 403


class WrongCode(Refusal):
    """The second factor's code is another, too old or used."""

    code = "staff-wrong-code"
    reason = _("The code is wrong, too old or already used. Wait for the next one and type that.")
    status = 403


class TooManyAttempts(Refusal):
    """The limit of tries was reached, for the account or the network address."""

    code = "staff-too-many-tries"
    reason = _("There have been too many tries.")
    status = 429


class PasswordTooWeak(Refusal):
    """The password is short, common or like the person's name; `faults` are sentences."""

    code = "staff-password-too-weak"
    reason = _("Choose another password.")
    status = 422

    def __init__(self, *, faults: Sequence[str]) -> None:
        """Keep them for the page."""
        super().__init__()
        self.faults = faults


class NoSuchStartLink(Refusal):
    """The link was used, is too old, or was replaced by a newer one."""

    code = "staff-no-such-start-link"
    reason = _("This link has been used, is too old or has been replaced by a newer one.")
    status = 410


class NoRole(Refusal):
    """The single sign-on knows the person, who has no role here, or whose account was closed."""

    code = "staff-no-role"
    reason = _("You have no role in this service.")
    status = 403


class SignOnCancelled(Refusal):
    """The person turned back at the single sign-on."""

    code = "staff-sign-on-cancelled"
    reason = _("You stopped signing in.")
    status = 200


class SignOnUnavailable(Refusal):
    """The single sign-on does not answer."""

    code = "staff-sign-on-unavailable"
    reason = _("The city’s single sign-on does not answer right now.")
    status = 503
    retry_after = 30


class SignOnBusy(Refusal):
    """As many requests wait for single sign-ons and brokers as may; nothing of the attempt is spent."""

    code = "staff-sign-on-busy"
    reason = _("Many people are signing in right now. Nothing is lost. Try again in a moment.")
    status = 503
    retry_after = 5


class SignOnFailed(Refusal):
    """The single sign-on's answer cannot be trusted; `facts["why"]` is the code of what was wrong."""

    code = "staff-sign-on-failed"
    reason = _("Signing in through the city’s single sign-on did not succeed. Start again.")
    status = 502


class SignOnRefused(SignOnFailed):
    """What the browser brought back is no reply to its attempt, too late, or of a sign-in too weak."""

    code = "staff-sign-on-refused"
    status = 400


class NoSuchStaff(Refusal):
    """No local account of that address; only said at the command line."""

    code = "no-such-staff"
    reason = _("There is no such local account.")
    status = 404


class StaffExists(Refusal):
    """The address has an account already; only said at the command line."""

    code = "staff-exists"
    reason = _("There is an account of that address already.")
    status = 409


class RolesComeFromSignOn(Refusal):
    """The single sign-on gives this person's roles; only said at the command line."""

    code = "staff-roles-come-from-sign-on"
    reason = _("This person’s roles come from the single sign-on. Change them there.")
    status = 409


class NotYourRole(Refusal):
    """Somebody of the staff, but with another role."""

    code = "staff-not-your-role"
    reason = _("Your role does not allow this.")
    status = 403


class ConflictingInterest(Refusal):
    """A case of the member's own household, or of a relative."""

    code = "own-household"
    reason = _("This concerns your own household or a relative. A colleague handles it.")
    status = 403


class NotOnOwnAccount(Refusal):
    """Nobody gives roles to themselves, or takes their own."""

    code = "staff-not-to-oneself"
    reason = _("Your own roles are changed by another supervisor.")
    status = 409
