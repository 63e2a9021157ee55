"""The processes of the demo: started in order, watched, and stopped together."""

import os
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from pathlib import Path

from rehearsal import postgres
from rehearsal.data_folder import DataFolder
from rehearsal.processes import CannotStart, dying_with_parent
from rehearsal.progress_watch import ProgressWatch, progress_of

ROOT = Path(__file__).resolve().parent.parent
_SECONDS_TO_STOP = 10.0
_TAIL = 20


class StopRequested(Exception):
    """The user pressed Ctrl-C, or a signal asked the process to end."""


@dataclass(frozen=True)
class ProcessSpec:
    """A process that runs as long as the demo; `health` is an address that answers when it is up."""

    name: str
    command: Sequence[str]
    health: str | None = None


class HealthState(Enum):
    """The answer of a health address."""

    NONE = "none"
    ERROR = "error"
    GOOD = "good"


class StopFlag:
    """Set by a signal handler, waited for by the main thread.

    Not a threading.Event: its `set` in a signal handler can wait for the lock that the interrupted
    `wait` holds, and then deadlock.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()

    def set(self) -> None:
        os.write(self._write, b"!")

    def wait(self, seconds: float) -> bool:
        readable, _, _ = select.select([self._read], [], [], seconds)
        return bool(readable)


class Supervisor:
    """The processes of the demo: if one ends by itself, or a stop is requested, all end."""

    def __init__(self, data: DataFolder, environment: Mapping[str, str], stop: StopFlag) -> None:
        self._data = data
        self._environment = environment
        self._stop = stop
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def run(self, name: str, *command: str) -> str:
        """Run a command to its end and return its output. Raises CannotStart, StopRequested."""
        process = self._spawn(name, command)
        progress_watch = self._progress_watch(name, f"{name} to finish")
        while process.poll() is None:
            self._pause(0.05)
            if progress_watch.is_over():
                raise CannotStart(f"The {name} makes no progress; {self._log_tail(name)}")
        if process.returncode != 0:
            raise CannotStart(self._exit_report(name))
        del self._children[name]
        return self._log(name).read_text(errors="replace")

    def add(self, process_spec: ProcessSpec) -> None:
        self._spawn(process_spec.name, process_spec.command)

    def wait_until_answering(self, process_spec: ProcessSpec) -> None:
        """Raises CannotStart, StopRequested."""
        progress_watch = self._progress_watch(process_spec.name, f"the {process_spec.name} to answer")
        while process_spec.health and (answer := ask(process_spec.health)) is not HealthState.GOOD:
            self.check()
            self._pause(0.1)
            if progress_watch.is_over(failing=answer is HealthState.ERROR):
                raise CannotStart(
                    f"The {process_spec.name} does not answer; {self._log_tail(process_spec.name)}"
                )

    def watch(self, database: postgres.Server | None) -> None:
        """Raises CannotStart when the database or a child ends, StopRequested when asked to stop."""
        # A database given by DATABASE_URL is not ours to watch.
        while database is None or not database.has_ended:
            self.check()
            self._pause(0.5)
        raise CannotStart("PostgreSQL ended; the next start repairs its data.")

    def check(self) -> None:
        """Raises CannotStart if a child has ended."""
        for name, process in self._children.items():
            if process.poll() is not None:
                raise CannotStart(self._exit_report(name))

    def end(self) -> None:
        """Leave no process: terminate, kill after the deadline, and kill the children's own children."""
        for process in self._children.values():
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + _SECONDS_TO_STOP
        for process in self._children.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
        for process in self._children.values():
            # Each child leads its own process group.
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
                # Ctrl-C in the terminal reaches only the supervisor, which stops the children in order.
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
            )
        self._children[name] = process
        return process

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise StopRequested

    def _progress_watch(self, name: str, awaited: str) -> ProgressWatch:
        pid, log = self._children[name].pid, self._log(name)
        return ProgressWatch(awaited, effort=lambda: progress_of(pid, log))

    def _log(self, name: str) -> Path:
        return self._data.logs / f"{name}.log"

    def _exit_report(self, name: str) -> str:
        code = self._children[name].returncode
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"The {name} ended ({how}); {self._log_tail(name)}"

    def _log_tail(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-_TAIL:]
        return "\n  ".join([f"its log, {self._log(name)}, ends:", *(lines or ["(empty)"])])


def ask(url: str) -> HealthState:
    # Bypass any proxy of the shell: these are this machine's own addresses.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return HealthState.GOOD
    except urllib.error.HTTPError as error:
        return HealthState.GOOD if error.code < HTTPStatus.INTERNAL_SERVER_ERROR else HealthState.ERROR
    except OSError:
        return HealthState.NONE
