"""An applicant's own account as its page shows it, and its lock for changing how it is protected."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kanssa.accounts.applicant_account import email_of
from kanssa.accounts.applicant_refusals import NoUsername
from kanssa.accounts.models import Account
from kanssa.accounts.second_factor import APPLICANTS, open_secret
from kanssa.accounts.second_factor_setup import SecondFactorSetup, setup_of
from kanssa.messages.queue import queue_message
from kanssa.messages.topics import Topic
from kanssa.people.models import Person


@dataclass(frozen=True, slots=True)
class OwnAccount:
    email: str = field(repr=False)
    opened_at: datetime
    has_authenticator: bool
    unused_codes: int

    @property
    def has_second_factor(self) -> bool:
        return self.has_authenticator or self.unused_codes > 0


def own_account(person_id: UUID) -> OwnAccount | None:
    """None for a person without an account."""
    row = Account.objects.filter(pk=person_id).first()
    if row is None:
        return None
    return OwnAccount(
        email=email_of(row),
        opened_at=row.opened_at,
        has_authenticator=APPLICANTS.has_authenticator(person_id),
        unused_codes=APPLICANTS.unused_codes(person_id),
    )


def locked_account(person_id: UUID) -> Account:
    """Lock the person, as everywhere before their account. Refuses: NoUsername."""
    Person.objects.select_for_update().get(pk=person_id)
    account = Account.objects.filter(pk=person_id).first()
    if account is None:
        raise NoUsername
    return account


def pending_authenticator(person_id: UUID) -> SecondFactorSetup | None:
    """The authenticator that is being set up; None where none is."""
    account = Account.objects.filter(pk=person_id, new_secret__isnull=False).first()
    if account is None or account.new_secret is None:
        return None
    return setup_of(open_secret(account.new_secret, of=person_id), account=email_of(account))


def notify_protection_changed(account: Account, topic: Topic, *, what: str, now: datetime) -> None:
    """Write to the account's mailbox, which its person gave."""
    queue_message(
        topic,
        cause=f"{topic}:{account.pk}:{now.isoformat()}",
        address=email_of(account),
        language=account.language,
        payload={"first_name": "", "what": what},
        now=now,
    )
