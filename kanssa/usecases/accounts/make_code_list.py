from collections.abc import Sequence
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
def make_code_list(*, identified: Identified, actor: Actor, now: datetime) -> Sequence[str]:
    """Give a new list of single-use codes, once; an earlier list stops working.

    Refuses: NoUsername, NotIdentified, ReauthenticationRequired, NewIdentificationRequired.
    """
    account = locked_account(identified.person_id)
    require_new_identification(identified)
    codes = APPLICANTS.new_codes(account.pk)
    record(
        EventKind.SECOND_FACTOR_SET_UP, actor=actor, now=now, way="codes", identification=str(identified.id)
    )
    notify_protection_changed(account, Topic.SECOND_FACTOR_CHANGED, what="codes", now=now)
    return codes
