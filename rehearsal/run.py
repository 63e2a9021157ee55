"""`make run`: everything a demo needs, started in order, watched, and stopped together.

Reads PORT (and the three ports after it), DATA, RESET=1, DATABASE_URL, and for developers DEV=1 and SQL=1,
from the environment.
"""

import importlib.util
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal import clock, postgres
from rehearsal.data_folder import OWNER_DATABASE_URL, DataFolder
from rehearsal.processes import CannotStart, is_free
from rehearsal.supervisor import ROOT, ProcessSpec, StopFlag, StopRequested, Supervisor

_RUNNING = "running"
_SECONDS_FOR_LEFTOVERS = 15.0
_HIGHEST_PORT = 65_535 - 3


@dataclass(frozen=True)
class Ports:
    """Four in a row, so that one number chooses them."""

    web: int

    @property
    def broker(self) -> int:
        return self.web + 1

    @property
    def mailbox(self) -> int:
        return self.web + 2

    @property
    def smtp(self) -> int:
        return self.web + 3

    def by_owner(self) -> dict[str, int]:
        return {"web": self.web, "broker": self.broker, "mailbox": self.mailbox, "SMTP": self.smtp}


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", name, *arguments)


def _exists(module: str) -> bool:
    with suppress(ModuleNotFoundError):
        return importlib.util.find_spec(module) is not None
    return False


def _check_ports(ports: Ports, *, progress_watch: float) -> None:
    # Wait at most `progress_watch` seconds for the children of a killed run to end.
    deadline = time.monotonic() + progress_watch
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
        "KANSSA_CLOCK": "rehearsal.clock.now",
        "KANSSA_BOUNCE_ADDRESS": "bounce@kanssa.example",
        "KANSSA_BOUNCE_MAILDIR": str(data.bounces),
        clock.VARIABLE: str(data.clock),
        # Another host name than the service's, so that the browser sees two sites, as in real life.
        "REHEARSAL_BROKER_URL": f"http://localhost:{ports.broker}",
        "REHEARSAL_MAILBOX_URL": f"http://127.0.0.1:{ports.mailbox}",
        **_for_developers(),
    }


def _for_developers() -> dict[str, str]:
    # Return the additions of `make dev`: debug pages, and with SQL=1 the web's statements in its log.
    if not _is_set("DEV"):
        return {}
    return {"KANSSA_DEBUG": "1", "KANSSA_LOG_SQL": "1" if _is_set("SQL") else "0"}


def _is_set(name: str) -> bool:
    return os.environ.get(name, "") not in {"", "0"}


def _as_service(owner: Mapping[str, str]) -> dict[str, str]:
    # Return the environment for serving: for the embedded database it has the service's role only.
    at = urlsplit(owner["DATABASE_URL"])
    user = f"kanssa_service:{owner['KANSSA_SERVICE_PASSWORD']}"
    return {**owner, "DATABASE_URL": at._replace(netloc=f"{user}@{at.hostname}:{at.port}").geturl()}


