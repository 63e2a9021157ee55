"""Finding out whether a transaction was committed when its COMMIT got no answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from procrastinate.contrib.django.utils import connector_params

from kanssa.applications.reading.commit_outcomes import CommitOutcome, outcome_of
from kanssa.database.commit_outcome import CommitMark
from tests.cast import NOW, later

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def another() -> Iterator[tuple[psycopg.Connection, CommitMark]]:
    """Return another connection, in a transaction that recorded an event."""
    connection.ensure_connection()
    with psycopg.connect(**connector_params()) as other:
        [event_id] = other.execute(
            "INSERT INTO evidence_event (at, kind, actor_kind, facts)"
            " VALUES (%s, 'confirmed', 'person', '{}') RETURNING id",
            [NOW],
        ).fetchone()
        yield other, CommitMark(event_id, NOW, "confirmed")


def test_it_is_unknown_until_the_servers_process_has_finished_it():
    with another() as (other, mark):
        backend = other.info.backend_pid

        assert outcome_of(mark, backend=backend) is CommitOutcome.UNKNOWN
        other.commit()
        assert outcome_of(mark, backend=backend) is CommitOutcome.STORED


def test_a_rolled_back_transaction_was_not_stored():
    with another() as (other, mark):
        other.rollback()

        assert outcome_of(mark, backend=other.info.backend_pid) is CommitOutcome.NOT_STORED


def test_another_event_under_the_same_number_is_no_proof():
    with another() as (other, mark):
        other.commit()
        backend = other.info.backend_pid

        for another_mark in (
            CommitMark(mark.event_id, later(hours=1), mark.kind),
            CommitMark(mark.event_id, NOW, "refused"),
        ):
            assert outcome_of(another_mark, backend=backend) is CommitOutcome.NOT_STORED


def test_without_a_mark_the_outcome_is_unknown():
    with another() as (other, _mark):
        other.rollback()

        assert outcome_of(None, backend=other.info.backend_pid) is CommitOutcome.UNTRACEABLE


def test_a_standby_does_not_know():
    with another() as (other, mark):
        other.rollback()
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA standby")
            cursor.execute(
                "CREATE FUNCTION standby.pg_is_in_recovery() RETURNS bool LANGUAGE sql AS 'SELECT true'"
            )
            cursor.execute("SET search_path = standby, pg_catalog, public")

        try:
            assert outcome_of(mark, backend=other.info.backend_pid) is CommitOutcome.UNKNOWN
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA standby CASCADE")
            connection.close()
