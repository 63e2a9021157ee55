"""Environment variables of a separate process that works on the test's database."""

import os

from django.db import connection


def worker_environment(settings):
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    mail = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return os.environ | {"DATABASE_URL": url, "KANSSA_EMAIL_URL": mail}
