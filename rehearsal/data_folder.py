"""The folder for the demo's data between runs."""

import base64
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from rehearsal import postgres
from rehearsal.processes import CannotStart

_MARKER = "made-by-kanssa-rehearsal"
OWNER_DATABASE_URL = "OWNER_DATABASE_URL"
"""The key of the database owner's address in the stored environment."""


class DataFolder:
    """The demo's data between runs. Never uses or empties a folder that the demo did not create."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.identification = self.path / "identification.toml"
        self.bounces = self.path / "bounces"
        self.clock = self.path / "clock"
        self.static = self.path / "static"
        self._environment = self.path / "environment.json"

    def open(self) -> IO[str]:
        """Create, mark and lock the folder; closing the result unlocks it. Raises CannotStart."""
        marker = self.path / _MARKER
        if self.path.exists() and not marker.exists() and any(self.path.iterdir()):
            raise CannotStart(f"{self.path} holds something else: choose an empty or new folder with DATA=.")
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = marker.open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise CannotStart(
                f"Another `make run` uses {self.path}: stop it first, or choose another DATA=."
            ) from None
        return lock

    def empty(self) -> None:
        """Delete everything but the marker; call it only while the folder is open."""
        # Its files must not vanish under a running server.
        postgres.stop_left_over(self.path / "postgres")
        for entry in self.path.iterdir():
            if entry.name == _MARKER:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def secrets(self) -> dict[str, str]:
        # Stored data can be read only with them, so they are made once.
        path = self.path / "secrets.env"
        kept = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
        complete = {**_new_secrets(), **kept}
        if complete != kept:
            _write_private(path, "".join(f"{name}={value}\n" for name, value in complete.items()))
        return complete

    def keep_environment(self, environment: Mapping[str, str]) -> None:
        _write_private(self._environment, json.dumps(environment, indent=1))

    def environment(self) -> dict[str, str]:
        """Read the environment of the demo's processes. Raises CannotStart before its first start."""
        try:
            kept: dict[str, str] = json.loads(self._environment.read_text())
        except FileNotFoundError:
            elsewhere = "for a demo in another folder: DATA=folder make …"
            raise CannotStart(f"No demo was started with {self.path}: make run ({elsewhere})") from None
        return kept

    def new_log(self, name: str) -> Path:
        self.logs.mkdir(exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(self.logs / f"{name}.log.1")
        return log


def _write_private(path: Path, text: str) -> None:
    # Write a file for its owner only; a kill leaves either the old or the new one.
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def _new_secrets() -> dict[str, str]:
    return {
        "KANSSA_SECRET_KEY": secrets.token_hex(32),
        "KANSSA_VAULT_KEYS": f"1:{_random_key()}",
        "KANSSA_LOOKUP_KEY": _random_key(),
        "KANSSA_SERVICE_PASSWORD": secrets.token_urlsafe(24),
    }


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
