"""The service as production runs it, with a broker and a mailbox, for as long as a measuring takes."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rehearsal import postgres
from rehearsal.processes import CannotStart, dying_with_parent, free_port
from rehearsal.progress_watch import ProgressWatch, progress_of
from rehearsal.supervisor import HealthState, ask

ROOT = Path(__file__).resolve().parent.parent
_SECONDS_TO_STOP = 10.0
_GRANIAN = (
    *("granian", "--host=127.0.0.1", "--workers=2", "--http=1", "--backlog=4096", "--backpressure=2048"),
    *("--no-ws", "--no-access-log", "--workers-kill-timeout=5"),
)
"""As `rehearsal.run` and deploy/ have it."""


@dataclass(frozen=True, slots=True)
class ServiceAddresses:
    """A folder of this run's own, and a port for each server."""

    folder: Path
    web: int
    broker: int
    mailbox: int
    smtp: int
    empty: int

    @property
    def service(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.web}"

    @property
    def identification(self) -> Path:
        """The file that tells the service of its brokers."""
        return self.folder / "identification.toml"

    @property
    def mails(self) -> Path:
        """Where the mailbox keeps each mail, a file each."""
        return self.folder / "mails"

    def letters(self) -> int:
        """How many mails have come."""
        return sum(1 for _ in self.mails.glob("*.eml"))


@dataclass(frozen=True, slots=True)
class BenchService:
    """Everything that runs; the roots of its processes by name."""

    place: ServiceAddresses
    environment: Mapping[str, str]
    roots: Mapping[str, int]


@contextmanager
def running(*, with_web: bool = True) -> Iterator[BenchService]:
    """Start everything, give it, stop everything. Raises CannotStart.

    On the disk of the checkout: where temporary folders lie in memory, commits cost too little.
    """
    with ExitStack() as closing:
        folder = Path(tempfile.mkdtemp(prefix=".data-bench-", dir=ROOT))
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        place = ServiceAddresses(folder, *(free_port() for _ in range(5)))
        database = closing.enter_context(postgres.start(folder / "postgres"))
        environment = _environment(place, database.url)
        _prepare(place, environment)
        processes: dict[str, subprocess.Popen[bytes]] = {}
        for name, command in _servers(place, with_web=with_web).items():
            process = _started(name, command, place, environment)
            closing.callback(_stop, process)
            processes[name] = process
        _wait_for_all(place, processes)
        roots = {"postgres": database.pid, **{name: process.pid for name, process in processes.items()}}
        try:
            yield BenchService(place, environment, roots)
        except Exception:
            # Their folder is about to go.
            print(_logs(place), file=sys.stderr)
            raise


def _environment(place: ServiceAddresses, database_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "kanssa.settings",
        "KANSSA_MODE": "rehearsal",
        "KANSSA_SECRET_KEY": secrets.token_hex(32),
        "KANSSA_VAULT_KEYS": f"1:{_random_key()}",
        "KANSSA_LOOKUP_KEY": _random_key(),
        "KANSSA_BASE_URL": place.service,
        "KANSSA_EMAIL_URL": f"smtp://127.0.0.1:{place.smtp}",
        "KANSSA_IDENTIFICATION_FILE": str(place.identification),
        "KANSSA_STATIC_ROOT": str(place.folder / "static"),
        "KANSSA_TEST_HETU": "1",
        "DATABASE_URL": database_url,
    }


def _random_key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _prepare(place: ServiceAddresses, environment: Mapping[str, str]) -> None:
    _run(place, environment, "kanssa.manage", "collectstatic", "--noinput")
    _run(place, environment, "kanssa.manage", "migrate", "--noinput")
    clients = f"--write-config={place.identification}", f"--port={place.broker}"
    _run(place, environment, "rehearsal.broker", *clients, f"--base-url={place.service}")


def _servers(place: ServiceAddresses, *, with_web: bool) -> dict[str, tuple[str, ...]]:
    mailbox = f"--smtp-port={place.smtp}", f"--http-port={place.mailbox}", f"--folder={place.mails}"
    servers: dict[str, tuple[str, ...]] = {
        "broker": ("rehearsal.broker", f"--port={place.broker}"),
        "mailbox": ("rehearsal.mailbox", *mailbox),
    }
    if with_web:
        servers["worker"] = ("kanssa.manage", "worker")
        servers["empty"] = (
            *_GRANIAN,
            "--interface=wsgi",
            "--blocking-threads=4",
            f"--port={place.empty}",
            "bench.empty_app:application",
        )
        servers["web"] = (*_GRANIAN, "--interface=rsgi", f"--port={place.web}", "kanssa.server:application")
    return servers


def _wait_for_all(place: ServiceAddresses, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    addresses = {
        "broker": f"http://localhost:{place.broker}/jwks",
        "mailbox": f"http://127.0.0.1:{place.mailbox}/health",
        "empty": f"http://127.0.0.1:{place.empty}/",
        "web": f"{place.service}/healthz",
    }
    for name, process in processes.items():
        _wait_for(name, addresses[name], place, process)


# Processes


def _run(place: ServiceAddresses, environment: Mapping[str, str], module: str, *arguments: str) -> None:
    log = place.folder / f"{module}-{arguments[0].strip('-').partition('=')[0]}.log"
    with log.open("wb") as output:
        ended = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode != 0:
        raise CannotStart(f"{module} {arguments[0]} failed:\n{log.read_text(errors='replace')}")


def _started(
    name: str, command: tuple[str, ...], place: ServiceAddresses, environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    with (place.folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A group of its own: what it leaves behind can be ended with it.
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_SECONDS_TO_STOP)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _wait_for(name: str, url: str, place: ServiceAddresses, process: subprocess.Popen[bytes]) -> None:
    log = place.folder / f"{name}.log"
    progress_watch = ProgressWatch(f"the {name} to answer", effort=lambda: progress_of(process.pid, log))
    while (answer := ask(url)) is not HealthState.GOOD:
        if progress_watch.is_over(failing=answer is HealthState.ERROR) or process.poll() is not None:
            raise CannotStart(f"{url} does not answer:\n{_logs(place)}")
        time.sleep(0.1)


def _logs(place: ServiceAddresses) -> str:
    return "\n".join(
        f"{log.name}: {log.read_text(errors='replace')[-2000:]}" for log in sorted(place.folder.glob("*.log"))
    )
