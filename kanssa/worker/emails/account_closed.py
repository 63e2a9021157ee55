from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, page_url


def account_closed(payload: Payload) -> EmailText:
    # It names no application: another person may read that mailbox.
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
