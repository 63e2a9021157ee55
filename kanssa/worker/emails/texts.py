"""The text of each message: only first names, the reference, dates and what to do."""

from collections.abc import Callable, Mapping

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kanssa.calendar.days import day_of
from kanssa.clock import now
from kanssa.messages.topics import Topic
from kanssa.office.current import current_office
from kanssa.office.hours import in_a_line
from kanssa.worker.emails import usernames
from kanssa.worker.emails.changes import change, change_lapsed, time_extended, wishes_changed
from kanssa.worker.emails.co_applicants import co_applicant_instructions
from kanssa.worker.emails.desk_actions import account_opened, assisted
from kanssa.worker.emails.email_text import EmailText, Payload, log_in_email, page_url
from kanssa.worker.emails.email_text import day_text as _day
from kanssa.worker.emails.leaving import left, main_offered, now_main
from kanssa.worker.emails.staff_decisions import decided


def email_text(topic: str, payload: Payload) -> EmailText:
    return TEXTS[Topic(topic)](payload)


def _received(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["confirm_by"])}
    alone = (_("You can also do this at the service desk with a passport or an identity card."),)
    together = (
        *co_applicant_instructions(payload),
        _("Each of you can also do this at the service desk with a passport or an identity card."),
    )
    return EmailText(
        subject=_("We received application %(reference)s: it is not yet valid") % facts,
        paragraphs=(
            _("We received your housing application %(reference)s.") % facts,
            _("The application is not yet valid. Confirm it no later than %(day)s.") % facts,
            *(alone if payload["is_alone"] else together),
            _desk(payload),
        ),
        action=_("Go on to confirm the application"),
        url=page_url("account:sign_in"),
    )


def _invitation(payload: Payload) -> EmailText:
    facts = {"name": payload["inviter"], "day": _day(payload["confirm_by"])}
    return EmailText(
        subject=_("A housing application is waiting for your confirmation"),
        paragraphs=(
            _("%(name)s has named you as a co-applicant on a housing application.") % facts,
            _(
                "The application becomes valid only when you have identified yourself, checked your own "
                "details and confirmed it. Do this no later than %(day)s."
            )
            % facts,
            _("You can also do this at the service desk with a passport or an identity card."),
            _("If you do not know what this is about, do nothing: you are not committed to anything."),
        ),
        action=_("Check and confirm the application"),
        url=page_url("invitation:invitation", token=payload["token"]),
    )


def _all_confirmed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["valid_until"])}
    if payload["is_alone"]:
        first = _("You have confirmed housing application %(reference)s.") % facts
    else:
        first = _("All adults have confirmed housing application %(reference)s.") % facts
    return log_in_email(
        _("Housing application %(reference)s is valid") % facts,
        first,
        _("The application is valid until %(day)s.") % facts,
    )


def _confirmed_elsewhere(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["confirm_by"])}
    return log_in_email(
        _("Housing application %(reference)s is not valid now") % facts,
        _(
            "An adult of housing application %(reference)s has confirmed another application, so "
            "their confirmation of this one has ended."
        )
        % facts,
        _("The application becomes valid again when everybody on it has confirmed it, no later than %(day)s.")
        % facts,
        _("You may also continue without that person: the main applicant can remove them by editing."),
    )


def _reminder(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["confirm_by"])}
    if payload["has_waiting_version"]:
        first = _("A change to housing application %(reference)s is waiting to be confirmed.") % facts
    else:
        first = _("Housing application %(reference)s is not yet valid.") % facts
    paragraphs = [first]
    if payload["is_missing"]:
        paragraphs.append(_("Your confirmation is missing. Confirm no later than %(day)s.") % facts)
        if not payload["is_alone"] and not payload["missing"]:
            paragraphs.append(_("The main applicant can remove an adult who does not confirm."))
    if payload["missing"]:
        names = {"names": ", ".join(payload["missing"]), **facts}
        paragraphs += [
            _("Still missing: the confirmation of %(names)s, no later than %(day)s.") % names,
            _("If an adult does not confirm, you can remove them from the application by editing it."),
        ]
    elif not payload["is_main"]:
        paragraphs.append(
            _("If you do not intend to confirm, do nothing: you are not committed to anything.")
        )
    return log_in_email(
        _("Reminder: housing application %(reference)s is waiting for a confirmation") % facts,
        *paragraphs,
        _("You can also do this at the service desk with a passport or an identity card."),
    )


def _expiry(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["valid_until"])}
    last = (
        _("If you still need a home, log in and renew the application before that.")
        if payload["is_main"]
        else _("The main applicant can renew the application before that.")
    )
    return log_in_email(
        _("Housing application %(reference)s is valid until %(day)s") % facts,
        _("The validity of housing application %(reference)s ends on %(day)s.") % facts,
        last,
    )


def _lapsed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["confirm_by"])}
    paragraphs = [
        _("Not everybody confirmed housing application %(reference)s by %(day)s, so it has lapsed.") % facts
    ]
    if payload["is_main"]:
        paragraphs.append(_("For 30 days you can copy your own answers into a new application."))
    return log_in_email(_("Housing application %(reference)s has lapsed") % facts, *paragraphs)


