"""The environment of a test run, set before Django reads its settings (a pytest plugin)."""

import os
from pathlib import Path

_TESTS = Path(__file__).parent

os.environ.update(
    {
        "KANSSA_MODE": "test",
        "KANSSA_SECRET_KEY": "a secret of tests only, of enough length to be accepted",
        "KANSSA_VAULT_KEYS": "1:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=",
        "KANSSA_LOOKUP_KEY": "ZmVkY2JhWllYV1ZVVFNSUVBPTk1MS0pJSEdGRURDQkE=",
        "KANSSA_BASE_URL": "http://127.0.0.1:8000",
        "KANSSA_ALLOWED_HOSTS": "127.0.0.1,testserver",
        "KANSSA_EMAIL_URL": "smtp://127.0.0.1:2525",
        "KANSSA_IDENTIFICATION_FILE": str(_TESTS / "web" / "identification.toml"),
        "KANSSA_TEST_HETU": "1",
        # Thousands of made-up replies come from one address; tests of the rate limit set their own.
        "KANSSA_IDENTIFICATIONS_AN_HOUR": "100000",
        "KANSSA_STATIC_ROOT": str(_TESTS.parent / "kanssa" / "web" / "static"),
    }
)
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
