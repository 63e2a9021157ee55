"""Keep the worker running whatever the database does: only a signal ends it."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

import structlog
from django.db import close_old_connections
from procrastinate import App
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.psycopg_connector import PsycopgConnector

from kanssa.database.connections import BoundedAsyncConnection
from kanssa.database.errors import is_database_unavailable
from kanssa.worker.message_loop import send_messages

log = structlog.get_logger(__name__)

_LOOK_AGAIN_SECONDS = 5.0
_HEARTBEAT_SECONDS = 10.0
_STALLED_SECONDS = 30.0
_FORGOTTEN_SECONDS = 3600.0
"""Long enough for a paused worker: when it resumes, its heartbeat still needs its row."""
_CONNECT_SECONDS = 10.0
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0


def run_until_stopped() -> None:
    asyncio.run(_supervise())


async def _supervise() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pause = _FIRST_PAUSE
    while not stop.is_set():
        began = monotonic()
        await _run_once(stop)
        # A run that lasted was healthy: start the back-off again from the shortest pause.
        if monotonic() - began > _LONGEST_PAUSE:
            pause = _FIRST_PAUSE
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)
        # An outage must not become a storm of connections.
        pause = min(2 * pause, _LONGEST_PAUSE)


async def _run_once(stop: asyncio.Event) -> None:
    running = asyncio.create_task(_work())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    running.cancel()
    try:
        await running
    except asyncio.CancelledError:
        return
    except Exception as fault:
        # Expected in an outage: no alarm, and no traceback.
        if isinstance(fault, TimeoutError) or is_database_unavailable(fault):
            log.warning("the worker waits for the database", fault=type(fault).__name__)
        else:
            log.exception("the worker starts again after a fault")
        return
    log.warning("the worker starts again")


async def _work() -> None:
    async with _opened() as worker, _releasing(worker):
        jobs = worker.run_worker_async(
            concurrency=1,
            delete_jobs="successful",
            fetch_job_polling_interval=_LOOK_AGAIN_SECONDS,
            update_heartbeat_interval=_HEARTBEAT_SECONDS,
            stalled_worker_timeout=_FORGOTTEN_SECONDS,
            # The supervisor stops both loops together.
            install_signal_handlers=False,
            task_middleware=[_with_live_connection],
        )
        both = [asyncio.create_task(jobs), asyncio.create_task(send_messages())]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in both:
                each.cancel()
            ended = await asyncio.gather(*both, return_exceptions=True)
        for fault in ended:
            if isinstance(fault, Exception):
                raise fault


@asynccontextmanager
async def _opened() -> AsyncIterator[App]:
    connector = PsycopgConnector(
        kwargs=connector_params(),
        connection_class=BoundedAsyncConnection,
        timeout=_CONNECT_SECONDS,
        reconnect_timeout=_CONNECT_SECONDS,
    )
    with app.replace_connector(connector) as worker:
        try:
            await asyncio.wait_for(worker.open_async(), _CONNECT_SECONDS)
            yield worker
        finally:
            await worker.close_async()


@asynccontextmanager
async def _releasing(worker: App) -> AsyncIterator[None]:
    await release_stalled_jobs(worker)
    releasing = asyncio.create_task(_release_periodically(worker))
    try:
        yield
    finally:
        releasing.cancel()
        with suppress(asyncio.CancelledError, ConnectorException):
            await releasing


async def _release_periodically(worker: App) -> None:
    while True:
        await asyncio.sleep(_STALLED_SECONDS)
        await release_stalled_jobs(worker)


async def release_stalled_jobs(worker: App) -> None:
    stalled = await worker.job_manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS)
    for job in stalled:
        await _release(worker, job)


async def _release(worker: App, job: Job) -> None:
    log.warning("a job of a worker that died is done again", job=job.task_name)
    try:
        await worker.job_manager.retry_job(job)
    except UniqueViolation:  # an equal job is queued already
        await worker.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


def _with_live_connection(do: Callable[[], Any], *_job_and_worker: Any) -> Any:
    close_old_connections()
    try:
        return do()
    finally:
        close_old_connections()
