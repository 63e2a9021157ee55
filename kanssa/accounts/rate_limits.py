"""Rate limits that stay exact when many processes count at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from kanssa.accounts.models import RateLimitCounter
from kanssa.accounts.staff_refusals import TooManyAttempts
from kanssa.vault import fingerprint

_COUNT = """
    INSERT INTO accounts_ratelimitcounter AS counted (key, began_at, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        began_at = CASE WHEN counted.began_at <= %(since)s THEN EXCLUDED.began_at ELSE counted.began_at END,
        count = CASE WHEN counted.began_at <= %(since)s THEN 1 ELSE counted.count + 1 END
    RETURNING count, began_at
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate limit for one subject, which is stored as a keyed hash."""

    what: str
    subject: str
    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """The count including this attempt, and when counting starts again."""

    count: int
    ends_at: datetime


def count_attempt(what: str, subject: str, *, most: int, window: timedelta, now: datetime) -> None:
    """Count one attempt before it is made. Refuses: TooManyAttempts."""
    count_attempts([Limit(what, subject, most, window)], now=now)


def count_attempts(limits: list[Limit], *, now: datetime) -> None:
    """Count one attempt against each limit in turn, until one refuses. Refuses: TooManyAttempts."""
    for limit in limits:
        counted = add_attempt(limit, now=now)
        if counted.count > limit.most:
            raise TooManyAttempts(what=limit.what, again_at=counted.ends_at)


def add_attempt(limit: Limit, *, now: datetime) -> AttemptCount:
    """Call it outside any transaction that may be rolled back: a failed attempt must stay counted."""
    given: dict[str, Any] = {"key": _key(limit.what, limit.subject), "now": now, "since": now - limit.window}
    # One statement lets the database serialise concurrent attempts.
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        [count, began_at] = cursor.fetchone()
    return AttemptCount(count, began_at + limit.window)


def uncount_attempt(what: str, subject: str) -> None:
    RateLimitCounter.objects.filter(key=_key(what, subject), count__gt=0).update(count=F("count") - 1)


def uncount_attempts(limits: list[Limit]) -> None:
    for limit in limits:
        uncount_attempt(limit.what, limit.subject)


def _key(what: str, subject: str) -> bytes:
    return fingerprint(subject, of=f"tries:{what}")
