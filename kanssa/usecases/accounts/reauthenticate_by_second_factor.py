from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from kanssa.accounts.applicant_refusals import (
    NewIdentificationRequired,
    TooManySecondFactors,
    WrongSecondFactor,
)
from kanssa.accounts.guess_limits import Caller, CountedGuess, count_guess
from kanssa.accounts.own_account import locked_account
from kanssa.accounts.second_factor import APPLICANTS, is_single_use_format
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.applications.aggregate.reauthentication import AccessLevel, access_level_of
from kanssa.applications.refusals import NotIdentified
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, begin_account_session, end_session, is_session_ended
from kanssa.usecases.use_case import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal


def reauthenticate_by_second_factor(
    *, identified: Identified, code: str, address: str, device: str = "", actor: Actor, now: datetime
) -> Identified:
    """Open everything after a sign-in by password, by a code of the authenticator or of the list.

    Gives a new session; the former one ends. Not in one transaction: a wrong code stays counted.
    `address` is the network address; `device` marks a browser that the account knows.
    Refuses: NotIdentified, NoUsername, TooManySecondFactors, WrongSecondFactor, NewIdentificationRequired
    (after a password reset, and for a person under a non-disclosure order).
    """
    try:
        guess = _counted(identified, Caller(address, device), now)
        proven = _prove(identified, code, actor, now)
    except Refusal as refusal:
        record_refusal("reauthenticate_by_second_factor", refusal, {"now": now, "actor": actor})
        raise
    guess.uncount()
    return proven


def _counted(identified: Identified, caller: Caller, now: datetime) -> CountedGuess:
    try:
        return count_guess(
            "second-factor",
            str(identified.person_id),
            caller,
            here=settings.MAX_CODES_PER_ACCOUNT_AND_ADDRESS,
            now=now,
        )
    except TooManyAttempts as refusal:
        raise TooManySecondFactors(**refusal.facts) from None


@transaction.atomic
def _prove(identified: Identified, code: str, actor: Actor, now: datetime) -> Identified:
    account = locked_account(identified.person_id)
    # A reader of the mailbox may have reset the password meanwhile; this must not prove that session.
    if is_session_ended(identified.id):
        raise NotIdentified
    if access_level_of(identified) is AccessLevel.AFTER_RESET:
        raise NewIdentificationRequired
    way = "codes" if is_single_use_format(code) else "authenticator"
    if not _is_right(account.pk, code, way, now):
        raise WrongSecondFactor
    end_session(identified.id, now=now)
    proven = begin_account_session(account.pk, now=now, has_second_factor=True)
    # A person under a non-disclosure order: nothing of theirs opens without a new identification.
    if not proven.is_strong:
        raise NewIdentificationRequired
    record(EventKind.REAUTHENTICATED, actor=actor, now=now, way=way, identification=str(proven.id))
    return proven


def _is_right(account_id: UUID, code: str, way: str, now: datetime) -> bool:
    if way == "codes":
        return APPLICANTS.use_code(account_id, code, now=now)
    return APPLICANTS.is_passed(account_id, code, now=now)
