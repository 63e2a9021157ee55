from datetime import datetime

from django.conf import settings
from django.db import transaction

from kanssa.accounts import activation
from kanssa.accounts.account import take_as_proven
from kanssa.accounts.account_refusals import TooManyCodes, WrongActivationCode
from kanssa.accounts.guesses import Caller, Guess, take_a_guess
from kanssa.accounts.models import ActivationCode
from kanssa.accounts.refusals import TooManyTries
from kanssa.applications.refusals import NotIdentified
from kanssa.evidence.record import record
from kanssa.identification.living import Identified, is_ended
from kanssa.people.models import Person
from kanssa.usecases.deed import record_refusal
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal


def prove_again(*, identified: Identified, code: str, address: str, actor: Actor, now: datetime) -> None:
    """Show by a new slip, after a password was set anew, that it is still the person who comes.

    Not in one transaction: a wrong code stays counted. `address` is the network's.
    Refuses: NotIdentified, TooManyCodes, WrongActivationCode (also for the slip of somebody else).
    """
    try:
        guess = _counted(identified, address, now)
        _prove(activation.compared(code, now=now), identified, actor, now)
    except Refusal as refusal:
        record_refusal("prove_again", refusal, {"now": now, "actor": actor})
        raise
    guess.give_back()


def _counted(identified: Identified, address: str, now: datetime) -> Guess:
    try:
        return take_a_guess(
            "activation", str(identified.person_id), Caller(address), here=settings.CODES_HERE, now=now
        )
    except TooManyTries as refusal:
        raise TooManyCodes(**refusal.facts) from None


@transaction.atomic
def _prove(slip: ActivationCode, identified: Identified, actor: Actor, now: datetime) -> None:
    if slip.person_id != identified.person_id:
        raise WrongActivationCode
    # Whoever reads the mail may have set another password meanwhile, which this must not prove.
    Person.objects.select_for_update().get(pk=identified.person_id)
    if is_ended(identified.id):
        raise NotIdentified
    activation.spend(slip, now=now)
    take_as_proven(identified.person_id)
    record("proved-again", actor=actor, now=now, slip=slip.slip, identification=str(identified.id))
