from collections.abc import Mapping
from datetime import datetime

from kanssa.identification import attempts, registry
from kanssa.usecases.use_case import use_case


@use_case
def store_reply(*, method: str, state: str, fields: Mapping[str, str], now: datetime) -> None:
    """Store a reply that a broker had a browser post, until that browser fetches it with its cookie.

    Refuses: UnknownMethod.
    """
    registry.method(method)
    attempts.store_reply(fields, state=state, method=method, now=now)
