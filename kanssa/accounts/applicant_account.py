"""Applicants' accounts (luo tunnus): one mailbox, one account, one person."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.applicant_refusals import MailboxTaken
from kanssa.accounts.models import Account, AccountLink, ActivationCode
from kanssa.messages.queue import email_lookup_of
from kanssa.vault import open_json, seal_json


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """A person's account as the desk sees it, without address or password."""

    opened_at: datetime
    requires_reauthentication: bool


@dataclass(frozen=True, slots=True)
class AccountMailbox:
    address: str = field(repr=False)
    language: str


def mailbox_of(person_id: UUID) -> AccountMailbox | None:
    row = Account.objects.filter(pk=person_id).first()
    return AccountMailbox(email_of(row), row.language) if row else None


def account_at(email: str) -> Account | None:
    return Account.objects.filter(email_lookup=email_lookup_of(email)).first()


def status_of(person_id: UUID) -> AccountStatus | None:
    row = Account.objects.filter(pk=person_id).first()
    return account_status(row) if row else None


def account_status(account: Account) -> AccountStatus:
    return AccountStatus(account.opened_at, account.reauthentication_required_since is not None)


def create_or_move(
    person_id: UUID, *, email: str, password: str, language: str, now: datetime
) -> AccountMailbox | None:
    """Give a person an account with a hashed password, or move theirs to another mailbox.

    Returns the previous mailbox and its language if the account moved, else None. The caller holds the
    person's lock.

    Refuses: MailboxTaken.
    """
    before = Account.objects.filter(pk=person_id).first()
    left = mailbox_of(person_id)
    if Account.objects.filter(email_lookup=email_lookup_of(email)).exclude(pk=person_id).exists():
        raise MailboxTaken
    Account.objects.update_or_create(
        pk=person_id,
        defaults={
            "email_lookup": email_lookup_of(email),
            "email_sealed": seal_json(email, bound_to=f"account:{person_id}"),
            "password": password,
            "language": language,
            "opened_at": before.opened_at if before else now,
            # A slip proved who they are.
            "reauthentication_required_since": None,
        },
    )
    return left if left and email_lookup_of(left.address) != email_lookup_of(email) else None


def depends_on_slips_since(person_id: UUID, *, since: datetime) -> bool:
    opened = Account.objects.filter(pk=person_id, opened_at__gte=since)
    used = ActivationCode.objects.filter(person_id=person_id, issued_at__gte=since, ended_because="used")
    return opened.values("pk").union(used.values("pk")).exists()


def email_of(account: Account) -> str:
    return str(open_json(account.email_sealed, bound_to=f"account:{account.pk}"))


def has_reauthenticated(person_id: UUID) -> bool:
    return not Account.objects.filter(pk=person_id, reauthentication_required_since__isnull=False).exists()


def mark_reauthenticated(person_id: UUID) -> bool:
    waiting = Account.objects.filter(pk=person_id, reauthentication_required_since__isnull=False)
    return bool(waiting.update(reauthentication_required_since=None))


def remove_account(person_id: UUID, *, now: datetime) -> None:
    for account in Account.objects.filter(pk=person_id):
        AccountLink.objects.filter(email_lookup=account.email_lookup, ended_at=None).update(ended_at=now)
        account.delete()
