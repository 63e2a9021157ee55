from datetime import datetime

from kanssa.identification import registry
from kanssa.identification.broker_sessions import AfterLogout, broker_session_of, save_logout_request
from kanssa.identification.protocol import Handover
from kanssa.identification.sessions import Identified
from kanssa.identification.single_logout import SingleLogout
from kanssa.usecases.use_case import use_case


@use_case
def start_logout(*, identified: Identified, after_logout: AfterLogout, now: datetime) -> Handover | None:
    """Start the logout at the broker too; None if it offers none.

    The session here has ended before, whatever the broker will answer.
    """
    found = broker_session_of(identified.id)
    if found is None:
        return None
    key, session = found
    method = registry.methods().get(key)
    # The method may have been removed, or changed, since the log-in.
    if not isinstance(method, SingleLogout) or not method.supports_logout:
        return None
    handover, request_id = method.start_logout(session, now=now)
    save_logout_request(identified.id, request_id=request_id, after_logout=after_logout)
    return handover
