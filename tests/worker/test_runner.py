"""Jobs of a dead worker, and a round of timers when the database goes away."""

import asyncio

import psycopg
import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from kanssa.worker import timers
from kanssa.worker.runner import release_stalled_jobs
from kanssa.worker.timers import run_timers
from tests.cast import AINO, EINO, later, sent

LOST = psycopg.errors.AdminShutdown


@pytest.fixture
def queue(transactional_db):
    """Empty the queue: its tables belong to no model, so that no test empties them."""
    empty()
    yield
    empty()


def empty():
    asked("DELETE FROM procrastinate_jobs")
    asked("DELETE FROM procrastinate_workers")


def asked(question, *values):
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchall() if cursor.description else None


def job(status, *, worker=None, lock="run_timers"):
    asked(
        "INSERT INTO procrastinate_jobs (task_name, queue_name, queueing_lock, status, worker_id, args)"
        " VALUES ('run_timers', 'default', %s, %s, %s, '{}')",
        lock,
        status,
        worker,
    )


def worker(age):
    [(number,)] = asked(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))"
        " RETURNING id",
        age,
    )
    return number


def statuses():
    return [status for (status,) in asked("SELECT status::text FROM procrastinate_jobs ORDER BY id")]


def release():
    async def run():
        with app.replace_connector(PsycopgConnector(kwargs=connector_params())) as opened:
            async with opened.open_async():
                await release_stalled_jobs(opened)

    asyncio.run(run())


@pytest.mark.usefixtures("queue")
def test_a_job_of_a_dead_worker_is_done_again():
    job("doing", worker=worker(age=3600))

    release()

    assert statuses() == ["todo"]


@pytest.mark.usefixtures("queue")
def test_a_job_of_a_worker_gone_from_the_table_is_done_again():
    job("doing")

    release()

    assert statuses() == ["todo"]


@pytest.mark.usefixtures("queue")
def test_a_waiting_job_is_not_queued_twice():
    job("doing", worker=worker(age=3600))
    job("todo")

    release()

    assert statuses() == ["todo"]


@pytest.mark.usefixtures("queue")
def test_a_job_of_a_working_worker_is_left_to_it():
    job("doing", worker=worker(age=5))

    release()

    assert statuses() == ["doing"]


@pytest.mark.django_db
def test_a_lost_database_ends_the_round_of_timers_and_one_bad_application_does_not(monkeypatch):
    sent(AINO)
    sent(EINO)
    asked_for = []

    def fail(fault):
        def apply_timed_transitions(**given):
            asked_for.append(given["application_id"])
            raise fault

        monkeypatch.setattr(timers, "apply_timed_transitions", apply_timed_transitions)

    fail(ValueError())
    run_timers(now=later(days=40))
    of_a_bad_application = len(asked_for)
    lost = OperationalError()
    lost.__cause__ = LOST()
    fail(lost)
    with pytest.raises(OperationalError):
        run_timers(now=later(days=40))

    assert of_a_bad_application == 2
    assert len(asked_for) == 3
