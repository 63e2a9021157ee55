"""Measure outages: the worker's own pulse, and whether each broker answers."""

from datetime import datetime

import structlog

from kanssa.applications.models import Outage
from kanssa.identification import registry
from kanssa.identification.protocol import CanBeExamined
from kanssa.usecases.system.measure_own_outage import measure_own_outage
from kanssa.values.actor import SYSTEM

log = structlog.get_logger(__name__)


def measure_pulse(*, now: datetime) -> None:
    measure_own_outage(actor=SYSTEM, now=now)


def measure_brokers(*, now: datetime) -> None:
    """Examine each broker as `doctor` does; a fault counts as no answer."""
    for key, method in registry.methods().items():
        if not isinstance(method, CanBeExamined):
            continue
        if any(finding.level == "fault" for finding in method.examine(now=now)):
            log.warning("a broker does not answer as it should", method=key)
            Outage.objects.record_failure(key, at=now)
