import os
import subprocess
import sys

import pytest

from kanssa.ops.production_checks import faults

REHEARSAL_BROKER = """
[methods.bank]
kind = "oidc"
rehearsal = true
issuer = "http://localhost:8001"
"""


def started(**environment):
    """Start a production with these settings; return its output."""
    return subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=os.environ | {"KANSSA_MODE": "production"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_refuses_to_start_with_parts_of_a_rehearsal(tmp_path):
    file = tmp_path / "identification.toml"
    file.write_text(REHEARSAL_BROKER)

    attempt = started(
        KANSSA_IDENTIFICATION_FILE=str(file),
        REHEARSAL_MAILBOX_URL="http://127.0.0.1:8002",
        KANSSA_TEST_HETU="1",
        KANSSA_DEBUG="1",
        KANSSA_CLOCK="rehearsal.clock.now",
    )

    assert attempt.returncode != 0
    assert "Kanssa does not start" in attempt.stderr
    for named in (
        "KANSSA_BASE_URL",
        "KANSSA_TEST_HETU",
        "KANSSA_DEBUG",
        "REHEARSAL_MAILBOX_URL",
        "KANSSA_CLOCK",
        "methods.bank",
    ):
        assert named in attempt.stderr


@pytest.mark.parametrize(
    "secret", ["KANSSA_SECRET_KEY", "KANSSA_VAULT_KEYS", "KANSSA_LOOKUP_KEY", "DATABASE_URL"]
)
def test_a_missing_secret_is_named(secret):
    environment = {name: value for name, value in os.environ.items() if name != secret}

    attempt = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert attempt.returncode != 0
    assert secret in attempt.stderr


def test_each_fault_is_a_sentence_with_its_cure(settings):
    settings.BASE_URL = "http://kanssa.example"

    assert any("KANSSA_BASE_URL" in fault for fault in faults())
