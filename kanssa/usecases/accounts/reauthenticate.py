from datetime import datetime

from django.conf import settings
from django.db import transaction

from kanssa.accounts import activation_codes
from kanssa.accounts.applicant_account import mark_reauthenticated
from kanssa.accounts.applicant_refusals import TooManyCodes, WrongActivationCode
from kanssa.accounts.guess_limits import Caller, CountedGuess, count_guess
from kanssa.accounts.models import ActivationCode
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.applications.refusals import NotIdentified
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, begin_account_session, end_session, is_session_ended
from kanssa.people.models import Person
from kanssa.usecases.use_case import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal


def reauthenticate(
    *, identified: Identified, code: str, address: str, actor: Actor, now: datetime
) -> Identified:
    """Re-authenticate by a slip after a sign-in by password. Gives a new session with full access.

    The former session ends. Not in one transaction: a wrong code stays counted. `address` is the network
    address.
    Refuses: NotIdentified, TooManyCodes, WrongActivationCode (also for another person's slip).
    """
    try:
        guess = _counted(identified, address, now)
        proven = _prove(activation_codes.match_code(code, now=now), identified, actor, now)
    except Refusal as refusal:
        record_refusal("reauthenticate", refusal, {"now": now, "actor": actor})
        raise
    guess.uncount()
    return proven


def _counted(identified: Identified, address: str, now: datetime) -> CountedGuess:
    try:
        return count_guess(
            "activation",
            str(identified.person_id),
            Caller(address),
            here=settings.MAX_CODES_PER_ACCOUNT_AND_ADDRESS,
            now=now,
        )
    except TooManyAttempts as refusal:
        raise TooManyCodes(**refusal.facts) from None


@transaction.atomic
def _prove(slip: ActivationCode, identified: Identified, actor: Actor, now: datetime) -> Identified:
    if slip.person_id != identified.person_id:
        # The same answer as for a wrong code: another person's slip is not revealed as valid.
        raise WrongActivationCode
    # A reader of the mailbox may have reset the password meanwhile; this must not prove that session.
    Person.objects.select_for_update().get(pk=identified.person_id)
    if is_session_ended(identified.id):
        raise NotIdentified
    activation_codes.use_up(slip, now=now)
    mark_reauthenticated(identified.person_id)
    # The new session replaces it, in every copy of its cookie.
    end_session(identified.id, now=now)
    proven = begin_account_session(identified.person_id, now=now, has_code=True)
    record(EventKind.REAUTHENTICATED, actor=actor, now=now, slip=slip.slip, identification=str(proven.id))
    return proven
