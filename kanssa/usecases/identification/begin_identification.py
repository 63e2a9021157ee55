from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.applications.models import Outage
from kanssa.identification import attempts, registry
from kanssa.identification.calls.bulkhead import slot_to_begin
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import BrokerUnavailable, TooManyIdentifications
from kanssa.usecases.use_case import limited


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.MAX_IDENTIFICATIONS_PER_ADDRESS
    return [Limit("identifications-address", given.get("address", ""), most, settings.ADDRESS_LIMIT_WINDOW)]


@limited(TooManyIdentifications, _limits)
def begin_identification(
    *,
    method: str,
    address: str = "",  # noqa: ARG001 the network's, for the limit
    browser: str,
    return_url: str,
    purpose: Mapping[str, Any],
    language: str,
    now: datetime,
) -> Handover:
    """Send a browser to a broker for a new identification.

    Not in one transaction: a method may use the network. `browser` is the random word that recognises this
    browser on return.
    Refuses: TooManyIdentifications, UnknownMethod, BrokerUnavailable, BrokersBusy.
    """
    chosen = registry.method(method)
    attempt = attempts.new_attempt()
    # A slow broker may occupy only its share of the threads.
    with slot_to_begin(chosen), _measured(method, now):
        handover = chosen.begin(
            attempt=attempt, return_url=return_url, language=language, force=True, now=now
        )
    # After the handover: a broker that does not answer leaves no attempt behind.
    attempts.save_attempt(
        attempt,
        method=method,
        browser=browser,
        return_url=return_url,
        purpose=purpose,
        language=language,
        forced=True,
        now=now,
    )
    return handover


@contextmanager
def _measured(method: str, now: datetime) -> Iterator[None]:
    """Note a call that the broker did not answer: the last day of a time to confirm may be extended."""
    try:
        yield
    except BrokerUnavailable:
        Outage.objects.record_failure(method, at=now)
        raise
