"""The demo that is measured: its second start, its processes and its mailbox."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from rehearsal.data_folder import DataFolder
from rehearsal.processes import dying_with_parent, free_port
from rehearsal.supervisor import HealthState, ask
from tests.e2e.stack import Stack, running_stack, until

ROOT = Path(__file__).resolve().parent.parent
_EMPTY = ("granian", "--interface=wsgi", "--workers=2", "--blocking-threads=4", "--http=1")
# Long enough for the sweep of each minute, which takes what a lost wake-up leaves behind.
_SECONDS_FOR_MAILS, _SECONDS_TO_SETTLE = 75.0, 0.3


# CPU milliseconds of one, by name of a process or of an operation.
CpuMs = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo and, on an address of its own, a server that does nothing.

    `roots` are the first processes of web, worker, PostgreSQL and that server; `start` is how long the
    second start took until the front page answered, and the CPU seconds of that.
    """

    stack: Stack
    empty: str
    environment: Mapping[str, str]
    roots: Mapping[str, psutil.Process]
    start: tuple[float, float]

    def cpu_ms(self) -> CpuMs:
        return {name: cpu_ms(self.roots[name]) for name in ("web", "worker", "postgres")}

    def web_memory_mb(self) -> float:
        """Resident megabytes of the largest web process."""
        resident = [each.memory_info().rss for each in self.roots["web"].children(recursive=True)]
        return float(max(resident)) / 1024**2

    def mails(self) -> int:
        # In the folder: asking the database would be counted.
        return sum(1 for _ in (self.stack.data / "mails").glob("*.eml"))

    def wait_for_mails(self, wanted: int) -> None:
        """Wait until so many have come and the worker has noted it. Raises TimeoutError."""
        if not until(lambda: self.mails() >= wanted, _SECONDS_FOR_MAILS):
            raise TimeoutError(f"{self.mails()} of {wanted} mails have come")
        time.sleep(_SECONDS_TO_SETTLE)


@contextmanager
def running() -> Iterator[Demo]:
    with ExitStack() as closing:
        # On the disk of the checkout: where temporary folders lie in memory, commits cost too little.
        folder = Path(tempfile.mkdtemp(prefix=".data-bench-", dir=ROOT))
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        with running_stack(folder / "demo"):
            pass
        began = time.monotonic()
        stack = closing.enter_context(running_stack(folder / "demo"))
        until(lambda: ask(f"{stack.service}/fi/") is HealthState.GOOD, 30)
        start = time.monotonic() - began, cpu_ms(psutil.Process(stack.process.pid)) / 1000
        address = f"127.0.0.1:{(port := free_port())}"
        empty = closing.enter_context(_empty_server(port))
        until(lambda: ask(f"http://{address}/") is HealthState.GOOD, 30)
        roots = {
            "web": stack.child("kanssa.server:application"),
            "worker": stack.child("kanssa.manage", "worker"),
            "postgres": stack.child("-D"),
            "empty": empty,
        }
        yield Demo(stack, address, DataFolder(folder / "demo").environment(), roots, start)


def cpu_ms(root: psutil.Process) -> float:
    """CPU milliseconds, user and system, of a process and all its descendants, also of those that ended."""
    family = [root, *root.children(recursive=True)]
    return sum(sum(each.cpu_times()[:4]) for each in family) * 1000


@contextmanager
def _empty_server(port: int) -> Iterator[psutil.Process]:
    command = [sys.executable, "-m", *_EMPTY, f"--port={port}", "bench.empty_app:application"]
    dying = dying_with_parent(signal.SIGTERM)
    # The function before exec calls the kernel only.
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=dying) as process:  # noqa: PLW1509
        try:
            yield psutil.Process(process.pid)
        finally:
            process.terminate()
