from datetime import datetime

from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.identification import registry
from kanssa.identification.broker_sessions import AfterLogout, claim_logout_request, sessions_named_in
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import IdentificationFailed, LogoutRefused, UnknownMethod
from kanssa.identification.sessions import end_session
from kanssa.identification.single_logout import LogoutMessage, LogoutRequest, LogoutResponse, SingleLogout
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import SYSTEM


@use_case
def receive_logout(*, method: str, message: LogoutMessage, now: datetime) -> Handover | AfterLogout:
    """End the sessions that the broker says have ended, or accept its answer to our own request.

    Only the broker's signature counts, not the browser that brings it. Gives where the browser goes with
    our answer, or where the person continues.
    Refuses: UnknownMethod, LogoutRefused.
    """
    chosen = registry.method(method)
    if not isinstance(chosen, SingleLogout) or not chosen.supports_logout:
        raise UnknownMethod
    received = _received(chosen, message, now)
    if isinstance(received, LogoutResponse):
        return _afterwards(received, method)
    for identification_id in sessions_named_in(received, method=method):
        # In the browser of the request or in any other: the signature names the sessions.
        end_session(identification_id, now=now)
        record(
            EventKind.SIGNED_OUT, actor=SYSTEM, now=now, identification=str(identification_id), by="broker"
        )
    return chosen.answer(received, now=now)


def _received(chosen: SingleLogout, message: LogoutMessage, now: datetime) -> LogoutRequest | LogoutResponse:
    try:
        return chosen.receive_logout(message, now=now)
    except IdentificationFailed as fault:
        raise LogoutRefused(**fault.facts) from None


def _afterwards(answer: LogoutResponse, method: str) -> AfterLogout:
    after_logout = claim_logout_request(answer.request_id, method=method)
    if after_logout is None:
        # An answer that matches no open request of ours may be a replay.
        raise LogoutRefused(why="logout-unasked")
    return after_logout
