"""Identification attempts: created when the browser leaves for a broker, used once on return."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from kanssa.identification.models import IdentificationAttempt
from kanssa.identification.protocol import Attempt, NewAttempt
from kanssa.identification.refusals import BrokerUnavailable, IdentificationExpired, OtherBrowser
from kanssa.values.refusal import Refusal
from kanssa.vault import open_json, seal_json

_CLAIM = """
UPDATE identification_identificationattempt attempt SET used_at = %(now)s, reply = NULL, outcome = ''
FROM (SELECT id, reply FROM identification_identificationattempt
    WHERE state_hash = %(state)s AND method = %(method)s AND browser_hash = %(browser)s
        AND used_at IS NULL AND begun_at >= %(since)s FOR UPDATE) waiting
WHERE attempt.id = waiting.id
RETURNING attempt.id, attempt.secrets, attempt.begun_at, attempt.return_url, attempt.purpose,
    attempt.language, waiting.reply
"""
"""Of two at once the second waits for the first, and then finds it used."""


@dataclass(frozen=True, slots=True)
class ReturnedAttempt:
    """A returned attempt, with its purpose.

    `posted` holds the form fields that the browser posted for the broker, if any.
    """

    attempt: Attempt
    posted: Mapping[str, str] | None
    purpose: Mapping[str, Any]
    language: str


def new_attempt() -> NewAttempt:
    """Create the random parts of an attempt: 256 bits or more each."""
    return NewAttempt(
        id=uuid4(),
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
    )


def save_attempt(
    attempt: NewAttempt,
    *,
    method: str,
    browser: str,
    return_url: str,
    purpose: Mapping[str, Any],
    language: str,
    forced: bool,
    now: datetime,
) -> None:
    # Sealed, because the verifier would let a thief redeem the code.
    hidden = {"nonce": attempt.nonce, "verifier": attempt.verifier, "forced": forced}
    IdentificationAttempt.objects.create(
        id=attempt.id,
        method=method,
        # Hashed: a reader of the database cannot finish another person's attempt.
        state_hash=_hash(attempt.state),
        secrets=seal_json(hidden, bound_to=f"attempt:{attempt.id}"),
        browser_hash=_hash(browser),
        return_url=return_url,
        purpose=dict(purpose),
        language=language,
        begun_at=now,
    )


def is_known_state(state: str, *, method: str) -> bool:
    return IdentificationAttempt.objects.filter(state_hash=_hash(state), method=method).exists()


def language_of(state: str) -> str | None:
    return (
        IdentificationAttempt.objects.filter(state_hash=_hash(state))
        .values_list("language", flat=True)
        .first()
    )


def store_reply(fields: Mapping[str, str], *, state: str, method: str, now: datetime) -> None:
    # A cross-site post carries no cookie, so its browser is not known yet. Only a waiting attempt stores a
    # reply, and only once, so that no outsider can fill the table.
    row = IdentificationAttempt.objects.filter(
        state_hash=_hash(state),
        method=method,
        used_at__isnull=True,
        reply__isnull=True,
        begun_at__gte=now - settings.ATTEMPT_LIFETIME,
    ).first()
    if row is not None:
        sealed = seal_json(dict(fields), bound_to=f"reply:{row.pk}")
        IdentificationAttempt.objects.filter(pk=row.pk, reply__isnull=True).update(reply=sealed)


def claim(state: str, *, method: str, browser: str, now: datetime) -> ReturnedAttempt:
    """Claim an attempt for its single use. Raises IdentificationExpired, OtherBrowser.

    A reply in another browser leaves the attempt unused: the person's own browser can still finish.
    """
    given = {
        "state": _hash(state),
        "method": method,
        "browser": _hash(browser),
        "now": now,
        "since": now - settings.ATTEMPT_LIFETIME,
    }
    for row in IdentificationAttempt.objects.raw(_CLAIM, given):
        return _returned_attempt(row, state)
    # Asked only after the claim failed: a usual return makes one statement.
    raise _why_unclaimed(state, method, browser, now)


def _why_unclaimed(state: str, method: str, browser: str, now: datetime) -> Refusal:
    row = IdentificationAttempt.objects.filter(state_hash=_hash(state), method=method).first()
    if row is None:
        return IdentificationExpired(why="unknown-state")
    # Another browser's reply may be a log-in CSRF attack.
    if not secrets.compare_digest(bytes(row.browser_hash), _hash(browser)):
        return OtherBrowser()
    is_late = now - row.begun_at > settings.ATTEMPT_LIFETIME
    return IdentificationExpired(why="too-late" if is_late else "used")


@contextmanager
def claimed(state: str, *, method: str, browser: str, now: datetime) -> Iterator[ReturnedAttempt]:
    """Claim an attempt as `claim` does; release it after a refusal that did not use the reply up."""
    returned = claim(state, method=method, browser=browser, now=now)
    try:
        yield returned
    except BrokerUnavailable as refusal:
        if refusal.facts.get("reply_is_kept"):
            _release(returned)
        raise


def _release(returned: ReturnedAttempt) -> None:
    pk = returned.attempt.id
    reply = seal_json(dict(returned.posted), bound_to=f"reply:{pk}") if returned.posted else None
    # The reply was deleted at the claim, so store it again.
    IdentificationAttempt.objects.filter(pk=pk).update(used_at=None, reply=reply)


def _returned_attempt(row: IdentificationAttempt, state: str) -> ReturnedAttempt:
    hidden = open_json(row.secrets, bound_to=f"attempt:{row.id}")
    attempt = Attempt(
        id=row.id,
        state=state,
        nonce=hidden["nonce"],
        verifier=hidden["verifier"],
        begun_at=row.begun_at,
        return_url=row.return_url,
        # Attempts of the previous release have no such mark and were always forced.
        forced=hidden.get("forced", True),
    )
    posted = open_json(row.reply, bound_to=f"reply:{row.id}") if row.reply else None
    return ReturnedAttempt(attempt, posted, row.purpose, row.language)


def _hash(random: str) -> bytes:
    return hashlib.sha256(random.encode()).digest()


def save_attempt_outcome(state: str, code: str) -> None:
    IdentificationAttempt.objects.filter(state_hash=_hash(state)).update(outcome=code)
