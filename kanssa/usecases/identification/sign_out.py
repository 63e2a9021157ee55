from datetime import datetime

from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification.sessions import Identified, end_session
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case
def sign_out(*, identified: Identified, actor: Actor, now: datetime) -> None:
    """End a session everywhere: in every tab, and in every copy of the cookie."""
    end_session(identified.id, now=now)
    record(EventKind.SIGNED_OUT, actor=actor, now=now, identification=str(identified.id))
