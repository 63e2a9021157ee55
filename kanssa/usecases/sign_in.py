from datetime import datetime

from django.db import transaction

from kanssa.accounts.account import account_at
from kanssa.accounts.account_refusals import TooManySignIns, WrongCredentials
from kanssa.accounts.guesses import Caller, Guess, take_a_guess
from kanssa.accounts.models import Account
from kanssa.accounts.passwords import is_password
from kanssa.accounts.refusals import TooManyTries
from kanssa.evidence.record import record
from kanssa.identification.living import Identified, begin_by_account
from kanssa.messages.letters import lookup_of
from kanssa.people.models import Person
from kanssa.usecases.deed import record_refusal
from kanssa.values.refusal import Refusal


def sign_in(*, email: str, password: str, address: str, device: str = "", now: datetime) -> Identified:
    """Let somebody in by their account: as the person whom the desk identified.

    Takes as long, and counts, where there is no account. Not in one transaction: a try stays counted
    when it fails. `address` is the network's; `device` marks a browser in which this account has
    signed in before. Refuses: TooManySignIns, WrongCredentials.
    """
    try:
        guess = _counted(email, Caller(address, device), now)
        identified = _let_in(email, password, now)
    except Refusal as refusal:
        record_refusal("sign_in", refusal, {"now": now})
        raise
    guess.give_back()
    record("signed-in", actor=identified.actor, now=now, identification=str(identified.id))
    return identified


def _counted(email: str, caller: Caller, now: datetime) -> Guess:
    try:
        return take_a_guess("sign-in", lookup_of(email).hex(), caller, now=now)
    except TooManyTries as refusal:
        raise TooManySignIns(**refusal.facts) from None


def _let_in(email: str, password: str, now: datetime) -> Identified:
    account = account_at(email)
    is_right = is_password(password, hashed=account.password if account else None)
    if account is None or not is_right:
        raise WrongCredentials
    with transaction.atomic():
        # The person first, as annulling and closing do: else each waits for the other, and one breaks.
        Person.objects.select_for_update().get(pk=account.pk)
        # Comparing takes a while: what was closed or got another password meanwhile lets nobody in.
        as_compared = Account.objects.select_for_update().filter(pk=account.pk, password=account.password)
        if not as_compared.exists():
            raise WrongCredentials
        return begin_by_account(account.pk, now=now)
