from datetime import datetime

from kanssa.accounts.applicant_account import mark_reauthenticated
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import ACCOUNT, Identified
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def reauthenticate_by_identification(
    *, signed_in: Identified | None, identified: Identified, actor: Actor, now: datetime
) -> None:
    """Accept a strong identification as re-authentication of the account in the same browser.

    `signed_in` is the session that was in this browser before. An identification elsewhere proves nothing
    about the person at this browser: a reader of the mailbox could have set the password.
    """
    if signed_in is None or signed_in.method != ACCOUNT or signed_in.person_id != identified.person_id:
        return
    if mark_reauthenticated(identified.person_id):
        record(EventKind.REAUTHENTICATED, actor=actor, now=now, identification=str(identified.id))
