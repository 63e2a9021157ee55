"""Time-outs of the database, and the behaviour after them."""

import threading

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, close_old_connections, connection, connections

from kanssa.database import time_limits
from kanssa.database.responsiveness import DatabaseUnresponsive, responsiveness
from tests.database.proxied_connection import behind_a_proxy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]

SHORT = time_limits.TimeLimits(statement=0.3, lock=0.2, idle=5, answer=2, request=4)


def ask(question="SELECT 1"):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]


def shown(name):
    return ask(f"SHOW {name}")


def test_the_server_ends_statements_lock_waits_and_idle_transactions():
    with behind_a_proxy(SHORT):
        assert shown("statement_timeout") == "300ms"
        assert shown("lock_timeout") == "200ms"
        assert shown("idle_in_transaction_session_timeout") == "5s"
        with pytest.raises(OperationalError, match="statement timeout"):
            ask("SELECT pg_sleep(60)::text")


def test_a_command_such_as_a_migration_has_no_such_limits():
    with behind_a_proxy(None):
        assert shown("statement_timeout") == "0"


def test_no_time_outs_are_sent_where_the_role_has_them(monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeouts_by_role", True)
    with behind_a_proxy(SHORT):
        assert "options" not in connection.get_connection_params()
        assert shown("statement_timeout") == "0"


def test_a_silent_server_is_given_up():
    with behind_a_proxy(SHORT) as proxy:
        ask()
        proxy.is_silent = True

        with pytest.raises(OperationalError, match="does not answer"):
            ask()


def test_one_thread_asks_a_silent_server_and_the_others_do_not_wait():
    with behind_a_proxy(SHORT) as proxy:
        proxy.is_silent = True
        with pytest.raises(OperationalError):
            ask()

        assert isinstance(fault_in_a_thread(), DatabaseUnresponsive)
        assert not connection.is_usable()


def test_a_connection_that_fell_silent_warns_the_other_threads():
    with behind_a_proxy(SHORT) as proxy:
        ask()
        proxy.is_silent = True
        with pytest.raises(OperationalError):
            ask()

        assert "a moment ago" in str(fault_in_a_thread())


def fault_in_a_thread():
    found = []

    def run():
        try:
            ask()
        except DatabaseError as fault:
            found.append(fault.__cause__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


def test_no_thread_is_held_off_once_the_server_answers():
    with behind_a_proxy(SHORT) as proxy:
        proxy.is_silent = True
        with pytest.raises(OperationalError):
            ask()
        proxy.is_silent = False
        responsiveness.end()
        connection.close()

        assert ask() == 1


def test_all_waits_of_one_request_are_counted_together(monkeypatch):
    seconds = iter(range(1000))
    monkeypatch.setattr(time_limits, "monotonic", lambda: next(seconds))
    time_left = []

    with time_limits.waiting_at_most(5):
        for _ in range(3):
            time_left.append(time_limits.time_left())
            with time_limits.counting_time_spent():
                pass
        with time_limits.waiting_at_most(1):
            time_left.append(time_limits.time_left())
            with time_limits.counting_time_spent():
                pass
        time_left.append(time_limits.time_left())

    assert time_left == [5, 4, 3, 1, 1]
    assert time_limits.time_left() is None


@pytest.mark.parametrize(
    ("configured", "time_left", "sent"), [(3, 60, 3), (3, 2.5, 2), (3, 0.1, 2), (10, 60, 10), (None, 60, 60)]
)
def test_connecting_takes_no_longer_than_what_is_left(configured, time_left, sent):
    with time_limits.waiting_at_most(time_left):
        parameters = time_limits.connecting({"connect_timeout": configured} if configured else {})

    assert parameters["connect_timeout"] == sent


def test_a_fault_at_commit_is_not_hidden_by_the_next_connection(monkeypatch):
    with behind_a_proxy() as proxy:
        ask()
        proxy.goes_away()
        connection.close()

        connection.set_autocommit(True)

        with pytest.raises(OperationalError) as refused:
            ask()
    assert isinstance(refused.value.__cause__, psycopg.OperationalError)


def test_a_connection_is_checked_before_a_request_uses_it():
    with behind_a_proxy(SHORT) as proxy:
        ask()
        proxy.cut()

        close_old_connections()  # as at the start of each request and each job

        assert ask() == 1
