"""What each letter says: first names, the reference, dates and what to do, and nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kanssa.applications.dates import day
from kanssa.messages.letters import Topic

Says = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A letter without its greeting: whole paragraphs, and one thing to press."""

    subject: str
    paragraphs: tuple[str, ...]
    action: str
    url: str


def words_of(topic: str, says: Says) -> Words:
    """The letter of a topic, in the language that is active."""
    return _WORDS[Topic(topic)](says)


def _received(says: Says) -> Words:
    facts = {"reference": says["reference"], "day": _day(says["confirm_by"])}
    alone = (_("You can also do this at the service desk with a passport or an identity card."),)
    together = (
        _(
            "Every adult on the application identifies and confirms separately. Your co-applicants get "
            "their links by e-mail when you have identified yourself."
        ),
        _("Each of you can also do this at the service desk with a passport or an identity card."),
    )
    return Words(
        subject=_("We received application %(reference)s: it is not yet valid") % facts,
        paragraphs=(
            _("We received your housing application %(reference)s.") % facts,
            _("The application is not yet valid. Confirm it no later than %(day)s.") % facts,
            *(alone if says["is_alone"] else together),
        ),
        action=_("Go on to confirm the application"),
        url=_address("account:sign_in"),
    )


def _invitation(says: Says) -> Words:
    facts = {"name": says["inviter"], "day": _day(says["confirm_by"])}
    return Words(
        subject=_("A housing application waits for your confirmation"),
        paragraphs=(
            _("%(name)s has named you as a co-applicant on a housing application.") % facts,
            _(
                "The application becomes valid only when you have identified yourself, checked your own "
                "details and confirmed it. Do this no later than %(day)s."
            )
            % facts,
            _("You can also do this at the service desk with a passport or an identity card."),
            _("If you do not know what this is about, you need not do anything. Nothing binds you."),
        ),
        action=_("Check and confirm the application"),
        url=_address("invitation:invitation", token=says["token"]),
    )


def _all_confirmed(says: Says) -> Words:
    facts = {"reference": says["reference"], "day": _day(says["valid_until"])}
    if says["is_alone"]:
        first = _("You have confirmed housing application %(reference)s.") % facts
    else:
        first = _("All adults have confirmed housing application %(reference)s.") % facts
    return Words(
        subject=_("Housing application %(reference)s is valid") % facts,
        paragraphs=(first, _("The application is valid until %(day)s.") % facts),
        action=_("Log in to the e-service"),
        url=_address("account:sign_in"),
    )


def _confirmed_elsewhere(says: Says) -> Words:
    facts = {"reference": says["reference"], "day": _day(says["confirm_by"])}
    return Words(
        subject=_("Housing application %(reference)s is not valid now") % facts,
        paragraphs=(
            _(
                "An adult of housing application %(reference)s has confirmed another application, so "
                "their confirmation of this one has ended."
            )
            % facts,
            _(
                "The application becomes valid again when everybody on it has confirmed it, "
                "no later than %(day)s."
            )
            % facts,
        ),
        action=_("Log in to the e-service"),
        url=_address("account:sign_in"),
    )


_WORDS: Mapping[Topic, Callable[[Says], Words]] = {
    Topic.RECEIVED: _received,
    Topic.INVITATION: _invitation,
    Topic.ALL_CONFIRMED: _all_confirmed,
    Topic.CONFIRMED_ELSEWHERE: _confirmed_elsewhere,
}


def _day(stored: str | None) -> str:
    return day(date.fromisoformat(stored)) if stored else ""


def _address(name: str, **kwargs: Any) -> str:
    return settings.BASE_URL + reverse(name, kwargs=kwargs)
