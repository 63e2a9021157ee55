"""How often something may be tried: exact, also when many processes ask at once."""

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
    RETURNING count
"""


def take_a_try(what: str, whose: str, *, most: int, within: timedelta, now: datetime) -> None:
    """Count one try before it is made. Refuses: TooManyTries.

    One statement, so that the database itself orders those who come at once. Outside any
    transaction that may be rolled back: a try that failed must stay counted.
    """
    given: dict[str, Any] = {"key": _key(what, whose), "now": now, "since": now - within}
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, given)
        [count] = cursor.fetchone()
    if count > most:
        raise TooManyTries(what=what)


def give_back_a_try(what: str, whose: str) -> None:
    """Uncount a try that succeeded: only failures use up the limit."""
    Tries.objects.filter(key=_key(what, whose), count__gt=0).update(count=F("count") - 1)


def _key(what: str, whose: str) -> bytes:
    return fingerprint(whose, of=f"tries:{what}")
