"""Messages about an adult who left, and about the main applicant's place."""

from datetime import date

from django.utils.translation import gettext as _

from kanssa.calendar.formats import day
from kanssa.worker.emails.email_text import EmailText, Payload, log_in_email


def left(payload: Payload) -> EmailText:
    """Tell an adult who remains that another left, and how the others may continue."""
    facts = {
        "name": payload["leaver"],
        "reference": payload["reference"],
        "day": _day(payload["confirm_by"]),
    }
    paragraphs = [_("%(name)s no longer takes part in housing application %(reference)s.") % facts]
    if not payload["is_valid"]:
        paragraphs.append(
            _("The application is not valid now. You have until %(day)s to confirm it together.") % facts
        )
    paragraphs.append(_how_to_continue(payload) % facts)
    return log_in_email(
        _("%(name)s no longer takes part in housing application %(reference)s") % facts, *paragraphs
    )


def main_offered(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return log_in_email(
        _("You can become the main applicant of housing application %(reference)s") % facts,
        _("The main applicant no longer takes part in housing application %(reference)s.") % facts,
        _(
            "You can take the main applicant’s place. Until an adult of the application takes it, the "
            "application cannot be changed or withdrawn."
        ),
        _("You decide freely. If you do not want to, you do not need to do anything."),
    )


def now_main(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return log_in_email(
        _("You are now the main applicant of housing application %(reference)s") % facts,
        _("You are now the main applicant of housing application %(reference)s.") % facts,
        _("Log in to see its status. You can edit the application or withdraw it."),
    )


def _how_to_continue(payload: Payload) -> str:
    if payload["was_main"]:
        return _("You may continue without %(name)s, when another adult has become the main applicant.")
    if payload["is_main"]:
        return _("You may continue without %(name)s: log in and choose that on the page of the application.")
    return _("You may continue without %(name)s. The main applicant can choose that in the e-service.")


def _day(stored: str | None) -> str:
    return day(date.fromisoformat(stored)) if stored else ""
