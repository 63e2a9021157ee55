from datetime import datetime

from kanssa.accounts.applicant_account import account_at
from kanssa.accounts.applicant_refusals import NoSuchAccountLink
from kanssa.accounts.models import Account, User
from kanssa.accounts.password_links import active_link, email_of, spend_link
from kanssa.accounts.passwords import hash_if_strong
from kanssa.applications.notifications.account_warnings import notify_password_set
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, begin_account_session, end_account_sessions
from kanssa.messages.queue import queue_message
from kanssa.messages.topics import Topic
from kanssa.people.models import Person
from kanssa.usecases.use_case import use_case


@use_case(Action.RESET_PASSWORD)
def reset_password(*, token: str, password: str, now: datetime) -> Identified:
    """Set a new password by the link mailed to the account's mailbox, and sign in.

    A reader of the mailbox need not be the person: until re-authentication this account opens nothing, and
    a message goes to every address that the person gave. All other sessions of the account end.
    Refuses: NoSuchAccountLink, PasswordTooWeak.
    """
    link = active_link(token, now=now)
    email = email_of(link)
    account = account_at(email)
    if account is None:
        raise NoSuchAccountLink
    # Before the lock: hashing is slow, and must not hold it.
    hashed = hash_if_strong(password, user=User(email=email))
    # Hashing takes a while: the link must not set the password of an account that moved away meanwhile.
    Person.objects.select_for_update().get(pk=account.pk)
    spend_link(link, now=now)
    as_mailed = Account.objects.filter(pk=account.pk, email_lookup=account.email_lookup)
    if not as_mailed.update(password=hashed, reauthentication_required_since=now):
        raise NoSuchAccountLink
    # Another person may have them open: the reset must end their access.
    end_account_sessions(account.pk, now=now)
    identified = begin_account_session(account.pk, now=now)
    record(EventKind.PASSWORD_RESET, actor=identified.actor, now=now, identification=str(identified.id))
    queue_message(
        Topic.PASSWORD_SET,
        cause=f"password-set:{link.pk}",
        address=email,
        language=account.language,
        payload={"first_name": identified.first_name},
        now=now,
    )
    notify_password_set(account.pk, mailbox=email, cause=str(link.pk), now=now)
    return identified
