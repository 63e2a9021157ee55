from datetime import datetime

from kanssa.accounts.applicant_account import mark_reauthenticated
from kanssa.evidence.record import record
from kanssa.identification.sessions import ACCOUNT, Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def reauthenticate_by_identification(
    *, signed_in: Identified | None, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Take an account as proven when its person identifies strongly where they came by it.

    `signed_in` is who was in this browser before. Identifying elsewhere proves nothing of who sits
    here: whoever reads the person's mail could have set the password.
    """
    if signed_in is None or signed_in.method != ACCOUNT or signed_in.person_id != identified.person_id:
        return
    if mark_reauthenticated(identified.person_id):
        record("proved-again", actor=actor, now=now, identification=str(identified.id))
