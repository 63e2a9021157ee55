from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from kanssa.accounts.tries import Limit
from kanssa.identification import attempts
from kanssa.identification.bulkhead import room_to_begin
from kanssa.identification.protocol import Handover
from kanssa.identification.refusals import TooManyIdentifications
from kanssa.identification.sign_on import attempts_of, sign_on
from kanssa.usecases.deed import limited


def _limits(given: Mapping[str, Any]) -> list[Limit]:
    most = settings.IDENTIFICATIONS_FROM_AN_ADDRESS
    return [Limit("sign-ons-address", given.get("address", ""), most, settings.LIMITS_WITHIN)]


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
    """Send somebody to the city's single sign-on.

    Not in one transaction: it may ask the network.
    Refuses: TooManyIdentifications, UnknownMethod, BrokerUnavailable, BrokersBusy.
    """
    chosen = sign_on(key)
    attempt = attempts.new_attempt()
    with room_to_begin(chosen):
        handover = chosen.begin(attempt=attempt, return_url=return_url, language=language, now=now)
    attempts.remember(
        attempt,
        method=attempts_of(key),
        browser=browser,
        return_url=return_url,
        purpose={},
        language=language,
        forced=False,
        now=now,
    )
    return handover
