"""Free ports, and processes that end with their parent."""

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
    """Says in one line why the start is impossible, and the cure."""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Like servers, treat a port in TIME_WAIT as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    # Another program may take the port at any moment.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def dying_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """For Popen's preexec_fn: the kernel sends `signum` when the forking thread has ended.

    Linux only; elsewhere a killed parent leaves its children running.
    """
    parent = os.getpid()

    def before_exec() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(signum), 0, 0, 0)
        # The parent may have ended before the request above.
        if os.getppid() != parent:
            os._exit(1)

    return before_exec
