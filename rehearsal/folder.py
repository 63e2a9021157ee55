"""The folder in which the demo keeps what it needs between runs."""

import base64
import fcntl
import os
import secrets
import shutil
from pathlib import Path
from typing import IO

from rehearsal import postgres
from rehearsal.processes import CannotStart

_MARKER = "made-by-kanssa-rehearsal"


class DataFolder:
    """What the demo keeps between runs. Never takes over, nor empties, a folder that somebody else made."""

    def __init__(self, path: Path) -> None:
        """Name the folder; `open` makes it."""
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.identification = self.path / "identification.toml"
        self.bounces = self.path / "bounces"
        self.clock = self.path / "clock"
        self.static = self.path / "static"

    def open(self) -> IO[str]:
        """Marks and locks it; closing what this returns lets go. Raises CannotStart."""
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
        """Only while open. The marker stays."""
        postgres.stop_left_over(self.path / "postgres")
        for entry in self.path.iterdir():
            if entry.name == _MARKER:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def secrets(self) -> dict[str, str]:
        """Made once: what is stored can be read only with them."""
        path = self.path / "secrets.env"
        kept = dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}
        complete = {**_new_secrets(), **kept}
        if complete != kept:
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.writelines(f"{name}={value}\n" for name, value in complete.items())
            unfinished.rename(path)
        return complete

    def new_log(self, name: str) -> Path:
        """The one of the run before stays beside it."""
        self.logs.mkdir(exist_ok=True)
        log = self.logs / f"{name}.log"
        if log.exists():
            log.replace(self.logs / f"{name}.log.1")
        return log


def _new_secrets() -> dict[str, str]:
    return {
        "KANSSA_SECRET_KEY": secrets.token_hex(32),
        "KANSSA_VAULT_KEYS": f"1:{_random_key()}",
        "KANSSA_LOOKUP_KEY": _random_key(),
        "KANSSA_SERVICE_PASSWORD": secrets.token_urlsafe(24),
    }


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
