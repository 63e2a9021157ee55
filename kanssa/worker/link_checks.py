"""Check whether the link in a message still opens; one that does not is not sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kanssa.accounts.applicant_refusals import NoSuchAccountLink
from kanssa.accounts.password_links import active_link, is_used_up
from kanssa.applications.refusals import (
    DraftLinkDead,
    DraftLinkSpent,
    DraftWasSent,
    InvitationRefused,
    InvitationSpent,
    NoSuchDraftLink,
    NoSuchInvitation,
)
from kanssa.applications.transitions.draft_links import draft_of_link
from kanssa.applications.transitions.invitations import invitation_of
from kanssa.calendar.days import day_of
from kanssa.messages.models import Message
from kanssa.messages.topics import Topic


class LinkError(Exception):
    """The link in a message does not open."""


class LinkReplaced(LinkError):
    """A newer link replaced it, or it was used: the message is not needed."""


class LinkEnded(LinkError):
    """It expired while the message waited; a new link may be needed."""


def require_live_link(message: Message, payload: Mapping[str, Any], *, now: datetime) -> None:
    """Allow a message with a link only while the link opens. Raises LinkReplaced, LinkEnded."""
    if check := _CHECKS.get(message.topic):
        check(payload, now)


def _invitation(payload: Mapping[str, Any], now: datetime) -> None:
    try:
        invitation_of(payload["token"])
    except (InvitationRefused, InvitationSpent, NoSuchInvitation) as ended:
        raise LinkReplaced from ended
    if payload["confirm_by"] and payload["confirm_by"] < day_of(now).isoformat():
        raise LinkEnded


def _draft(payload: Mapping[str, Any], now: datetime) -> None:
    try:
        draft_of_link(payload["token"], now=now)
    except (DraftLinkSpent, DraftWasSent) as spent:
        raise LinkReplaced from spent
    except (DraftLinkDead, NoSuchDraftLink) as ended:
        raise LinkEnded from ended


def _account(payload: Mapping[str, Any], now: datetime) -> None:
    try:
        active_link(payload["token"], now=now)
    except NoSuchAccountLink as ended:
        raise (LinkReplaced if is_used_up(payload["token"]) else LinkEnded) from ended


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], datetime], None]] = {
    Topic.INVITATION: _invitation,
    Topic.DRAFT_LINK: _draft,
    Topic.ACCOUNT_LINK: _account,
    Topic.PASSWORD_LINK: _account,
}
