"""What every process of a rehearsal needs: a free port, and an end no later than its parent's."""

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
# Loaded here: a process between fork and exec may not load libraries.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class CannotStart(Exception):
    """Says in one line what is in the way, and what to do about it."""


def is_free(port: int) -> bool:
    """Whether a server could listen there, on 127.0.0.1."""
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Free now; somebody else may take it in the next moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def dying_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """For Popen's preexec_fn: the kernel sends `signum` when the thread that forks is gone.

    Linux only; elsewhere a parent that is killed leaves its children behind.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec
