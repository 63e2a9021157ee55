"""The loop that sends messages as soon as they are queued."""

import asyncio
import threading

import pytest
from django.db import connection

from kanssa.worker import message_loop
from tests.cast import AINO, sent


@pytest.fixture
def rounds(monkeypatch):
    """Count the rounds instead of sending; only a wake-up starts another."""
    counted = threading.Semaphore(0)
    monkeypatch.setattr(message_loop, "deliver_waiting", lambda **_given: counted.release())
    monkeypatch.setattr(message_loop, "LOOK_AGAIN_SECONDS", 3600)
    return counted


def until_round(rounds):
    assert rounds.acquire(timeout=60)


def queue_a_message():
    try:
        sent(AINO)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_queued_message_wakes_the_loop_at_its_commit(rounds):
    async def run():
        sending = asyncio.create_task(message_loop.send_messages())
        await asyncio.to_thread(until_round, rounds)

        await asyncio.to_thread(queue_a_message)

        await asyncio.to_thread(until_round, rounds)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.django_db(transaction=True)
def test_a_round_that_has_begun_is_finished_before_the_loop_ends(monkeypatch):
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def deliver(*, now):
        begun.set()
        assert may_end.wait(60)
        ended.set()

    monkeypatch.setattr(message_loop, "deliver_waiting", deliver)

    async def run():
        sending = asyncio.create_task(message_loop.send_messages())
        await asyncio.to_thread(begun.wait, 60)
        sending.cancel()
        may_end.set()
        await asyncio.gather(sending, return_exceptions=True)

    asyncio.run(run())

    assert ended.is_set()
