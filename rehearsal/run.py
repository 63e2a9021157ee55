"""`make run`: everything a demo needs, started in order, watched, and stopped together.

Listens to PORT (and the three ports after it), DATA, RESET=1 and DATABASE_URL in the environment.
"""

import base64
import fcntl
import importlib.util
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO

from rehearsal import postgres
from rehearsal.processes import CannotStart, dying_with_parent, is_free

ROOT = Path(__file__).resolve().parent.parent
_MARKER = "made-by-kanssa-rehearsal"
_RUNNING = "running"
_SECONDS_TO_ANSWER = 60.0
_SECONDS_TO_STOP = 10.0
_SECONDS_FOR_LEFTOVERS = 15.0
_TAIL = 20
_HIGHEST_PORT = 65_535 - 3


class _Stopped(Exception):
    """Somebody pressed Ctrl-C, or asked the process to end."""


@dataclass(frozen=True)
class Ports:
    """Four in a row, so that one number chooses them."""

    web: int

    @property
    def broker(self) -> int:
        """Where people identify."""
        return self.web + 1

    @property
    def mailbox(self) -> int:
        """Where people read their mail."""
        return self.web + 2

    @property
    def smtp(self) -> int:
        """Where the service sends its mail."""
        return self.web + 3

    def by_owner(self) -> dict[str, int]:
        """With the names that a person is told."""
        return {"web": self.web, "broker": self.broker, "mailbox": self.mailbox, "SMTP": self.smtp}


@dataclass(frozen=True)
class Child:
    """A process that runs as long as the demo; `health` is an address that answers when it is up."""

    name: str
    command: Sequence[str]
    health: str | None = None


# The folder


class DataFolder:
    """What the demo keeps between runs. Never takes over, nor empties, a folder that somebody else made."""

    def __init__(self, path: Path) -> None:
        """Name the folder; `open` makes it."""
        self.path = path.absolute()
        self.logs = self.path / "logs"
        self.identification = self.path / "identification.toml"
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
    }


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


# The processes


