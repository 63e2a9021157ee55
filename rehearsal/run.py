"""`make run`: everything a demo needs, started in order, watched, and stopped together.

Listens to PORT (and the three ports after it), DATA, RESET=1 and DATABASE_URL in the environment.
"""

import importlib.util
import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from rehearsal import clock, postgres
from rehearsal.children import ROOT, Child, Children, StopFlag, Stopped
from rehearsal.folder import DataFolder
from rehearsal.processes import CannotStart, is_free

_RUNNING = "running"
_WEB_THREADS = 4
_SECONDS_FOR_LEFTOVERS = 15.0
_HIGHEST_PORT = 65_535 - 3


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
        "KANSSA_WEB_THREADS": str(_WEB_THREADS),
        "KANSSA_CLOCK": "rehearsal.clock.now",
        "KANSSA_BOUNCE_ADDRESS": "bounce@kanssa.example",
        "KANSSA_BOUNCE_MAILDIR": str(data.bounces),
        clock.VARIABLE: str(data.clock),
        # By another name than the service, so that the browser takes it for another site, as in real life.
        "REHEARSAL_BROKER_URL": f"http://localhost:{ports.broker}",
        "REHEARSAL_MAILBOX_URL": f"http://127.0.0.1:{ports.mailbox}",
    }


def _wanted(data: DataFolder, ports: Ports) -> list[Child]:
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
            f"--bounces={data.bounces}",
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
            f"--blocking-threads={_WEB_THREADS}",
            "--no-ws",
            "--no-access-log",
            "--workers-kill-timeout=5",
            "kanssa.wsgi:application",
        ),
        f"http://127.0.0.1:{ports.web}/",
    )
    return [*([broker] if _exists("rehearsal.broker") else []), mailbox, worker, web]


def _prepare(children: Children, data: DataFolder, ports: Ports) -> str:
    """Gives what the demo has to say: whom to be."""
    children.run("translations", *_module("tools.translations", "compile"))
    _collect_static(children, data)
    children.run("migrate", *_module("kanssa.manage", "migrate", "--noinput"))
    if _exists("rehearsal.broker"):
        children.run(
            "broker-config",
            *_module("rehearsal.broker", "--write-config", str(data.identification)),
            f"--port={ports.broker}",
            f"--base-url=http://127.0.0.1:{ports.web}",
        )
    return children.run("demo", *_module("rehearsal.demo")) if _exists("rehearsal.demo") else ""


def _collect_static(children: Children, data: DataFolder) -> None:
    stamp = data.path / "static.made-from"
    files = sorted(path for path in (ROOT / "kanssa").glob("**/static/**/*") if path.is_file())
    made_from = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in files)
    if stamp.exists() and data.static.exists() and stamp.read_text() == made_from:
        return
    stamp.unlink(missing_ok=True)
    data.static.mkdir(exist_ok=True)
    children.run("static", *_module("kanssa.manage", "collectstatic", "--noinput", "--clear"))
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
        children = Children(data, _environment(data, ports, database), stop)
        closing.callback(children.end)
        people = _prepare(children, data, ports)
        wanted = _wanted(data, ports)
        for child in wanted:
            children.add(child)
        for child in wanted:
            children.wait_until_answering(child)
        print(_welcome(ports, people), flush=True)
        children.watch(database)


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
    except Stopped:
        print("\nStopped.")
        return 0
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