def _wanted(data: DataFolder, ports: Ports) -> list[ProcessSpec]:
    broker = ProcessSpec(
        "broker",
        _module("rehearsal.broker", "--port", str(ports.broker)),
        f"http://localhost:{ports.broker}/.well-known/openid-configuration",
    )
    mailbox = ProcessSpec(
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
    worker = ProcessSpec("worker", _module("kanssa.manage", "worker"))
    web = ProcessSpec(
        "web",
        _module(
            "granian",
            "--interface=rsgi",
            "--host=127.0.0.1",
            f"--port={ports.web}",
            *(("--reload", "--reload-paths=kanssa", "--workers=1") if _is_set("DEV") else ("--workers=2",)),
            "--http=1",
            "--backlog=4096",
            "--backpressure=2048",
            "--no-ws",
            "--no-access-log",
            "--workers-kill-timeout=5",
            "kanssa.server:application",
        ),
        f"http://127.0.0.1:{ports.web}/healthz",
    )
    return [*([broker] if _exists("rehearsal.broker") else []), mailbox, worker, web]


def _prepare(owner: Supervisor, supervisor: Supervisor, data: DataFolder, ports: Ports) -> str:
    # Prepare the demo; return its text about the people to choose.
    supervisor.run("translations", *_module("tools.translations", "compile"))
    _collect_static(supervisor, data)
    owner.run("migrate", *_module("kanssa.manage", "migrate", "--noinput"))
    if owner is not supervisor:
        owner.run("roles", *_module("kanssa.manage", "roles"))
    if _exists("rehearsal.broker"):
        supervisor.run(
            "broker-config",
            *_module("rehearsal.broker", "--write-config", str(data.identification)),
            f"--port={ports.broker}",
            f"--base-url=http://127.0.0.1:{ports.web}",
        )
    return supervisor.run("demo", *_module("rehearsal.demo")) if _exists("rehearsal.demo") else ""


def _collect_static(supervisor: Supervisor, data: DataFolder) -> None:
    stamp = data.path / "static.made-from"
    files = sorted(path for path in (ROOT / "kanssa").glob("**/static/**/*") if path.is_file())
    made_from = "".join(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}\n" for path in files)
    # Collecting takes seconds, so skip it while no file has changed.
    if stamp.exists() and data.static.exists() and stamp.read_text() == made_from:
        return
    stamp.unlink(missing_ok=True)
    data.static.mkdir(exist_ok=True)
    supervisor.run("static", *_module("kanssa.manage", "collectstatic", "--noinput", "--clear"))
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
        _check_ports(ports, progress_watch=_SECONDS_FOR_LEFTOVERS if unclean.exists() else 0)
        if reset:
            data.empty()
        print("Starting: the first time takes a little longer.", flush=True)
        # A killed run leaves this mark; the next one then waits for its children to end.
        unclean.touch()
        closing.callback(unclean.unlink, missing_ok=True)
        database = None
        if not os.environ.get("DATABASE_URL"):
            database = closing.enter_context(postgres.start(data.path / "postgres"))
        environment = _environment(data, ports, database)
        as_service = _as_service(environment) if database else environment
        data.keep_environment({**as_service, OWNER_DATABASE_URL: environment["DATABASE_URL"]})
        owner = Supervisor(data, {**os.environ, **environment}, stop)
        supervisor = Supervisor(data, {**os.environ, **as_service}, stop) if database else owner
        # Registered before anything starts, so that every failure ends the children.
        for each in (owner, supervisor):
            closing.callback(each.end)
        people = _prepare(owner, supervisor, data, ports)
        wanted = _wanted(data, ports)
        for process_spec in wanted:
            supervisor.add(process_spec)
        for process_spec in wanted:
            supervisor.wait_until_answering(process_spec)
        print(_welcome(ports, people), flush=True)
        supervisor.watch(database)


def _options() -> tuple[Ports, DataFolder, bool]:
    """Read the options in the environment. Raises CannotStart."""
    port = os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 0 < int(port) <= _HIGHEST_PORT:
        raise CannotStart(f"PORT={port} is not a port: choose a number from 1 to {_HIGHEST_PORT}.")
    reset = _is_set("RESET")
    # Never empty a database that the demo did not create.
    if reset and os.environ.get("DATABASE_URL"):
        raise CannotStart(
            "RESET=1 empties the demo's own database only: empty the one in DATABASE_URL yourself."
        )
    return Ports(int(port)), DataFolder(Path(os.environ.get("DATA") or ROOT / ".data")), reset


def main() -> int:
    # A flag, not an exception: nothing interrupts between starting a process and recording it.
    stop = StopFlag()
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, lambda _signum, _frame: stop.set())
    try:
        ports, data, reset = _options()
        _run(ports, data, stop, reset=reset)
    except StopRequested:
        print("\nStopped.")
        return 0
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
