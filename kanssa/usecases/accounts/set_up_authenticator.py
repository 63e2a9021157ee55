from datetime import datetime

from kanssa.accounts.applicant_refusals import WrongSecondFactor
from kanssa.accounts.own_account import locked_account, notify_protection_changed
from kanssa.accounts.second_factor import APPLICANTS, open_secret, step_of
from kanssa.applications.aggregate.reauthentication import require_new_identification
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.PROTECT_ACCOUNT)
def set_up_authenticator(*, identified: Identified, code: str, actor: Actor, now: datetime) -> None:
    """Store the authenticator that a code proves, in place of an earlier one.

    Refuses: NoUsername, NotIdentified, ReauthenticationRequired, NewIdentificationRequired,
    WrongSecondFactor.
    """
    account = locked_account(identified.person_id)
    require_new_identification(identified)
    if account.new_secret is None:
        raise WrongSecondFactor
    secret = open_secret(account.new_secret, of=account.pk)
    step = step_of(secret, code, now=now)
    if step is None:
        raise WrongSecondFactor
    APPLICANTS.set_up(account.pk, secret, step=step, now=now)
    account.new_secret = None
    account.save(update_fields=["new_secret"])
    record(
        EventKind.SECOND_FACTOR_SET_UP,
        actor=actor,
        now=now,
        way="authenticator",
        identification=str(identified.id),
    )
    notify_protection_changed(account, Topic.SECOND_FACTOR_CHANGED, what="authenticator", now=now)
