"""Texts about usernames: links, passwords, the second factor, and moving and closing."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, page_url


def account_link(payload: Payload) -> EmailText:
    return EmailText(
        subject=_("Choose a password for your username"),
        paragraphs=(
            _("A username was requested for this e-mail address. If it was you, choose a password."),
            _(
                "You also need the slip with the activation code that you got at the service desk. "
                "The link cannot be used without the slip."
            ),
            _("The link works for 24 hours on any device. A new link replaces the previous one."),
            _("If you did not ask for it, you do not need to do anything."),
        ),
        action=_("Choose a password"),
        url=page_url("account:open", token=payload["token"]),
    )


def password_link(payload: Payload) -> EmailText:
    return EmailText(
        subject=_("Link for setting a new password"),
        paragraphs=(
            _(
                "A username or a new password was requested for this e-mail address. It already has a "
                "username."
            ),
            _("If you remember your password, log in with it. If not, set a new one with this link."),
            _("The link works for 24 hours on any device. A new link replaces the previous one."),
            _(
                "If the username belongs to another person, use an e-mail address of your own. If you "
                "did not ask for it, you do not need to do anything."
            ),
        ),
        action=_("Set a new password"),
        url=page_url("account:open", token=payload["token"]),
    )


def password_set(_says: Payload) -> EmailText:
    return EmailText(
        subject=_("The password of your username was reset"),
        paragraphs=(
            _("The password of your username was reset by a link that was sent to its e-mail address."),
            _(
                "You cannot see or do anything with the username before you prove your identity: with "
                "a new activation code from the service desk, or with online banking credentials or a "
                "mobile certificate."
            ),
            _("If you did not do this yourself, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )


def password_changed(_says: Payload) -> EmailText:
    return EmailText(
        subject=_("The password of your username was changed"),
        paragraphs=(
            _("The password of your username was changed on the page of your username."),
            _("If you did not do this yourself, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )


def second_factor_changed(payload: Payload) -> EmailText:
    what = {
        "authenticator": _("An authenticator app was set up for your username."),
        "codes": _("A list of single-use codes was made for your username."),
        "removed": _("The authenticator app and the list of codes of your username were removed."),
    }
    return EmailText(
        subject=_("The protection of your username was changed"),
        paragraphs=(
            what[payload["what"]],
            _("If you did not do this yourself, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )


def account_moved(_says: Payload) -> EmailText:
    return EmailText(
        subject=_("Your username has another e-mail address"),
        paragraphs=(
            _("With a new slip from the service desk, your username was moved to another e-mail address."),
            _("If you did not do this yourself, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )


def account_closed(payload: Payload) -> EmailText:
    """Name no application: another person may read that mailbox."""
    if payload["what"] == "username":
        subject = _("Your username was closed")
        first = _(
            "A clerk has closed your username, as requested. It can no longer be used to log in, "
            "and an unused activation slip does not work either."
        )
    else:
        subject = _("Your activation slip was ended")
        first = _("A clerk has ended your activation slip, as requested. Its code no longer works.")
    return EmailText(
        subject=subject,
        paragraphs=(
            first,
            _(
                "Your confirmations remain in force. You get a new slip at the service desk with a "
                "passport or an identity card. You can also identify yourself with online banking "
                "credentials or a mobile certificate."
            ),
            _("If you did not ask for this, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )
