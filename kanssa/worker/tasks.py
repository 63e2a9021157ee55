"""The periodic jobs: run the timers, read bounces, delete old drafts."""

import structlog
from procrastinate.contrib.django import app

from kanssa import clock
from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.worker.bounces import read_maildir
from kanssa.worker.outages import measure_brokers, measure_pulse
from kanssa.worker.timers import run_timers

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="run_timers", queueing_lock="run_timers", pass_context=False)
def pass_time(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    # Before anything lapses: a silence may cover the last evening of a time to confirm.
    measure_pulse(now=clock.now())
    run_timers(now=clock.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="measure_brokers", queueing_lock="measure_brokers", pass_context=False)
def try_brokers(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    measure_brokers(now=clock.now())


@app.periodic(cron="* * * * *")
@app.task(name="read_bounces", queueing_lock="read_bounces", pass_context=False)
def read_bounces(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    read_maildir(now=clock.now())


@app.periodic(cron="17 * * * *")
@app.task(name="delete_old_drafts", queueing_lock="delete_old_drafts", pass_context=False)
def clean_up_drafts(timestamp: int) -> None:  # noqa: ARG001 procrastinate's signature
    deleted = delete_old_drafts(now=clock.now())
    if deleted:
        log.info("old drafts were deleted", count=deleted)
