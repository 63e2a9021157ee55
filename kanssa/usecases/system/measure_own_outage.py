from datetime import datetime

from kanssa.applications.models import OURS, Outage, Pulse
from kanssa.applications.states import Action
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor


@use_case(Action.MEASURE_OUTAGE)
def measure_own_outage(*, actor: Actor, now: datetime) -> None:
    """Write the worker's pulse; after a long silence record that the service was away (DOMAIN, Time).

    Call it before anything lapses: the silence may cover the last evening of a time to confirm.
    """
    if Pulse.objects.is_silent_since_before(now, now=now):
        silence = Pulse.objects.silence()
        begun_at = now - silence if silence else now
        outage = Outage.objects.create(service=OURS, begun_at=begun_at, ended_at=now)
        record(
            EventKind.OUTAGE_MEASURED,
            actor=actor,
            now=now,
            outage=str(outage.pk),
            begun_at=begun_at.isoformat(),
        )
    Pulse.objects.beat()
