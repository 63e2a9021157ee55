"""Notify people about changes of an application; nothing of what was changed."""

from django.utils.translation import gettext as _

from kanssa.worker.emails.email_text import EmailText, Payload, day_text, log_in_email


def change(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": day_text(payload["confirm_by"])}
    return log_in_email(
        _("Housing application %(reference)s was changed: confirm the change") % facts,
        _("Housing application %(reference)s was changed in a way that concerns you.") % facts,
        _("Check the change and confirm it no later than %(day)s.") % facts,
        _("Your earlier confirmation remains in force until then."),
    )


def change_lapsed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": day_text(payload["valid_until"])}
    return log_in_email(
        _("A change to housing application %(reference)s was discarded") % facts,
        _("Not everybody confirmed the change in time, so it was discarded."),
        _("The application stays as it was before the change, and is valid until %(day)s.") % facts,
    )


def wishes_changed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return log_in_email(
        _("The wishes of housing application %(reference)s were changed") % facts,
        _("The main applicant has changed the wishes of housing application %(reference)s.") % facts,
        _("Your confirmation counts as before, and you do not need to do anything."),
        _(
            "Log in to see what was changed. If you do not agree with it, you can withdraw your own "
            "confirmation there."
        ),
    )


def time_extended(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": day_text(payload["confirm_by"])}
    return log_in_email(
        _("You have more time to confirm housing application %(reference)s") % facts,
        _("The time to confirm housing application %(reference)s was extended.") % facts,
        _("Your confirmation is missing. Confirm no later than %(day)s.") % facts,
        _("You can also do this at the service desk with a passport or an identity card."),
        _("If you do not intend to confirm, do nothing: you are not committed to anything."),
    )
