"""Look-ups among few households and among a hundred times as many: whether they grow with them."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.utils import timezone

from bench.confirming_leg import WaitingApplication
from kanssa.applications.models import Applicant, Application, Invitation
from kanssa.applications.reading import queries
from kanssa.applications.states import State
from kanssa.applications.transitions.invitations import hash_token
from kanssa.identification.sessions import Identified, begin_session
from kanssa.people.models import Person
from kanssa.usecases.confirmation.claim_applicants import claim_applicants
from kanssa.values.hetu import Hetu
from kanssa.values.identity import VerifiedIdentity

_TIMES = 100
_UNTIMED = 10
_BATCH = 5_000
_LARGE = 2_000
"""Rows from which on a scan of a whole table is a fault."""


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """Of each look-up the fastest, in milliseconds, few and many; what was read whole among many.

    The fastest of a hundred, for the median is of whatever else the machine does.
    """

    few: int
    many: int
    ms: Mapping[str, tuple[float, float]]
    scanned: list[str]


def measured(waiting: WaitingApplication, *, few: int, many: int) -> GrowthResult:
    """Fill the tables with households that nobody opens, and look others up among them."""
    lookups = _lookups(waiting)
    _fill(few)
    before = _timed(lookups)
    _fill(many - few)
    scans = _scans()
    after = _timed(lookups)
    scanned = sorted(table for table, times in _scans().items() if times > scans.get(table, 0))
    return GrowthResult(few, many, {name: (before[name], after[name]) for name in lookups}, scanned)


def _timed(lookups: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    return {name: min(_times_of(look_up)) for name, look_up in lookups.items()}


def _times_of(look_up: Callable[[], object]) -> Iterator[float]:
    for _ in range(_UNTIMED):
        look_up()
    for _ in range(_TIMES):
        began = time.perf_counter()
        look_up()
        yield (time.perf_counter() - began) * 1000


def _lookups(waiting: WaitingApplication) -> dict[str, Callable[[], object]]:
    now = timezone.now()
    hetu = Hetu(waiting.applicant.hetu)
    identified = _identified(waiting, hetu, now)
    place = Applicant.objects.get(application_id=waiting.application_id)
    token = uuid4().hex
    Invitation.objects.create(applicant=place, token_hash=hash_token(token), sent_at=now)
    # Now the place is theirs, and each later try looks for others that wait.
    claim_applicants(identified=identified, sent_here=None, actor=identified.actor, now=now)
    return {
        "a person by identity code": lambda: Person.objects.with_hetu(hetu),
        "places that wait for a person": lambda: claim_applicants(
            identified=identified, sent_here=None, actor=identified.actor, now=now
        ),
        "an invitation by its token": lambda: queries.active_invitation(token),
        "applications of a person": lambda: queries.active_applications_of(identified, now=now),
        "an application by its reference": lambda: Application.objects.get(reference=waiting.reference),
    }


def _identified(waiting: WaitingApplication, hetu: Hetu, now: datetime) -> Identified:
    identity = VerifiedIdentity(
        method="bank",
        hetu=hetu,
        last_name=waiting.applicant.last_name,
        first_names=waiting.applicant.first_names,
        born=hetu.born,
        assurance="substantial",
        authenticated_at=now,
    )
    return begin_session(identity, person=Person.objects.with_hetu(hetu), attempt_id=None, now=now)


# The others


def _fill(count: int) -> None:
    """Add households that were sent; every second one's adult has identified."""
    for begin in range(0, count, _BATCH):
        _add(min(_BATCH, count - begin))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _add(count: int) -> None:
    now = timezone.now()
    people = [Person(hetu_lookup=os.urandom(32), hetu_sealed=os.urandom(40)) for _ in range(count)]
    sent = [_application(now) for _ in range(count)]
    places = [_place(*each, is_filled=bool(n % 2)) for n, each in enumerate(zip(sent, people, strict=True))]
    links = [Invitation(applicant=place, token_hash=os.urandom(32), sent_at=now) for place in places]
    Person.objects.bulk_create(people)
    Application.objects.bulk_create(sent)
    Applicant.objects.bulk_create(places)
    Invitation.objects.bulk_create(links)


def _application(now: datetime) -> Application:
    return Application(
        reference=f"X-{secrets.token_hex(6)}",
        state=State.SENT,
        language="fi",
        begun_at=now,
        sent_at=now,
        confirm_by=now + timedelta(days=30),
    )


def _place(application: Application, person: Person, *, is_filled: bool) -> Applicant:
    return Applicant(
        application=application,
        is_main=True,
        position=0,
        hetu_lookup=person.hetu_lookup,
        person=person if is_filled else None,
    )


def _scans() -> dict[str, int]:
    """How often each large table was read from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE n_live_tup > %s", [_LARGE])
        return dict(cursor.fetchall())
