"""Sixteen processes that do one deed at once."""

import json
import os
import subprocess
import sys

from django.db import connection

from tests.cast import NOW

# It forks before it has any connection: sixteen processes, and Django is set up once.
_PROGRAM = """
import json, multiprocessing, sys, django
django.setup()
from datetime import datetime, timedelta
from django.db import connection
from kanssa.accounts.tries import take_a_try
from kanssa.usecases.open_account import open_account
from kanssa.usecases.sign_in import sign_in
from kanssa.values.refusal import Refusal

asked = json.loads(sys.argv[1])
deed, now, times = asked.pop("deed"), datetime.fromisoformat(asked.pop("now")), asked.pop("times")
forking = multiprocessing.get_context("fork")
start, told = forking.Barrier(16), forking.SimpleQueue()

def by_password(email, address):
    return sign_in(email=email, password="wrong", address=address, now=now)

def by_code(token, code, address):
    return open_account(token=token, code=code, password="hevonen akkuna kirsikka", address=address, now=now)

def by_try(purpose, key):
    take_a_try(purpose, key, most=20, within=timedelta(minutes=15), now=now)

def run(number):
    own = {name: said.replace("#", str(number)) for name, said in asked.items()}
    connection.ensure_connection()
    start.wait()
    for _time in range(times):
        try:
            globals()[deed](**own)
            told.put("in")
        except Refusal as refusal:
            told.put(refusal.code)

running = [forking.Process(target=run, args=(number,)) for number in range(16)]
for each in running:
    each.start()
print(*[told.get() for _each in range(16 * times)])
for each in running:
    each.join()
"""


def told_to_16_processes(deed, *, times, **asked):
    """Let each try so often, all at once; gives what they were told. `#` is a process's number."""
    words = json.dumps({"deed": deed, "now": NOW.isoformat(), "times": times, **asked})
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, words],
        env={**os.environ, "DATABASE_URL": _database_url()},
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.split()


def _database_url():
    place = connection.settings_dict
    return "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**place)
