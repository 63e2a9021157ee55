from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from kanssa.accounts.account import account_at
from kanssa.accounts.account_refusals import LinksUsedUp, LinkTooSoon
from kanssa.accounts.links import new_link
from kanssa.accounts.refusals import TooManyTries
from kanssa.accounts.tries import take_a_try
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
    Refuses: LinkTooSoon, LinksUsedUp; every refusal is recorded.
    """
    try:
        _take_tries(lookup_of(email).hex(), address, now)
    except Refusal as refusal:
        record_refusal("mail_account_link", refusal, {"now": now, "actor": _ASKER})
        raise
    _mail(email, language, now)


def _take_tries(mailbox: str, address: str, now: datetime) -> None:
    hour, day = settings.ACCOUNT_LINKS_WITHIN, timedelta(days=1)
    try:
        take_a_try("link-address", address, most=settings.ACCOUNT_LINKS_AN_ADDRESS, within=hour, now=now)
    except TooManyTries:
        raise LinksUsedUp from None
    try:
        take_a_try("link-pause", mailbox, most=1, within=settings.ACCOUNT_LINK_COOL_DOWN, now=now)
    except TooManyTries:
        raise LinkTooSoon from None
    try:
        take_a_try("link-day", mailbox, most=settings.ACCOUNT_LINKS_A_DAY, within=day, now=now)
    except TooManyTries:
        raise LinksUsedUp from None


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
