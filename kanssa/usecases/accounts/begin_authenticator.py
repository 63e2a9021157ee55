from datetime import datetime

from kanssa.accounts.own_account import locked_account
from kanssa.accounts.second_factor import new_secret, seal_secret
from kanssa.applications.aggregate.reauthentication import require_new_identification
from kanssa.applications.states import Action
from kanssa.identification.sessions import Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.PROTECT_ACCOUNT)
def begin_authenticator(*, identified: Identified, actor: Actor, now: datetime) -> None:  # noqa: ARG001 recorded in a refusal
    """Make the secret for a new authenticator; one that works already goes on until a code proves the new.

    Refuses: NoUsername, NotIdentified, ReauthenticationRequired, NewIdentificationRequired.
    """
    account = locked_account(identified.person_id)
    require_new_identification(identified)
    account.new_secret = seal_secret(new_secret(), of=account.pk)
    account.save(update_fields=["new_secret"])
