from datetime import datetime

from django.db import transaction

from kanssa.accounts.applicant_account import account_at
from kanssa.accounts.applicant_refusals import TooManySignIns, WrongCredentials
from kanssa.accounts.guess_limits import Caller, CountedGuess, count_guess
from kanssa.accounts.models import Account
from kanssa.accounts.passwords import matches_password
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, begin_account_session
from kanssa.messages.queue import email_lookup_of
from kanssa.people.models import Person
from kanssa.usecases.use_case import record_refusal
from kanssa.values.refusal import Refusal


def sign_in(*, email: str, password: str, address: str, device: str = "", now: datetime) -> Identified:
    """Sign in to an account, as the person that the desk identified.

    Takes as long, and counts, where there is no account. Not in one transaction: an attempt stays counted
    when it fails. `address` is the network address; `device` marks a browser in which this account has
    signed in before.
    Refuses: TooManySignIns, WrongCredentials.
    """
    try:
        guess = _counted(email, Caller(address, device), now)
        identified = _let_in(email, password, now)
    except Refusal as refusal:
        record_refusal("sign_in", refusal, {"now": now})
        raise
    guess.uncount()
    record(EventKind.SIGNED_IN, actor=identified.actor, now=now, identification=str(identified.id))
    return identified


def _counted(email: str, caller: Caller, now: datetime) -> CountedGuess:
    try:
        return count_guess("sign-in", email_lookup_of(email).hex(), caller, now=now)
    except TooManyAttempts as refusal:
        raise TooManySignIns(**refusal.facts) from None


def _let_in(email: str, password: str, now: datetime) -> Identified:
    account = account_at(email)
    # Compared without an account too, so that the time reveals nothing.
    is_right = matches_password(password, hashed=account.password if account else None)
    if account is None or not is_right:
        raise WrongCredentials
    with transaction.atomic():
        # Lock the person first, as annulling and closing do: another order would deadlock.
        Person.objects.select_for_update().get(pk=account.pk)
        # Comparing takes a while: the account may have been closed or got another password meanwhile.
        as_compared = Account.objects.select_for_update().filter(pk=account.pk, password=account.password)
        if not as_compared.exists():
            raise WrongCredentials
        return begin_account_session(account.pk, now=now)
