from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kanssa.accounts.account import account_at
from kanssa.accounts.account_refusals import LinksFromHereUsedUp, LinksUsedUp, LinkTooSoon
from kanssa.accounts.links import new_link
from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.strangers import of_strangers_to
from kanssa.accounts.tries import Limit, take_tries
from kanssa.evidence.record import record
from kanssa.messages.letters import Topic, lookup_of, write_letter
from kanssa.usecases.deed import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal

_ASKER = Actor("browser")


def mail_account_link(*, email: str, language: str, address: str, now: datetime) -> None:
    """Mail a link to a mailbox: to create an account or, where it has one, to set a new password.

    The same is done and written whether it has one or not, so that neither the answer nor its time
    tells. Not in one transaction: what was asked stays counted. `address` is the network's.
    Refuses: LinkTooSoon, LinksUsedUp, LinksFromHereUsedUp; every refusal is recorded.
    """
    try:
        _take_tries(email, address, now)
    except Refusal as refusal:
        record_refusal("mail_account_link", refusal, {"now": now, "actor": _ASKER})
        raise
    _mail(email, language, now)


def _take_tries(email: str, address: str, now: datetime) -> None:
    for limit, refused in _limits(email, address):
        try:
            take_tries([limit], now=now)
        except TooManyTries as refusal:
            raise refused(**refusal.facts) from None


def _limits(email: str, address: str) -> list[tuple[Limit, type[Refusal]]]:
    mailbox, day = lookup_of(email).hex(), timedelta(days=1)
    from_here, within = settings.ACCOUNT_LINKS_FROM_AN_ADDRESS, settings.LIMITS_WITHIN
    return [
        (Limit("link-address", address, from_here, within), LinksFromHereUsedUp),
        (Limit("link-pause", mailbox, 1, settings.ACCOUNT_LINK_COOL_DOWN), LinkTooSoon),
        (Limit("link-day", mailbox, settings.ACCOUNT_LINKS_A_DAY, day), LinksUsedUp),
        (of_strangers_to(email), LinksUsedUp),
    ]


@transaction.atomic
def _mail(email: str, language: str, now: datetime) -> None:
    topic = Topic.PASSWORD_LINK if account_at(email) else Topic.ACCOUNT_LINK
    token = new_link(email, language=language, now=now)
    write_letter(
        topic,
        cause=f"account-link:{lookup_of(email).hex()}:{now.isoformat()}",
        address=email,
        language=language,
        says={"first_name": "", "token": token},
        now=now,
    )
    record("account-link-mailed", actor=_ASKER, now=now)
