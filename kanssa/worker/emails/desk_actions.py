"""What is told of what was done in somebody's name at the desk, or by what the desk gave."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, page_url


def assisted(payload: Payload) -> EmailText:
    """A clerk recorded that they confirmed: whoever was not there must come to know it."""
    facts = {"reference": payload["reference"]}
    return _not_you(
        _("Your confirmation of housing application %(reference)s was recorded at the service desk") % facts,
        _("A clerk recorded that you confirmed housing application %(reference)s at the service desk.")
        % facts,
    )


def account_opened(_says: Payload) -> EmailText:
    """It names no application: whoever found a slip may have been quicker than this letter."""
    return _not_you(
        _("A username was opened with your activation slip"),
        _(
            "A username was opened with the activation slip that was printed for you at the service desk. "
            "With it one sees your housing application and can confirm it in your name."
        ),
    )


def _not_you(subject: str, what: str) -> EmailText:
    return EmailText(
        subject=subject,
        paragraphs=(
            what,
            _("If it was you, you need not do anything."),
            _("If it was not you, contact the advisory service at once: it can be put right."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )
