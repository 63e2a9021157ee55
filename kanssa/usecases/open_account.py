from datetime import datetime

from django.conf import settings
from django.db import transaction

from kanssa.accounts import activation
from kanssa.accounts.account import put_up
from kanssa.accounts.account_refusals import TooManyCodes
from kanssa.accounts.guesses import Caller, take_a_guess
from kanssa.accounts.links import email_of, living_link, spend_link
from kanssa.accounts.models import AccountLink, ActivationCode, User
from kanssa.accounts.passwords import hashed_if_good
from kanssa.accounts.refusals import TooManyTries
from kanssa.applications.account_warnings import tell_account_opened
from kanssa.evidence.record import record
from kanssa.identification.living import Identified, begin_by_account, end_all_by_account
from kanssa.messages.letters import Topic, write_letter
from kanssa.people.models import Person
from kanssa.usecases.deed import record_refusal
from kanssa.values.refusal import Refusal


def open_account(*, token: str, code: str, password: str, address: str, now: datetime) -> Identified:
    """Open the account of whoever holds both the mailed link and the slip, and come in by it.

    The person's addresses on their applications are told. A person who has an account already gets it
    moved to this mailbox; the former one is told, in its own language. Not in one transaction: a wrong
    code stays counted. `address` is the network's. Refuses:
    NoSuchAccountLink, PasswordTooWeak, TooManyCodes, WrongActivationCode, MailboxTaken.
    """
    try:
        link = living_link(token, now=now)
        hashed = hashed_if_good(password, user=User(email=email_of(link)))
        slip = _slip_of(code, link, address, now)
        try:
            return _open(link, slip, hashed, now)
        except Refusal:
            activation.give_back(slip)
            raise
    except Refusal as refusal:
        record_refusal("open_account", refusal, {"now": now})
        raise


def _slip_of(code: str, link: AccountLink, address: str, now: datetime) -> ActivationCode:
    try:
        guess = take_a_guess(
            "activation", bytes(link.email_lookup).hex(), Caller(address), here=settings.CODES_HERE, now=now
        )
    except TooManyTries as refusal:
        raise TooManyCodes(**refusal.facts) from None
    slip = activation.compared(code, now=now)
    guess.give_back()
    return slip


@transaction.atomic
def _open(link: AccountLink, slip: ActivationCode, hashed: str, now: datetime) -> Identified:
    person = Person.objects.select_for_update().get(pk=slip.person_id)
    activation.spend(slip, now=now)
    spend_link(link, now=now)
    email = email_of(link)
    left = put_up(person.pk, email=email, password=hashed, language=link.language, now=now)
    end_all_by_account(person.pk, now=now)
    identified = begin_by_account(person.pk, now=now, has_code=True)
    record(
        "account-opened",
        actor=identified.actor,
        now=now,
        slip=slip.slip,
        is_moved=left is not None,
        identification=str(identified.id),
    )
    tell_account_opened(person.pk, mailbox=email, cause=str(slip.pk), now=now)
    if left:
        write_letter(
            Topic.ACCOUNT_MOVED,
            cause=f"account-moved:{slip.pk}",
            address=left.address,
            language=left.language,
            says={"first_name": ""},
            now=now,
        )
    return identified
