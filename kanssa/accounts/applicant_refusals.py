"""Refusals when applicants create, open or use an account. None reveals whether an account exists."""

from django.utils.translation import gettext_lazy as _

from kanssa.values.refusal import Refusal


class WrongCredentials(Refusal):
    """An unknown account and a wrong password give the same answer."""

    code = "wrong-credentials"
    reason = _("The e-mail address or the password is wrong.")
    status = 403


class TooManySignIns(Refusal):
    """Too many tries, for the mailbox or the network address."""

    code = "too-many-sign-ins"
    reason = _(
        "There have been too many tries. You can still identify yourself with online banking credentials "
        "or a mobile certificate."
    )
    status = 429


class TooManyCodes(Refusal):
    """Too many wrong activation codes from this network address."""

    code = "too-many-codes"
    reason = _("There have been too many tries. The service desk can help you.")
    status = 429


class LinkTooSoon(Refusal):
    """A link was sent to this mailbox less than a minute ago."""

    code = "account-link-too-soon"
    reason = _("A link was sent a moment ago. You can send another after a minute.")
    status = 429


class LinksUsedUp(Refusal):
    """The mailbox has received all its links for the day."""

    code = "account-links-used-up"
    reason = _("This address has been sent as many links as it can get in a day. Look for the latest e-mail.")
    status = 429


class LinksFromHereUsedUp(Refusal):
    """Too many link requests from this network address."""

    code = "account-links-from-here-used-up"
    reason = _(
        "Too many links have been ordered from this network. You can still identify yourself with online "
        "banking credentials or a mobile certificate."
    )
    status = 429


class NoSuchAccountLink(Refusal):
    code = "no-such-account-link"
    reason = _("This link has been used, is too old or has been replaced by a newer one.")
    status = 410


class WrongActivationCode(Refusal):
    """An unknown, used, expired or locked code: the answer is the same for all."""

    code = "wrong-activation-code"
    reason = _(
        "The activation code is wrong, used or too old. Check it on your slip. After five wrong codes "
        "the slip no longer works, and the service desk gives you a new one."
    )
    status = 403


class MailboxTaken(Refusal):
    code = "mailbox-taken"
    reason = _("Use an e-mail address that no other person uses here.")


class NoUsername(Refusal):
    """The person has no account, or it was closed meanwhile."""

    code = "no-username"
    reason = _("You have no username any longer. The service desk can help you.")
    status = 409


class NewIdentificationRequired(Refusal):
    """A session that a second factor opened may not change the keys of its account."""

    code = "new-identification-needed"
    reason = _(
        "To change how your username is protected, identify yourself with online banking credentials or a "
        "mobile certificate, or use a new activation code from the service desk."
    )
    status = 403


class WrongSecondFactor(Refusal):
    """A wrong, used or old code, or no second factor: the answer is the same for all."""

    code = "wrong-second-factor"
    reason = _(
        "The code is wrong or has been used. Use the code that shows now, or the next one on your list."
    )
    status = 403


class TooManySecondFactors(Refusal):
    """Too many wrong codes for this account or from this network address."""

    code = "too-many-second-factors"
    reason = _(
        "There have been too many tries. You can still identify yourself with online banking credentials "
        "or a mobile certificate."
    )
    status = 429


class ReauthenticationRequired(Refusal):
    """A password alone is not enough here."""

    code = "proof-needed"
    reason = _(
        "Show who you are before you go on: with online banking credentials, a mobile certificate or an "
        "activation code from the service desk."
    )
    status = 403
