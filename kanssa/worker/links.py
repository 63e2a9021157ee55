"""Whether the link in a message still opens; one that does not is not sent."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kanssa.accounts.account_refusals import NoSuchAccountLink
from kanssa.accounts.links import is_spent, living_link
from kanssa.applications.draft_links import draft_behind
from kanssa.applications.invitations import invitation_of
from kanssa.applications.refusals import (
    DraftLinkDead,
    DraftLinkSpent,
    DraftWasSent,
    InvitationRefused,
    InvitationSpent,
    NoSuchDraftLink,
    NoSuchInvitation,
)
from kanssa.applications.times import day_of
from kanssa.messages.letters import Topic
from kanssa.messages.models import Message


class LinkTrouble(Exception):
    """The link in a message does not open."""


class LinkReplaced(LinkTrouble):
    """A newer link took its place, or it was used up: the message is not needed."""


class LinkEnded(LinkTrouble):
    """Its time ran out while the message waited; a new link may be needed."""


def require_open(message: Message, says: Mapping[str, Any], *, now: datetime) -> None:
    """Let a message with a link go only while the link opens. Raises LinkReplaced, LinkEnded."""
    if check := _CHECKS.get(message.topic):
        check(says, now)


def _invitation(says: Mapping[str, Any], now: datetime) -> None:
    try:
        invitation_of(says["token"])
    except (InvitationRefused, InvitationSpent, NoSuchInvitation) as ended:
        raise LinkReplaced from ended
    if says["confirm_by"] and says["confirm_by"] < day_of(now).isoformat():
        raise LinkEnded


def _draft(says: Mapping[str, Any], now: datetime) -> None:
    try:
        draft_behind(says["token"], now=now)
    except (DraftLinkSpent, DraftWasSent) as spent:
        raise LinkReplaced from spent
    except (DraftLinkDead, NoSuchDraftLink) as ended:
        raise LinkEnded from ended


def _account(says: Mapping[str, Any], now: datetime) -> None:
    try:
        living_link(says["token"], now=now)
    except NoSuchAccountLink as ended:
        raise (LinkReplaced if is_spent(says["token"]) else LinkEnded) from ended


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], datetime], None]] = {
    Topic.INVITATION: _invitation,
    Topic.DRAFT_LINK: _draft,
    Topic.ACCOUNT_LINK: _account,
    Topic.PASSWORD_LINK: _account,
}
