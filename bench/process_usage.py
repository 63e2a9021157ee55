"""What processes have used, from /proc."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class _Process:
    pid: int
    parent: int
    cpu_ms: float
    """User and system, of itself and of the children it has waited for."""


def cpu_ms(root: int) -> float:
    """CPU milliseconds, user and system, of a process and all its descendants, ended ones too."""
    return sum(process.cpu_ms for process in _tree(root))


def memory_mb(root: int) -> float:
    """Resident megabytes of the largest process below `root`: for a web server, of one worker."""
    return max(_resident_kb(process.pid) for process in _tree(root)) / 1024


def cores_and_memory() -> tuple[int, int]:
    """Cores of this machine, and gigabytes."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return len(os.sched_getaffinity(0)), round(total / 1024**3)


def _tree(root: int) -> list[_Process]:
    found = {process.pid: process for process in _processes()}
    return [process for process in found.values() if _descends(process, root, found)]


def _descends(process: _Process, root: int, found: dict[int, _Process]) -> bool:
    transport: _Process | None = process
    while transport is not None:
        if transport.pid == root:
            return True
        transport = found.get(transport.parent)
    return False


def _processes() -> Iterator[_Process]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            yield from _read(int(folder.name))


def _read(pid: int) -> Iterator[_Process]:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return
    # The name in parentheses may hold anything, spaces and parentheses too.
    fields = stat.rpartition(")")[2].split()
    yield _Process(pid, int(fields[1]), sum(map(int, fields[11:15])) * _TICK_MS)


def _resident_kb(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(
        (int(transport.split()[1]) for transport in status.splitlines() if transport.startswith("VmRSS:")), 0
    )
