"""The mailed link for choosing an applicant's password."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from kanssa.accounts.applicant_account import account_at
from kanssa.accounts.applicant_refusals import NoSuchAccountLink
from kanssa.accounts.models import AccountLink
from kanssa.links.mailed_link import hash_token, new_token
from kanssa.messages.queue import email_lookup_of
from kanssa.vault import open_json, seal_json


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """`is_reset`: the account exists; otherwise the link creates one."""

    email: str = field(repr=False)
    is_reset: bool


def new_link(email: str, *, language: str, opens: bool = True, now: datetime) -> str:
    """Return the token of a new link to a mailbox and end the earlier one.

    With `opens=False` the link never works and ends no other.
    """
    token, lookup = new_token(), email_lookup_of(email)
    if opens:
        # One active link: the last one that the person asked for.
        AccountLink.objects.filter(email_lookup=lookup).end(now=now)
    row = AccountLink(token_hash=hash_token(token), email_lookup=lookup, language=language, mailed_at=now)
    # Store a row for a link that never works too, so that both cases do the same work.
    row.ended_at = None if opens else now
    # Bound to the row, so that a copied value does not open in another link.
    row.email_sealed = seal_json(email, bound_to=f"account-link:{row.pk}")
    row.save(force_insert=True)
    return token


def opened(token: str, *, now: datetime) -> OpenedLink:
    """Return the purpose of a link; writes nothing. Refuses: NoSuchAccountLink."""
    email = email_of(active_link(token, now=now))
    return OpenedLink(email, is_reset=account_at(email) is not None)


def active_link(token: str, *, now: datetime) -> AccountLink:
    """Refuses: NoSuchAccountLink."""
    since = now - settings.ACCOUNT_LINK_LIFETIME
    row = AccountLink.objects.of_token(token).active().filter(mailed_at__gt=since).first()
    if row is None:
        raise NoSuchAccountLink
    return row


def is_used_up(token: str) -> bool:
    return not AccountLink.objects.of_token(token).active().exists()


def email_of(link: AccountLink) -> str:
    return str(open_json(link.email_sealed, bound_to=f"account-link:{link.pk}"))


def spend_link(link: AccountLink, *, now: datetime) -> None:
    """Mark a link as used; works once. Refuses: NoSuchAccountLink."""
    if not AccountLink.objects.filter(pk=link.pk).end(now=now):
        raise NoSuchAccountLink
