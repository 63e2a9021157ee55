from datetime import datetime

from kanssa.evidence.record import record
from kanssa.identification import registry
from kanssa.identification.living import end_living
from kanssa.identification.logins import Afterwards, meant_by, take_request
from kanssa.identification.logout import LogoutAnswer, LogoutMessage, LogoutWish, SingleLogout
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import IdentificationFailed, LogoutRefused, UnknownMethod
from kanssa.usecases.deed import use_case
from kanssa.values.actor import SYSTEM


@use_case
def hear_logout(*, method: str, message: LogoutMessage, now: datetime) -> Handover | Afterwards:
    """End what the broker says has ended, or hear that it ended what we asked.

    Only the broker's signature counts, not whose browser brings it. Gives where the browser goes
    with our answer, or where the person goes on to. Refuses: UnknownMethod, LogoutRefused.
    """
    chosen = registry.method(method)
    if not isinstance(chosen, SingleLogout) or not chosen.ends_sessions:
        raise UnknownMethod
    heard = _heard(chosen, message, now)
    if isinstance(heard, LogoutAnswer):
        return _afterwards(heard, method)
    for identification_id in meant_by(heard, method=method):
        end_living(identification_id, now=now)
        record("signed-out", actor=SYSTEM, now=now, identification=str(identification_id), by="broker")
    return chosen.answer(heard, now=now)


def _heard(chosen: SingleLogout, message: LogoutMessage, now: datetime) -> LogoutWish | LogoutAnswer:
    try:
        return chosen.hear(message, now=now)
    except IdentificationFailed as fault:
        raise LogoutRefused(**fault.facts) from None


def _afterwards(answer: LogoutAnswer, method: str) -> Afterwards:
    afterwards = take_request(answer.request_id, method=method)
    if afterwards is None:
        raise LogoutRefused(why="logout-unasked")
    return afterwards
