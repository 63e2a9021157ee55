from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, log_in_email, page_url


def decided(payload: Payload) -> EmailText:
    # A person who was not accepted as an applicant learns of no application.
    facts = {"reference": payload.get("reference", "")}
    at_the_desk = _("You can also do this at the service desk with a passport or an identity card.")
    match payload["outcome"]:
        case "taken":
            return log_in_email(
                _("You can now see housing application %(reference)s") % facts,
                _("A clerk has looked at it: you are the person named on housing application %(reference)s.")
                % facts,
                _("Log in to see what is still to be done."),
            )
        case "annulled":
            return log_in_email(
                _("Identify yourself again for housing application %(reference)s") % facts,
                _(
                    "An identification at the service desk for housing application %(reference)s was "
                    "annulled. Confirmations based on it no longer count."
                )
                % facts,
                _("Identify yourself again."),
                at_the_desk,
            )
        case "counts-again":
            return log_in_email(
                _("You are on housing application %(reference)s again") % facts,
                _(
                    "It was recorded by mistake that you are no longer on housing application "
                    "%(reference)s. This has been corrected."
                )
                % facts,
                _("Log in to see whether something is still to be done."),
            )
        case "unconfirmed":
            return log_in_email(
                _("A confirmation of housing application %(reference)s was annulled") % facts,
                _(
                    "A confirmation that was given in your name on housing application %(reference)s was "
                    "annulled, because it was not given properly. It no longer counts."
                )
                % facts,
                _("Log in to see whether the application is waiting for your confirmation."),
            )
        case "freed":
            return log_in_email(
                _("Identify yourself for housing application %(reference)s") % facts,
                _(
                    "Another person had been mistaken for a person named on housing application "
                    "%(reference)s. This has been corrected, and their confirmations no longer count."
                )
                % facts,
                _("If you are the person who is named, identify yourself."),
                at_the_desk,
            )
        case "identify":
            first = (
                _("You can be identified at the service desk for housing application %(reference)s.") % facts
            )
            then = _("Come to the desk within 14 days. A clerk knows what was decided.")
        case "refuse":
            first = _("You cannot be identified without another document.")
            then = _("Come to the service desk with a passport or an identity card that is in date.")
        case _:
            first = _(
                "A clerk has looked at your request. We could not determine that the application is yours."
            )
            then = _("Contact the advisory service, or come to the desk with a passport or an identity card.")
    subject = _("A decision about your housing application")
    action = _("Contact details of the advisory service")
    return EmailText(subject, (first, then), action, page_url("public:contact"))