def _fallen_back(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "day": _day(payload["confirm_by"])}
    return log_in_email(
        _("Housing application %(reference)s is not valid now") % facts,
        _("Housing application %(reference)s is not valid now: a confirmation is missing.") % facts,
        _("The application becomes valid again when everybody on it has confirmed it, no later than %(day)s.")
        % facts,
    )


def _replaced(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return log_in_email(
        _("Housing application %(reference)s was replaced by another") % facts,
        _(
            "Every adult of housing application %(reference)s has confirmed another application that "
            "is valid now. An adult can have one valid application, so this one has ended."
        )
        % facts,
    )


def _removed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return log_in_email(
        _("You are no longer on housing application %(reference)s") % facts,
        _("Housing application %(reference)s was changed, and you are no longer on it.") % facts,
        _("You do not need to do anything. If you need a home, you can send an application of your own."),
        _(
            "If you had identified yourself for it, you can log in and copy your own details into a new "
            "application for 30 days. An earlier application that this one had replaced counts again, if it "
            "still has time."
        ),
    )


def _withdrawn(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return EmailText(
        subject=_("Housing application %(reference)s was withdrawn") % facts,
        paragraphs=(
            _("The main applicant has withdrawn housing application %(reference)s. It has ended.") % facts,
            _("You do not need to do anything. If you need a home, you can send an application of your own."),
        ),
        action=_("Apply for a home"),
        url=page_url("apply:start"),
    )


def _contact_changed(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"]}
    return EmailText(
        subject=_("The e-mail address on housing application %(reference)s was changed") % facts,
        paragraphs=(
            _("Messages about housing application %(reference)s no longer come to this address.") % facts,
            _("If you did not change the address yourself, contact the advisory service."),
        ),
        action=_("Contact details of the advisory service"),
        url=page_url("public:contact"),
    )


def _coming_of_age(payload: Payload) -> EmailText:
    facts = {"reference": payload["reference"], "name": payload["resident"], "day": _day(payload["on"])}
    return log_in_email(
        _("%(name)s comes of age: housing application %(reference)s") % facts,
        _("%(name)s, who moves in with you, turns 18 on %(day)s.") % facts,
        _(
            "The application stays as it is for its validity period. From then on any change or "
            "renewal includes %(name)s as an adult, who then identifies and confirms too."
        )
        % facts,
    )


def _draft_link(payload: Payload) -> EmailText:
    return EmailText(
        subject=_("Continue your housing application"),
        paragraphs=(
            _("With this link you can continue filling in your housing application on any device."),
            _(
                "The application has not been sent yet. It is deleted after %(day)s, unless you "
                "change something in it before then."
            )
            % {"day": _day(payload["last_day"])},
            _("Do not give the link to anyone: a person who opens it can read and change your answers."),
            _("If you did not ask for this, you do not need to do anything."),
        ),
        action=_("Continue the application"),
        url=page_url("apply:resume", token=payload["token"]),
    )


TEXTS: Mapping[Topic, Callable[[Payload], EmailText]] = {
    Topic.RECEIVED: _received,
    Topic.DRAFT_LINK: _draft_link,
    Topic.INVITATION: _invitation,
    Topic.ALL_CONFIRMED: _all_confirmed,
    Topic.CONFIRMED_ELSEWHERE: _confirmed_elsewhere,
    Topic.REMINDER: _reminder,
    Topic.CHANGE: change,
    Topic.CHANGE_LAPSED: change_lapsed,
    Topic.WISHES_CHANGED: wishes_changed,
    Topic.EXPIRY: _expiry,
    Topic.LAPSED: _lapsed,
    Topic.TIME_EXTENDED: time_extended,
    Topic.FALLEN_BACK: _fallen_back,
    Topic.REPLACED: _replaced,
    Topic.REMOVED: _removed,
    Topic.WITHDRAWN: _withdrawn,
    Topic.LEFT: left,
    Topic.MAIN_OFFERED: main_offered,
    Topic.NOW_MAIN: now_main,
    Topic.CONTACT_CHANGED: _contact_changed,
    Topic.COMING_OF_AGE: _coming_of_age,
    Topic.DECIDED: decided,
    Topic.ACCOUNT_LINK: usernames.account_link,
    Topic.PASSWORD_LINK: usernames.password_link,
    Topic.PASSWORD_SET: usernames.password_set,
    Topic.PASSWORD_CHANGED: usernames.password_changed,
    Topic.SECOND_FACTOR_CHANGED: usernames.second_factor_changed,
    Topic.ASSISTED: assisted,
    Topic.ACCOUNT_OPENED: account_opened,
    Topic.ACCOUNT_MOVED: usernames.account_moved,
    Topic.ACCOUNT_CLOSED: usernames.account_closed,
}


def _desk(payload: Payload) -> str:
    desk = current_office()
    hours = in_a_line(hours=desk.on(day_of(now())).hours)
    facts = {
        "address": desk.address[get_language() or "fi"],
        "hours": hours,
        "code": payload.get("visit_code", ""),
    }
    return (
        _(
            "Service desk: %(address)s. Open %(hours)s. Bring your passport or identity card. "
            "Visit code: %(code)s."
        )
        % facts
    )
