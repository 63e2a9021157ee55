import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FILE = """
[methods.bank]
kind = "oidc"
key_folder = "keys"
signing_algorithm = "ES256"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "identification.toml"
    file.write_text(FILE)
    return file


def keys(file: Path, *words: str, mode: str = "production") -> subprocess.CompletedProcess[str]:
    """Run the command as an operator does, in a production that could not start."""
    return subprocess.run(
        [sys.executable, "-m", "kanssa.manage", "keys", *words],
        env=os.environ | {"KANSSA_MODE": mode, "KANSSA_IDENTIFICATION_FILE": str(file)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_key_is_made_published_and_listed(file):
    made = keys(file, "generate", "--use", "sig", "--kind", "EC")
    kid = made.stdout.split()[0]
    waiting = keys(file, "list")
    published = keys(file, "publish", kid[:12])
    listed = keys(file, "list")

    assert made.returncode == published.returncode == 0, made.stderr + published.stderr
    assert "Start the service again" in made.stdout
    assert re.search(rf"sig\s+waiting\s+since \d{{4}}-\d\d-\d\d\s+{kid}", waiting.stdout)
    assert re.search(rf"sig\s+published\s+since \d{{4}}-\d\d-\d\d\s+{kid}\S*\s+sig-\S+\.pem", listed.stdout)
    assert "PRIVATE" not in made.stdout + listed.stdout


def test_an_impossible_command_is_reported_with_its_cure(file):
    made = keys(file, "generate", "--use", "enc", "--kind", "EC")
    kid = made.stdout.split()[0]
    keys(file, "publish", kid)

    refused = keys(file, "retire", kid)

    assert refused.returncode != 0
    assert "brokers may know no other key" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_with_several_folders_one_must_be_named(file):
    file.write_text(FILE + FILE.replace("bank", "other").replace('"keys"', '"others"'))

    unsaid = keys(file, "generate", "--use", "enc")
    said = keys(file, "generate", "--use", "enc", "--kind", "EC", "--folder", str(file.parent / "others"))

    assert "say which with --folder" in unsaid.stderr
    assert said.returncode == 0
    assert (file.parent / "others" / "keys.json").exists()
