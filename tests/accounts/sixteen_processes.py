"""Run one operation in sixteen processes at once."""

import json
import os
import subprocess
import sys

from django.db import connection

from tests.cast import NOW

# It forks before it has any connection: sixteen processes, and Django is set up once. They synchronise and
# report by pipes, because locks of `multiprocessing` need a /dev/shm that may be written to.
_PROGRAM = """
import json, multiprocessing, os, sys, django
django.setup()
from datetime import datetime, timedelta
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from kanssa.accounts.rate_limits import count_attempt
from uuid import UUID
from kanssa.accounts.staff import StaffMember
from kanssa.applications.casework.cases import AccessReason
from kanssa.usecases.desk.casework.search_applications import search_applications
from kanssa.values.role import Role
from kanssa.usecases.identification.begin_identification import begin_identification
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.usecases.accounts.open_account import open_account
from kanssa.usecases.accounts.sign_in import sign_in
from kanssa.usecases.drafts.start_application import start_application
from kanssa.values.actor import Actor
from kanssa.values.refusal import Refusal

settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct_method.load"}
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 64, 1
asked = json.loads(sys.argv[1])
action, now, times = asked.pop("operation"), datetime.fromisoformat(asked.pop("now")), asked.pop("times")
browser = Actor("browser")

def by_password(email, address):
    return sign_in(email=email, password="wrong", address=address, now=now)

def by_code(token, code, address):
    return open_account(token=token, code=code, password="hevonen akkuna kirsikka", address=address, now=now)

def by_try(purpose, key):
    count_attempt(purpose, key, most=20, window=timedelta(minutes=15), now=now)

def by_beginning(address):
    start_application(language="fi", address=address, actor=browser, now=now)

def by_draft_link(application_id, address, network):
    mail_draft_link(
        application_id=application_id, address=address, language="fi", network=network, actor=browser, now=now
    )

def by_account_link(email, address):
    mail_account_link(email=email, language="fi", address=address, now=now)

def by_identifying(address):
    begin_identification(
        method="bank", address=address, browser="b", return_url="", purpose={}, language="fi", now=now
    )

clerk = StaffMember(UUID(int=1), UUID(int=2), "local", "Saga Salonen", frozenset([Role.CLERK]))

def by_searching(typed):
    search_applications(typed=typed, reason=AccessReason.VISIT, staff=clerk, now=now)

def run(number):
    connection.ensure_connection()
    os.write(tell_ready, b"!")
    os.read(start, 1)  # returns when the parent closes its end: all processes start at once
    for time in range(times):
        own = {
            name: said.replace("#", str(number)).replace("%", str(time)) for name, said in asked.items()
        }
        try:
            globals()[action](**own)
            outcome = "in"
        except Refusal as refusal:
            outcome = refusal.code
        os.write(tell, outcome.encode() + b" ")

ready, tell_ready = os.pipe()
start, tell_start = os.pipe()
told, tell = os.pipe()

def begin(number):
    os.close(tell_start)
    run(number)

running = [multiprocessing.get_context("fork").Process(target=begin, args=(number,)) for number in range(16)]
for each in running:
    each.start()
os.close(tell)  # else the outcomes below would never end
waiting = 0
while waiting < 16:
    waiting += len(os.read(ready, 16))
os.close(tell_start)
with os.fdopen(told) as outcomes:
    print(outcomes.read())
for each in running:
    each.join()
"""


def run_in_16_processes(operation, *, times, **asked):
    """Call the operation `times` times in each process, all at once; return every answer.

    In arguments, `#` is the number of the process and `%` the number of its call.
    """
    words = json.dumps({"operation": operation, "now": NOW.isoformat(), "times": times, **asked})
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, words],
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.split()


def _environment():
    """Return the tests' own environment, with a service's default limits."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_AN_HOUR")}
    return kept | {"DATABASE_URL": _database_url()}


def _database_url():
    settings = connection.settings_dict
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
