"""Distinguish an unavailable database from our own faults, and both from a lost connection."""

from collections.abc import Iterator

import psycopg
from django.db import InterfaceError, OperationalError
from psycopg.errors import ConnectionTimeout

from kanssa.database.responsiveness import DatabaseUnresponsive

_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
_STATES_OF_ABSENCE = ("25006", "25P03", "25P04")
"""PostgreSQL calls these internal errors: read-only (a standby), or ended as idle or too long."""
_OUR_FAULT = "54"
"""A program limit was exceeded, such as a value too large for an index: a retry does not help."""
_STATES_OF_LOSS = ("08", "57P01", "57P02", "57P03", "57P05", "25P03")
_LONGEST_CHAIN = 20


def is_database_unavailable(fault: BaseException | None) -> bool:
    return any(_is_away(each) for each in _chain(fault))


def is_connection_lost(fault: BaseException) -> bool:
    driver = next((each for each in _chain(fault) if isinstance(each, psycopg.Error)), None)
    if driver is None or isinstance(driver, DatabaseUnresponsive | ConnectionTimeout):
        return False
    state = driver.sqlstate
    return isinstance(driver, _AWAY) if state is None else state.startswith(_STATES_OF_LOSS)


def is_wait_timeout(fault: BaseException) -> bool:
    return any(isinstance(each, DatabaseUnresponsive) for each in _chain(fault))


def _is_away(fault: BaseException) -> bool:
    state = (fault.sqlstate if isinstance(fault, psycopg.Error) else None) or ""
    return state in _STATES_OF_ABSENCE or (isinstance(fault, _AWAY) and not _is_ours(fault))


def _is_ours(fault: BaseException) -> bool:
    return any(
        isinstance(each, psycopg.Error) and (each.sqlstate or "").startswith(_OUR_FAULT)
        for each in _chain(fault)
    )


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    for _ in range(_LONGEST_CHAIN):
        if fault is None:
            return
        yield fault
        fault = fault.__cause__ or fault.__context__
