"""A production serves with the service's own database role alone, also when the database comes later."""

import os
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.db import connection
from psycopg import sql

from tests.identification.test_examples import OIDC, filled_in
from tests.ops.database_roles import made, names, run

pytestmark = pytest.mark.django_db(transaction=True)

HEALTH = """
import django, sys
django.setup()
from django.db import connection
from django.test import Client

def answer():
    return Client(headers={"host": "asuntohakemus.hel.fi"}).get("/health/").status_code

answers = [answer()]
for user, password, host, port, name in map(str.split, sys.argv[1:]):
    connection.close()
    connection.settings_dict.update(USER=user, PASSWORD=password, HOST=host, PORT=port, NAME=name)
    answers.append(answer())
print(*answers)
"""
AWAY = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def urls(monkeypatch):
    """The addresses of the owner and of the service."""
    monkeypatch.setenv("KANSSA_SERVICE_PASSWORD", "lumi-kivi")
    made()
    at = connection.settings_dict
    place = f"{at['HOST']}:{at['PORT']}/{at['NAME']}"
    service, _reader = names()
    yield f"postgresql://{at['USER']}:{at['PASSWORD']}@{place}", f"postgresql://{service}:lumi-kivi@{place}"
    for role in names():
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            run(sql.SQL(statement).format(sql.Identifier(role)))


@pytest.fixture
def started(tmp_path):
    def start(database_url, *others):
        """Start a production; give how it answers, first there and then at other databases."""
        production = {
            "KANSSA_MODE": "production",
            "KANSSA_BASE_URL": "https://asuntohakemus.hel.fi",
            "KANSSA_ALLOWED_HOSTS": "asuntohakemus.hel.fi",
            "KANSSA_IDENTIFICATION_FILE": str(filled_in(OIDC[0], tmp_path)),
            "KANSSA_TEST_HETU": "0",
            "DATABASE_URL": database_url,
        }
        return subprocess.run(
            [sys.executable, "-c", HEALTH, *map(parts_of, others)],
            env=os.environ | production,
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def parts_of(url):
    at = urlsplit(url)
    return f"{at.username} {at.password} {at.hostname} {at.port} {at.path[1:]}"


def test_it_starts_as_the_service_and_not_as_the_owner(urls, started):
    owner, service = urls

    refused, serving = started(owner), started(service)

    assert refused.returncode != 0
    assert "Kanssa does not start" in refused.stderr
    assert "is a superuser" in refused.stderr
    assert "python -m kanssa.manage roles" in refused.stderr
    assert (serving.stdout, serving.returncode) == ("200\n", 0), serving.stderr


def test_it_starts_while_the_database_is_away_and_looks_at_the_role_with_the_first_connection(urls, started):
    owner, service = urls

    serving = started(AWAY, owner, owner, service, owner)

    assert serving.stdout == "503 503 503 200 200\n", serving.stderr
    assert "its role is checked with the first connection" in serving.stderr
    assert serving.stderr.count("the database role is not the service's") == 2


@pytest.mark.parametrize("command", ["migrate", "roles"])
def test_what_the_owner_runs_starts_as_the_owner(command, urls, started):
    owner, _service = urls

    begun = subprocess.run(
        [sys.executable, "-m", "kanssa.manage", command, "--help"],
        env=os.environ | {"DATABASE_URL": owner},
        capture_output=True,
        check=False,
    )

    assert begun.returncode == 0
