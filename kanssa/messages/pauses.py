"""Pauses of outgoing mail after consecutive refusals that concern us, by one domain or several.

A domain that refuses again after its pause is paused again at once, until it accepts a message.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from kanssa.messages.delivery_states import DeliveryReason
from kanssa.messages.models import Pause

log = structlog.get_logger(__name__)

WHOLE_QUEUE = b"*"


@dataclass(frozen=True, slots=True)
class Paused:
    """Current pauses. `refusing` holds the domains whose latest answer was a refusal, paused or not."""

    whole_queue: bool
    domains: Collection[bytes]
    refusing: Collection[bytes]


def paused(*, now: datetime) -> Paused:
    rows = {bytes(row.domain_lookup): row for row in Pause.objects.all()}
    active = {domain for domain, row in rows.items() if row.ends_at and row.ends_at > now}
    return Paused(
        whole_queue=WHOLE_QUEUE in active,
        domains=active - {WHOLE_QUEUE},
        refusing=rows.keys() - {WHOLE_QUEUE},
    )


@transaction.atomic
def count_refusal(domain: bytes, *, reason: DeliveryReason, now: datetime) -> None:
    # Create the row first, so that there is a row to lock.
    Pause.objects.get_or_create(domain_lookup=domain)
    row = Pause.objects.select_for_update().get(domain_lookup=domain)
    row.refusals += 1
    row.reason = reason
    if row.refusals >= settings.MAIL_REFUSALS_TO_PAUSE and not (row.ends_at and row.ends_at > now):
        row.began_at, row.ends_at = now, now + settings.MAIL_PAUSE
        log.error("mail to a domain is paused", alarm="mail-domain-paused", reason=reason)
    row.save()
    _pause_all_if_many(reason, now)


def forget_refusals(domain: bytes) -> None:
    Pause.objects.filter(domain_lookup=domain).delete()


def _pause_all_if_many(reason: DeliveryReason, now: datetime) -> None:
    # Several domains at once point to a fault on our side, such as a blocked address.
    recent = Pause.objects.filter(began_at__gt=now - settings.MAIL_PAUSES_WITHIN, ends_at__gt=now)
    if recent.exclude(domain_lookup=WHOLE_QUEUE).count() < settings.MAIL_PAUSES_TO_STOP:
        return
    pause = {"reason": reason, "began_at": now, "ends_at": now + settings.MAIL_PAUSE}
    Pause.objects.update_or_create(
        domain_lookup=WHOLE_QUEUE, defaults=pause | {"refusals": F("refusals") + 1}, create_defaults=pause
    )
    log.critical("all mail is paused", alarm="mail-paused", reason=reason)


def end_pauses() -> int:
    return Pause.objects.all().delete()[0]
