"""A production serves only under the service's own database role, also when the database comes later."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.db import connection
from psycopg import sql

from tests.identification.diagnosis.test_examples import OIDC, filled_in
from tests.ops.database_roles import made, names, run

pytestmark = pytest.mark.django_db(transaction=True)

HEALTH = """
import django, sys
django.setup()
from django.db import connection
from django.test import Client

def answer():
    return Client(headers={"host": "asuntohakemus.hel.fi"}).get("/readiness").status_code

answers = [answer()]
for user, password, host, port, name in map(str.split, sys.argv[1:]):
    connection.close()
    connection.settings_dict.update(USER=user, PASSWORD=password, HOST=host, PORT=port, NAME=name)
    answers.append(answer())
print(*answers)
"""
WORKER = """
import django
django.setup()
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from kanssa.messages.queue import wake_worker

wake_worker()
app.configure_task("run_timers").defer(timestamp=1)
jobs = ProcrastinateJob.objects.filter(task_name="run_timers")
waiting = jobs.count()
with app.replace_connector(app.connector.get_worker_connector()) as worker:
    worker.run_worker(wait=False, delete_jobs="successful", install_signal_handlers=False)
print(f"{waiting} waiting, {jobs.count()} left")
"""
AWAY = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def urls(monkeypatch):
    """Return the addresses of the owner and of the service."""
    monkeypatch.setenv("KANSSA_SERVICE_PASSWORD", "lumi-kivi")
    made()
    at = connection.settings_dict
    server = f"{at['HOST']}:{at['PORT']}/{at['NAME']}"
    service, _reader = names()
    yield f"postgresql://{at['USER']}:{at['PASSWORD']}@{server}", f"postgresql://{service}:lumi-kivi@{server}"
    for role in names():
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            run(sql.SQL(statement).format(sql.Identifier(role)))


@pytest.fixture
def production(tmp_path):
    """Return a function that runs Python as a production does, with the given database address."""
    settings = {
        "KANSSA_MODE": "production",
        "KANSSA_BASE_URL": "https://asuntohakemus.hel.fi",
        "KANSSA_ALLOWED_HOSTS": "asuntohakemus.hel.fi",
        "KANSSA_IDENTIFICATION_FILE": str(filled_in(OIDC[0], tmp_path)),
        "KANSSA_TEST_HETU": "0",
    }
    return lambda url, *words: ran(url, *words, **settings)


def ran(url, *words, **settings):
    return subprocess.run(
        [sys.executable, *words],
        env=os.environ | settings | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


def parts_of(url):
    at = urlsplit(url)
    return f"{at.username} {at.password} {at.hostname} {at.port} {at.path[1:]}"


def test_it_starts_as_the_service_and_not_as_the_owner(urls, production):
    owner, service = urls

    refused, serving = production(owner, "-c", HEALTH), production(service, "-c", HEALTH)

    assert refused.returncode != 0
    assert "Kanssa does not start" in refused.stderr
    assert "is a superuser" in refused.stderr
    assert "python -m kanssa.manage roles" in refused.stderr
    assert (serving.stdout, serving.returncode) == ("200\n", 0), serving.stderr


def test_it_starts_without_the_database_and_checks_the_role_on_the_first_connection(urls, production):
    owner, service = map(parts_of, urls)

    serving = production(AWAY, "-c", HEALTH, owner, owner, service, owner)

    assert serving.stdout == "503 503 503 200 200\n", serving.stderr
    assert "its role is checked with the first connection" in serving.stderr
    assert serving.stderr.count("the database role is not the service's") == 2


@pytest.mark.parametrize("command", [["migrate", "--check"], ["roles", "--print"]])
def test_the_owners_commands_start_as_the_owner(command, urls, production):
    owner, _service = urls

    assert production(owner, "-m", "kanssa.manage", *command).returncode == 0


def test_a_worker_takes_and_finishes_jobs_as_the_service(urls):
    _owner, service = urls

    worked = ran(service, "-c", WORKER)

    assert worked.stdout == "1 waiting, 0 left\n", worked.stderr
