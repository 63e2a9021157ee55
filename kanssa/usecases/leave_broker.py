from datetime import datetime

from kanssa.identification import registry
from kanssa.identification.living import Identified
from kanssa.identification.logins import Afterwards, login_of, remember_request
from kanssa.identification.logout import SingleLogout
from kanssa.identification.protocol import Handover
from kanssa.usecases.deed import use_case


@use_case
def leave_broker(*, identified: Identified, afterwards: Afterwards, now: datetime) -> Handover | None:
    """Have the broker end its log-in too; None where it has no such thing.

    The identification has ended here before, whatever the broker will answer.
    """
    found = login_of(identified.id)
    if found is None:
        return None
    key, session = found
    method = registry.methods().get(key)
    if not isinstance(method, SingleLogout) or not method.ends_sessions:
        return None
    handover, request_id = method.leave(session, now=now)
    remember_request(identified.id, request_id=request_id, afterwards=afterwards)
    return handover
