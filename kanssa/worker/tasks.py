"""The jobs: sending what waits, when woken and once a minute."""

import structlog
from procrastinate.contrib.django import app

from kanssa import clock
from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.messages.queue import DELIVERY_JOB
from kanssa.worker.bounces import read_maildir
from kanssa.worker.deliveries import deliver_waiting
from kanssa.worker.timers import run_timers

log = structlog.get_logger(__name__)


@app.task(name=DELIVERY_JOB, queueing_lock=DELIVERY_JOB)
def deliver_messages() -> None:
    """Send what waits; woken after the commit that wrote it."""
    deliver_waiting(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="run_timers", queueing_lock="run_timers", pass_context=False)
def pass_time(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    """Do what the clock has to do to applications: reminders, lapse, expiry."""
    run_timers(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="sweep_messages", queueing_lock="sweep_messages", pass_context=False)
def sweep_messages(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    """Send what a lost wake-up, a restart or a mail server that was down left behind."""
    deliver_waiting(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="read_bounces", queueing_lock="read_bounces", pass_context=False)
def read_bounces(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    """Read what came back to the bounce address."""
    read_maildir(now=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="delete_old_drafts", queueing_lock="delete_old_drafts", pass_context=False)
def clean_up_drafts(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    """Delete the drafts that nobody has changed for too long."""
    deleted = delete_old_drafts(now=clock.now())
    if deleted:
        log.info("old drafts were deleted", count=deleted)
