from datetime import datetime

from kanssa.accounts.account import account_at
from kanssa.accounts.account_refusals import NoSuchAccountLink
from kanssa.accounts.links import email_of, living_link, spend_link
from kanssa.accounts.models import Account, User
from kanssa.accounts.passwords import hashed_if_good
from kanssa.applications.account_warnings import tell_password_set
from kanssa.evidence.record import record
from kanssa.identification.living import Identified, begin_by_account, end_all_by_account
from kanssa.messages.letters import Topic, write_letter
from kanssa.people.models import Person
from kanssa.usecases.deed import use_case


@use_case
def set_new_password(*, token: str, password: str, now: datetime) -> Identified:
    """Set the password of an account anew, by the link mailed to its mailbox, and come in by it.

    A reader of the mail need not be the person: until they show who they are this account opens nothing,
    and every address that the person gave is told. Everybody else who came by the account is signed out.
    Refuses: NoSuchAccountLink, PasswordTooWeak.
    """
    link = living_link(token, now=now)
    email = email_of(link)
    account = account_at(email)
    if account is None:
        raise NoSuchAccountLink
    hashed = hashed_if_good(password, user=User(email=email))
    # Hashing takes a while: an account that was moved to another mailbox meanwhile is not this one's to set.
    Person.objects.select_for_update().get(pk=account.pk)
    spend_link(link, now=now)
    as_mailed = Account.objects.filter(pk=account.pk, email_lookup=account.email_lookup)
    if not as_mailed.update(password=hashed, needs_proof_since=now):
        raise NoSuchAccountLink
    end_all_by_account(account.pk, now=now)
    identified = begin_by_account(account.pk, now=now)
    record("password-set", actor=identified.actor, now=now, identification=str(identified.id))
    write_letter(
        Topic.PASSWORD_SET,
        cause=f"password-set:{link.pk}",
        address=email,
        language=account.language,
        says={"first_name": identified.first_name},
        now=now,
    )
    tell_password_set(account.pk, mailbox=email, cause=str(link.pk), now=now)
    return identified