class StopFlag:
    """Set by a signal, waited for by the main thread.

    No threading.Event: its `set` in a signal handler waits for the lock that the interrupted
    `wait` holds, now and then, and then for ever.
    """

    def __init__(self) -> None:
        """Not set."""
        self._read, self._write = os.pipe()

    def set(self) -> None:
        """Set it; for good."""
        os.write(self._write, b"!")

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; gives whether it is set."""
        readable, _, _ = select.select([self._read], [], [], seconds)
        return bool(readable)


class Household:
    """The processes of the demo: when one ends unasked, or somebody says stop, all end."""

    def __init__(self, data: DataFolder, environment: Mapping[str, str], stop: StopFlag) -> None:
        """Run nothing yet; `stop` is watched in every wait."""
        self._data = data
        self._environment = environment
        self._stop = stop
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, name: str, *command: str) -> str:
        """Wait for a command that ends by itself; gives what it printed. Raises CannotStart, _Stopped."""
        process = self._spawn(name, command)
        while process.poll() is None:
            self._pause(0.05)
        if process.returncode != 0:
            raise CannotStart(self._obituary(name))
        del self._children[name]
        return self._log(name).read_text(errors="replace")

    def add(self, child: Child) -> None:
        """Start it; `wait_until_answering` waits."""
        self._spawn(child.name, child.command)

    def wait_until_answering(self, child: Child) -> None:
        """Raises CannotStart, _Stopped."""
        deadline = time.monotonic() + _SECONDS_TO_ANSWER
        while child.health and not _answers(child.health):
            self.check()
            self._pause(0.1)
            if time.monotonic() > deadline:
                raise CannotStart(f"The {child.name} does not answer; {self._end_of_log(child.name)}")

    def watch(self, database: postgres.Server | None) -> None:
        """Raises CannotStart when the database or a child ends, _Stopped when asked to."""
        while database is None or not database.has_ended:
            self.check()
            self._pause(0.5)
        raise CannotStart("PostgreSQL ended; the next start repairs its data.")

    def check(self) -> None:
        """Raise CannotStart when a child has ended."""
        for name, process in self._children.items():
            if process.poll() is not None:
                raise CannotStart(self._obituary(name))

    def end(self) -> None:
        """Leaves no process: asked first, killed at the deadline, and what a child left behind with it."""
        for process in self._children.values():
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _SECONDS_TO_STOP
        for process in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for process in self._children.values():
            # Each child leads a group of its own.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._children.clear()

    def _spawn(self, name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._data.new_log(name).open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal comes to the supervisor alone, which stops the children in order.
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
            )
        self._children[name] = process
        return process

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _Stopped

    def _log(self, name: str) -> Path:
        return self._data.logs / f"{name}.log"

    def _obituary(self, name: str) -> str:
        code = self._children[name].returncode
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"The {name} ended ({how}); {self._end_of_log(name)}"

    def _end_of_log(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-_TAIL:]
        return "\n  ".join([f"its log, {self._log(name)}, ends:", *(lines or ["(empty)"])])


def _answers(url: str) -> bool:
    # Past any proxy of the shell's: these are this machine's own addresses.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False


# The run


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def _exists(module: str) -> bool:
    with suppress(ModuleNotFoundError):
        return importlib.util.find_spec(module) is not None
    return False


def _check_ports(ports: Ports, *, patience: float) -> None:
    """Waits `patience` seconds for the children of a killed run, which are still ending."""
    deadline = time.monotonic() + patience
    for owner, port in ports.by_owner().items():
        while not is_free(port):
            if time.monotonic() >= deadline:
                raise CannotStart(
                    f"Port {port} ({owner}) is taken: stop what listens there, "
                    f"or choose other ports, for example `make run PORT={ports.web + 1000}`."
                )
            time.sleep(0.1)


def _environment(data: DataFolder, ports: Ports, database: postgres.Server | None) -> dict[str, str]:
    return {
        **os.environ,
        **data.secrets(),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "KANSSA_MODE": "rehearsal",
        "DATABASE_URL": database.url if database else os.environ["DATABASE_URL"],
        "KANSSA_BASE_URL": f"http://127.0.0.1:{ports.web}",
        "KANSSA_EMAIL_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "KANSSA_IDENTIFICATION_FILE": str(data.identification),
        "KANSSA_STATIC_ROOT": str(data.static),
        "KANSSA_TEST_HETU": "1",
        # By another name than the service, so that the browser takes it for another site, as in real life.
        "REHEARSAL_BROKER_URL": f"http://localhost:{ports.broker}",
        "REHEARSAL_MAILBOX_URL": f"http://127.0.0.1:{ports.mailbox}",
    }


def _children(data: DataFolder, ports: Ports) -> list[Child]:
    broker = Child(
        "broker",
        _module("rehearsal.broker", "--port", str(ports.broker)),
        f"http://localhost:{ports.broker}/.well-known/openid-configuration",
    )
    mailbox = Child(
        "mailbox",
        _module(
            "rehearsal.mailbox",
            f"--smtp-port={ports.smtp}",
            f"--http-port={ports.mailbox}",
            f"--folder={data.path / 'mails'}",
        ),
        f"http://127.0.0.1:{ports.mailbox}/health",
    )
    worker = Child("worker", _module("kanssa.manage", "worker"))
    web = Child(
        "web",
        _module(
            "granian",
            "--interface=wsgi",
            "--host=127.0.0.1",
            f"--port={ports.web}",
            "--workers=2",
            "--blocking-threads=4",
            "--no-ws",
            "--no-access-log",
            "--workers-kill-timeout=5",
            "kanssa.wsgi:application",
        ),
        f"http://127.0.0.1:{ports.web}/",
    )
    return [*([broker] if _exists("rehearsal.broker") else []), mailbox, worker, web]


def _prepare(household: Household, data: DataFolder, ports: Ports) -> str:
    """Gives what the demo has to say: whom to be."""
    household.run("translations", *_module("tools.translations", "compile"))
    _collect_static(household, data)
    household.run("migrate", *_module("kanssa.manage", "migrate", "--noinput"))
    if _exists("rehearsal.broker"):
        household.run(
            "broker-config",
            *_module("rehearsal.broker", "--write-config", str(data.identification)),
            f"--port={ports.broker}",
            f"--base-url=http://127.0.0.1:{ports.web}",
        )
    return household.run("demo", *_module("rehearsal.demo")) if _exists("rehearsal.demo") else ""


def _collect_static(household: Household, data: DataFolder) -> None:
    stamp = data.path / "static.made-from"
    files = sorted(path for path in (ROOT / "kanssa").glob("**/static/**/*") if path.is_file())
    made_from = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in files)
    if stamp.exists() and data.static.exists() and stamp.read_text() == made_from:
        return
    stamp.unlink(missing_ok=True)
    data.static.mkdir(exist_ok=True)
    household.run("static", *_module("kanssa.manage", "collectstatic", "--noinput", "--clear"))
    stamp.write_text(made_from)


def _welcome(ports: Ports, people: str) -> str:
    return "\n".join(
        [
            "",
            f"  The service  http://127.0.0.1:{ports.web}",
            f"  The broker   http://localhost:{ports.broker}",
            f"  The mailbox  http://127.0.0.1:{ports.mailbox}",
            "",
            *([people.rstrip(), ""] if people else []),
            "Ctrl-C stops everything; what you did is kept.",
        ]
    )


def _run(ports: Ports, data: DataFolder, stop: StopFlag, *, reset: bool) -> None:
    with ExitStack() as closing:
        closing.enter_context(data.open())
        unclean = data.path / _RUNNING
        _check_ports(ports, patience=_SECONDS_FOR_LEFTOVERS if unclean.exists() else 0)
        if reset:
            data.empty()
        print("Starting: the first time takes a little longer.", flush=True)
        unclean.touch()
        closing.callback(unclean.unlink, missing_ok=True)
        database = None
        if not os.environ.get("DATABASE_URL"):
            database = closing.enter_context(postgres.start(data.path / "postgres"))
        household = Household(data, _environment(data, ports, database), stop)
        closing.callback(household.end)
        people = _prepare(household, data, ports)
        children = _children(data, ports)
        for child in children:
            household.add(child)
        for child in children:
            household.wait_until_answering(child)
        print(_welcome(ports, people), flush=True)
        household.watch(database)


def _asked() -> tuple[Ports, DataFolder, bool]:
    """What the environment asks for. Raises CannotStart."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise CannotStart(f"PORT={port} is not a port: choose a number from 1 to {_HIGHEST_PORT}.")
    reset = os.environ.get("RESET", "") not in {"", "0"}
    if reset and os.environ.get("DATABASE_URL"):
        raise CannotStart(
            "RESET=1 empties the demo's own database only: empty the one in DATABASE_URL yourself."
        )
    return Ports(int(port)), DataFolder(Path(os.environ.get("DATA") or ROOT / ".data")), reset


def main() -> int:
    """Run the demo until somebody stops it, or something in it ends."""
    # A flag rather than an exception: nothing is interrupted between starting a process and noting it.
    stop = StopFlag()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    try:
        ports, data, reset = _asked()
        _run(ports, data, stop, reset=reset)
    except _Stopped:
        print("\nStopped.")
        return 0
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
