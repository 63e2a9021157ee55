"""Health as the proxy, a process supervisor and an operator see it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from kanssa import clock
from kanssa.database import time_limits
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.models import Message
from tests.database.proxied_connection import behind_a_proxy

ADDRESSES = pytest.mark.parametrize("path", ["/healthz", "/readiness"])
HOSTS = pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "10.0.0.7:8080", "web", "[::1]"])


@pytest.fixture(autouse=True)
def _the_public_name(settings):
    settings.ALLOWED_HOSTS = ["asunnot.example.fi"]


def asked(path, *, host="127.0.0.1", remote="127.0.0.1"):
    return Client(headers={"host": host}, REMOTE_ADDR=remote).get(path)


def beaten(ago):
    """Write a worker's heartbeat of that long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)",
            [timedelta(seconds=ago)],
        )


@ADDRESSES
@HOSTS
@pytest.mark.django_db
def test_both_pages_answer_the_machine_itself_under_any_host(path, host):
    for remote in ("127.0.0.1", "127.8.8.8", "::1"):
        assert asked(path, host=host, remote=remote).status_code == 200


@ADDRESSES
@pytest.mark.django_db
def test_another_machine_must_use_our_name(path):
    assert asked(path, host="asunnot.example.fi", remote="192.0.2.7").status_code == 200
    assert asked(path, host="elsewhere.example", remote="192.0.2.7").status_code == 400


def test_no_other_page_answers_under_any_host():
    assert asked("/en/", host="web").status_code == 400
    assert asked("/healthz/x", host="web").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_without_the_database_the_process_is_alive_and_not_ready():
    with behind_a_proxy() as proxy:
        proxy.goes_away()

        assert asked("/healthz").status_code == 200
        readiness = asked("/readiness")

    assert readiness.status_code == 503
    assert readiness.json() == {"ready": False, "attention": ["database-away"]}


@pytest.mark.django_db(transaction=True)
def test_a_silent_database_does_not_delay_the_answer(settings):
    settings.READINESS_SECONDS = 0.5
    with behind_a_proxy() as proxy:
        asked("/readiness")
        proxy.is_silent = True

        readiness = asked("/readiness")

    assert readiness.json() == {"ready": False, "attention": ["database-away"]}


@pytest.mark.django_db(transaction=True)
def test_a_read_only_database_is_not_ready():
    read_only = time_limits.TimeLimits(statement=5, lock=5, idle=5, answer=5)
    with behind_a_proxy(read_only), connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")

        readiness = asked("/readiness")

    assert readiness.status_code == 503
    assert readiness.json()["attention"] == ["database-read-only"]


@pytest.mark.django_db
def test_a_worker_without_a_heartbeat_is_named_and_pages_stay_ready():
    without = asked("/readiness")
    beaten(3600)
    late = asked("/readiness")
    beaten(5)
    well = asked("/readiness")

    assert without.status_code == late.status_code == well.status_code == 200
    assert without.json() == late.json() == {"ready": True, "attention": ["worker-silent"]}
    assert well.json() == {"ready": True, "attention": []}


@pytest.mark.django_db
def test_the_doctor_says_the_same_with_its_cure(capsys):
    with pytest.raises(SystemExit):
        call_command("doctor", "service")
    silent = capsys.readouterr().out
    beaten(5)
    call_command("doctor", "service")

    assert "worker-silent" in silent
    assert "python -m kanssa.manage worker" in silent
    assert "All is well" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_doctor_reports_an_unreachable_database(capsys):
    with behind_a_proxy() as proxy:
        proxy.goes_away()

        with pytest.raises(SystemExit):
            call_command("doctor", "service")

    assert "The database does not answer" in capsys.readouterr().out


@pytest.mark.django_db
def test_mail_that_needs_an_operator_is_named():
    beaten(5)
    written(Delivery.SET_ASIDE, ago=timedelta(minutes=1))
    set_aside = asked("/readiness").json()
    written(Delivery.WAITING, ago=timedelta(hours=1))
    late = asked("/readiness").json()

    assert set_aside == {"ready": True, "attention": ["mail-set-aside"]}
    assert late == {"ready": True, "attention": ["mail-late", "mail-set-aside"]}


def written(delivery, *, ago):
    Message.objects.create(
        cause=f"{delivery}",
        topic="reminder",
        language="fi",
        address_lookup=b"of an address",
        sealed=b"what it says",
        delivery=delivery,
        written_at=clock.now() - ago,
        send_at=clock.now() - ago,
    )
