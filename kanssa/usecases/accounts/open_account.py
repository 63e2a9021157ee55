from datetime import datetime

from django.conf import settings
from django.db import transaction

from kanssa.accounts import activation_codes
from kanssa.accounts.applicant_account import create_or_move
from kanssa.accounts.applicant_refusals import TooManyCodes
from kanssa.accounts.guess_limits import Caller, count_guess
from kanssa.accounts.models import AccountLink, ActivationCode, User
from kanssa.accounts.password_links import active_link, email_of, spend_link
from kanssa.accounts.passwords import hash_if_strong
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.applications.notifications.account_warnings import notify_account_opened
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, begin_account_session, end_account_sessions
from kanssa.messages.queue import queue_message
from kanssa.messages.topics import Topic
from kanssa.people.models import Person
from kanssa.usecases.use_case import by_power, record_refusal
from kanssa.values.refusal import Refusal


@by_power(Action.OPEN_ACCOUNT)
def open_account(*, token: str, code: str, password: str, address: str, now: datetime) -> Identified:
    """Open the account of the person who has both the mailed link and the slip, and sign them in.

    A message goes to the person's addresses on their applications. An account that they have already moves
    to this mailbox; the former mailbox is told, in its own language. Not in one transaction: a wrong code
    stays counted. `address` is the network address.
    Refuses: NoSuchAccountLink, PasswordTooWeak, TooManyCodes, WrongActivationCode, MailboxTaken.
    """
    try:
        # The link and the password come first: a refusal of either must not cost a try of the code.
        link = active_link(token, now=now)
        hashed = hash_if_strong(password, user=User(email=email_of(link)))
        slip = _slip_of(code, link, address, now)
        try:
            return _open(link, slip, hashed, now)
        except Refusal:
            # The code was right, so it was no guess at the slip.
            activation_codes.uncount(slip)
            raise
    except Refusal as refusal:
        record_refusal("open_account", refusal, {"now": now})
        raise


def _slip_of(code: str, link: AccountLink, address: str, now: datetime) -> ActivationCode:
    try:
        guess = count_guess(
            "activation",
            bytes(link.email_lookup).hex(),
            Caller(address),
            here=settings.MAX_CODES_PER_ACCOUNT_AND_ADDRESS,
            now=now,
        )
    except TooManyAttempts as refusal:
        raise TooManyCodes(**refusal.facts) from None
    slip = activation_codes.match_code(code, now=now)
    # Only wrong codes use up the limits.
    guess.uncount()
    return slip


@transaction.atomic
def _open(link: AccountLink, slip: ActivationCode, hashed: str, now: datetime) -> Identified:
    # The person is locked first, as everywhere; sign-ins and closings of the account wait.
    person = Person.objects.select_for_update().get(pk=slip.person_id)
    activation_codes.use_up(slip, now=now)
    spend_link(link, now=now)
    email = email_of(link)
    former = create_or_move(person.pk, email=email, password=hashed, language=link.language, now=now)
    # Another person may have used the account until now.
    end_account_sessions(person.pk, now=now)
    identified = begin_account_session(person.pk, now=now, has_code=True)
    record(
        EventKind.ACCOUNT_OPENED,
        actor=identified.actor,
        now=now,
        slip=slip.slip,
        is_moved=former is not None,
        identification=str(identified.id),
    )
    notify_account_opened(person.pk, mailbox=email, cause=str(slip.pk), now=now)
    if former:
        # The former mailbox must learn of a move that its reader did not ask for.
        queue_message(
            Topic.ACCOUNT_MOVED,
            cause=f"account-moved:{slip.pk}",
            address=former.address,
            language=former.language,
            payload={"first_name": ""},
            now=now,
        )
    return identified
