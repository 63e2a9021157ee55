from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kanssa.accounts.applicant_account import account_at
from kanssa.accounts.applicant_refusals import LinksFromHereUsedUp, LinksUsedUp, LinkTooSoon
from kanssa.accounts.password_links import new_link
from kanssa.accounts.rate_limits import Limit, count_attempts
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.accounts.visitor_limits import may_message
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.messages.queue import email_lookup_of, queue_message, suppress_message
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import by_power, record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal

_ACTOR = Actor("browser")


@by_power(Action.ASK_ACCOUNT_LINK)
def mail_account_link(*, email: str, language: str, address: str, device: str = "", now: datetime) -> None:
    """Mail a link to a mailbox: to create an account or, where it has one, to set a new password.

    The same is done and written in both cases, so that neither the answer nor its time reveals an account.
    The limit of messages from strangers to one mailbox holds only without an account: beyond it no message
    leaves. Not in one transaction: attempts stay counted. `address` is the network address; `device` marks
    a browser in which this account has signed in before, which has limits of its own.
    Refuses: LinkTooSoon, LinksUsedUp, LinksFromHereUsedUp; refusals are recorded.
    """
    try:
        _count_attempts(_limits(email, address, device), now)
    except Refusal as refusal:
        record_refusal("mail_account_link", refusal, {"now": now, "actor": _ACTOR})
        raise
    # A known browser is no stranger's: its messages do not use up the mailbox's room for strangers.
    has_room = bool(device) or may_message(email, now=now)
    _mail(email, language, now, has_room=has_room)


def _count_attempts(limits: list[tuple[Limit, type[Refusal]]], now: datetime) -> None:
    for limit, refused in limits:
        try:
            count_attempts([limit], now=now)
        except TooManyAttempts as refusal:
            raise refused(**refusal.facts) from None


def _limits(email: str, address: str, device: str) -> list[tuple[Limit, type[Refusal]]]:
    mailbox = email_lookup_of(email).hex()
    if device:
        # Limits of its own, which strangers cannot use up.
        return _mailbox_limits("link-device", f"{mailbox} {device}")
    most, window = settings.MAX_ACCOUNT_LINKS_PER_ADDRESS, settings.ADDRESS_LIMIT_WINDOW
    from_network = Limit("link-address", address, most, window)
    return [(from_network, LinksFromHereUsedUp), *_mailbox_limits("link", mailbox)]


def _mailbox_limits(what: str, subject: str) -> list[tuple[Limit, type[Refusal]]]:
    # The pause comes first: it is the more helpful answer when both are exceeded.
    day, pause = timedelta(days=1), settings.ACCOUNT_LINK_COOL_DOWN
    return [
        (Limit(f"{what}-pause", subject, 1, pause), LinkTooSoon),
        (Limit(f"{what}-day", subject, settings.MAX_DAILY_ACCOUNT_LINKS, day), LinksUsedUp),
    ]


@transaction.atomic
def _mail(email: str, language: str, now: datetime, *, has_room: bool) -> None:
    has_account = account_at(email) is not None
    leaves = has_room or has_account
    # A link is made in every case, so that the time of the answer does not reveal an account.
    token = new_link(email, language=language, opens=leaves, now=now)
    cause = f"account-link:{email_lookup_of(email).hex()}:{now.isoformat()}"
    queue_message(
        Topic.PASSWORD_LINK if has_account else Topic.ACCOUNT_LINK,
        cause=cause,
        address=email,
        language=language,
        payload={"first_name": "", "token": token},
        now=now,
    )
    if not leaves:
        suppress_message(cause, now=now)
    record(EventKind.ACCOUNT_LINK_SENT, actor=_ACTOR, now=now)
