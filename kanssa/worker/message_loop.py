"""Send messages as soon as they are queued, in a loop of its own: no job of the timers holds them up."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import close_old_connections
from procrastinate.contrib.django.utils import connector_params

from kanssa import clock
from kanssa.database.connections import BoundedAsyncConnection
from kanssa.messages.queue import WAKE_UP
from kanssa.worker.deliveries import deliver_waiting

LOOK_AGAIN_SECONDS = 5.0
"""Messages are also due by time, and a wake-up may be lost: look at least this often."""


async def send_messages() -> None:
    connecting = BoundedAsyncConnection.connect(**connector_params(), autocommit=True)
    # One thread: sending uses Django's connection, which belongs to a thread.
    with ThreadPoolExecutor(1, "messages") as thread:
        async with await connecting as connection:
            # Before the first look: a message that is queued in between is heard.
            await connection.execute(f"LISTEN {WAKE_UP}")
            while True:
                await _in_thread(thread, _deliver)
                async for _wake_up in connection.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1):
                    pass


async def _in_thread(thread: ThreadPoolExecutor, do: Callable[[], Any]) -> None:
    running = asyncio.get_running_loop().run_in_executor(thread, do)
    try:
        # Even when cancelled: the message being sent is finished first.
        await asyncio.shield(running)
    except asyncio.CancelledError:
        with suppress(Exception):
            await running
        raise


def _deliver() -> None:
    close_old_connections()
    try:
        deliver_waiting(now=clock.now())
    finally:
        # A broken connection is not kept for the next round.
        close_old_connections()
