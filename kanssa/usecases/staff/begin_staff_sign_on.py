from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from kanssa.accounts.rate_limits import Limit
from kanssa.identification import attempts
from kanssa.identification.calls.bulkhead import slot_to_begin
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import TooManyIdentifications
from kanssa.identification.sign_ons import sign_on, sign_on_attempt_key
from kanssa.usecases.use_case import limited


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.MAX_IDENTIFICATIONS_PER_ADDRESS
    return [Limit("sign-ons-address", given.get("address", ""), most, settings.ADDRESS_LIMIT_WINDOW)]


@limited(TooManyIdentifications, _limits)
def begin_staff_sign_on(
    *,
    key: str,
    browser: str,
    return_url: str,
    language: str,
    address: str = "",  # noqa: ARG001 the network's, for the limit
    now: datetime,
) -> Handover:
    """Send a browser to the city's single sign-on.

    Not in one transaction: it may use the network.
    Refuses: TooManyIdentifications, UnknownMethod, BrokerUnavailable, BrokersBusy.
    """
    chosen = sign_on(key)
    attempt = attempts.new_attempt()
    # A slow sign-on may occupy only its share of the threads.
    with slot_to_begin(chosen):
        handover = chosen.begin(attempt=attempt, return_url=return_url, language=language, now=now)
    attempts.save_attempt(
        attempt,
        method=sign_on_attempt_key(key),
        browser=browser,
        return_url=return_url,
        purpose={},
        language=language,
        forced=False,
        now=now,
    )
    return handover
