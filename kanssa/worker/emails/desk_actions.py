"""Notify people about actions in their name at the desk, or with what the desk gave them."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, page_url


def assisted(payload: Payload) -> EmailText:
    # The person may not have been there.
    facts = {"reference": payload["reference"]}
    return _not_you(
        _("Your confirmation of housing application %(reference)s was recorded at the service desk") % facts,
        _("A clerk recorded that you confirmed housing application %(reference)s at the service desk.")
        % facts,
    )


def account_opened(_says: Payload) -> EmailText:
    # It names no application: a finder of the slip may have used it before this message arrived.
    return _not_you(
        _("A username was opened with your activation slip"),
        _(
            "A username was opened with the activation slip that was printed for you at the "
            "service desk. A person who logs in with it can see your housing application and "
            "confirm it in your name."
        ),
    )


def _not_you(subject: str, what: str) -> EmailText:
    return EmailText(
        subject=subject,
        paragraphs=(
            what,
            _("If it was you, you do not need to do anything."),
            _("If it was not you, contact the advisory service at once: it can be corrected."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )
