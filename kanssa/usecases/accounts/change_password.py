from datetime import datetime

from django.db import transaction

from kanssa.accounts.applicant_account import email_of
from kanssa.accounts.applicant_refusals import (
    NoUsername,
    TooManySignIns,
    WrongCredentials,
)
from kanssa.accounts.guess_limits import Caller, CountedGuess, count_guess
from kanssa.accounts.models import Account, User
from kanssa.accounts.own_account import locked_account, notify_protection_changed
from kanssa.accounts.passwords import hash_if_strong, matches_password
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.applications.aggregate.reauthentication import require_reauthentication
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, end_account_sessions
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import by_power, record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal


@by_power(Action.CHANGE_PASSWORD)
def change_password(
    *,
    identified: Identified,
    current: str,
    password: str,
    address: str,
    device: str = "",
    actor: Actor,
    now: datetime,
) -> None:
    """Change the password of one's own account; its other sessions end.

    The current password is asked again, since a session may have been left open. Not in one transaction: a
    wrong one stays counted. `address` is the network address; `device` marks a browser that the account
    knows.
    Refuses: NoUsername, NotIdentified, ReauthenticationRequired, TooManySignIns, WrongCredentials,
    PasswordTooWeak.
    """
    try:
        account = Account.objects.filter(pk=identified.person_id).first()
        if account is None:
            raise NoUsername
        guess = _counted(account, Caller(address, device), now)
        if not matches_password(current, hashed=account.password):
            raise WrongCredentials
        guess.uncount()
        _change(account, hash_if_strong(password, user=User(email=email_of(account))), identified, actor, now)
    except Refusal as refusal:
        record_refusal("change_password", refusal, {"now": now, "actor": actor})
        raise


def _counted(account: Account, caller: Caller, now: datetime) -> CountedGuess:
    try:
        # The same limit as for signing in: this must not be a second way to guess.
        return count_guess("sign-in", bytes(account.email_lookup).hex(), caller, now=now)
    except TooManyAttempts as refusal:
        raise TooManySignIns(**refusal.facts) from None


@transaction.atomic
def _change(account: Account, hashed: str, identified: Identified, actor: Actor, now: datetime) -> None:
    locked_account(identified.person_id)
    require_reauthentication(identified)
    # Hashing takes a while: the password may have been reset through the mailbox meanwhile.
    as_compared = Account.objects.filter(pk=account.pk, password=account.password)
    if not as_compared.update(password=hashed):
        raise WrongCredentials
    end_account_sessions(account.pk, now=now, excluding=identified.id)
    record(EventKind.PASSWORD_CHANGED, actor=actor, now=now, identification=str(identified.id))
    notify_protection_changed(account, Topic.PASSWORD_CHANGED, what="password", now=now)
