from datetime import datetime

from kanssa.accounts.own_account import locked_account, notify_protection_changed
from kanssa.accounts.second_factor import APPLICANTS
from kanssa.applications.aggregate.reauthentication import require_new_identification
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.PROTECT_ACCOUNT)
def remove_second_factor(*, identified: Identified, actor: Actor, now: datetime) -> None:
    """Remove the authenticator and the list of codes: a lost telephone must not stay a key.

    Refuses: NoUsername, NotIdentified, ReauthenticationRequired, NewIdentificationRequired.
    """
    account = locked_account(identified.person_id)
    require_new_identification(identified)
    APPLICANTS.remove(account.pk)
    record(EventKind.SECOND_FACTOR_REMOVED, actor=actor, now=now, identification=str(identified.id))
    notify_protection_changed(account, Topic.SECOND_FACTOR_CHANGED, what="removed", now=now)
