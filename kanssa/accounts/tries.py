"""How often something may be tried: exact, also when many processes ask at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from kanssa.accounts.models import Tries
from kanssa.accounts.refusals import TooManyTries
from kanssa.vault import fingerprint

_COUNT = """
    INSERT INTO accounts_tries AS counted (key, began_at, count) VALUES (%(key)s, %(now)s, 1)
    ON CONFLICT (key) DO UPDATE SET
        began_at = CASE WHEN counted.began_at <= %(since)s THEN EXCLUDED.began_at ELSE counted.began_at END,
        count = CASE WHEN counted.began_at <= %(since)s THEN 1 ELSE counted.count + 1 END
    RETURNING count, began_at
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be tried by, from or to one thing; `whose` is kept as a keyed hash."""

    what: str
    whose: str
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Counted:
    """How often it was tried with this try, and when counting begins again."""

    count: int
    ends_at: datetime


def take_a_try(what: str, whose: str, *, most: int, within: timedelta, now: datetime) -> None:
    """Count one try before it is made. Refuses: TooManyTries."""
    take_tries([Limit(what, whose, most, within)], now=now)


def take_tries(limits: list[Limit], *, now: datetime) -> None:
    """Count one try against each limit in turn, up to one that refuses. Refuses: TooManyTries."""
    for limit in limits:
        counted = count_try(limit, now=now)
        if counted.count > limit.most:
            raise TooManyTries(what=limit.what, again_at=counted.ends_at)


def count_try(limit: Limit, *, now: datetime) -> Counted:
    """Count one try, whatever the limit allows.

    One statement, so that the database itself orders those who come at once. Outside any
    transaction that may be rolled back: a try that failed must stay counted.
    """
    given: dict[str, Any] = {"key": _key(limit.what, limit.whose), "now": now, "since": now - limit.within}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        [count, began_at] = cursor.fetchone()
    return Counted(count, began_at + limit.within)


def give_back_a_try(what: str, whose: str) -> None:
    """Uncount a try that succeeded: only failures use up the limit."""
    Tries.objects.filter(key=_key(what, whose), count__gt=0).update(count=F("count") - 1)


def give_back_tries(limits: list[Limit]) -> None:
    """Uncount a try against each limit."""
    for limit in limits:
        give_back_a_try(limit.what, limit.whose)


def _key(what: str, whose: str) -> bytes:
    return fingerprint(whose, of=f"tries:{what}")
