"""What a letter says about a slip or a username that was ended at the desk."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, page_url


def account_closed(payload: Payload) -> EmailText:
    """Which of the two; it names no application, for somebody else may read that mailbox."""
    if payload["what"] == "username":
        subject = _("Your username was closed")
        first = _(
            "A clerk has closed your username, as we were asked to. Nobody can log in with it any more, and "
            "an activation slip that was not used does not work either."
        )
    else:
        subject = _("Your activation slip was ended")
        first = _(
            "A clerk has ended your activation slip, as we were asked to. Its code does not work any more."
        )
    return EmailText(
        subject=subject,
        paragraphs=(
            first,
            _(
                "What you have confirmed stays as it is. You get a new slip at the service desk with a "
                "passport or an identity card. You can also identify yourself with online banking "
                "credentials or a mobile certificate."
            ),
            _("If you did not ask for this, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )
