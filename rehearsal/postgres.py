"""PostgreSQL from a wheel: no system package, no system user, and nothing outside its folder.

    python -m rehearsal.postgres [--for-tests] [--set NAME=VALUE]… FOLDER -- COMMAND…

runs COMMAND with DATABASE_URL set, stops the server and returns the exit code of COMMAND.
"""

import argparse
import fcntl
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

import psycopg
from psycopg import sql

from rehearsal.processes import CannotStart, dying_with_parent, free_port, is_free
from rehearsal.progress_watch import ProgressWatch, progress_of
from rehearsal.unprivileged import Runner, runner

NAME = "kanssa"
FOR_TESTS: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_ALWAYS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    # A socket's path may have 107 bytes; a checkout's may be longer.
    "unix_socket_directories": "",
    # Tests that confirm in parallel open many connections.
    "max_connections": "300",
}
_ATTEMPTS = 5


class Server:
    """A running PostgreSQL, reserved for one program by a lock on its folder."""

    def __init__(
        self, url: str, process: subprocess.Popen[bytes], lock: IO[str], close_runner: Callable[[], None]
    ) -> None:
        self.url = url
        self._process = process
        self._lock = lock
        self._close_runner = close_runner

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        _stop(self._process)
        self._close_runner()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(data: Path, *, settings: Mapping[str, str] | None = None) -> Server:
    """Start a server. Raises CannotStart.

    The folder `data` is created if missing and holds everything: cluster, password, port and log. The
    calling thread must outlive the server, which ends with it.
    """
    data = data.absolute()
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _lock(data)
    try:
        stop_left_over(data)
        return _start_as_allowed(data, {**_ALWAYS, **(settings or {})}, lock)
    except BaseException:
        lock.close()
        raise


def _start_as_allowed(data: Path, settings: Mapping[str, str], lock: IO[str]) -> Server:
    run_as = runner(data)
    try:
        _make_cluster(data, run_as, durable=settings.get("fsync") != "off")
        run_as.adopt(data / "cluster")
        url, process = _start(data, run_as, settings)
    except BaseException:
        run_as.close()
        raise
    return Server(url, process, lock, run_as.close)


def stop_left_over(data: Path) -> None:
    cluster = data.absolute() / "cluster"
    pid = _recorded_pid(cluster)
    if pid is None:
        return
    if not _serves(pid, cluster):
        _forget(cluster, pid)
        return
    for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, signum)
        if _is_gone_within(20, pid, cluster):
            return
    raise CannotStart(f"A PostgreSQL left on {data} does not stop: kill process {pid}.")


def _lock(data: Path) -> IO[str]:
    lock = (data / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise CannotStart(f"Another running program uses the database in {data}: stop it first.") from None
    return lock


# The cluster


def _make_cluster(data: Path, run_as: Runner, *, durable: bool) -> None:
    cluster, unfinished = data / "cluster", data / "cluster.unfinished"
    if cluster.exists():
        return
    shutil.rmtree(unfinished, ignore_errors=True)
    _write_private(data / "password", secrets.token_urlsafe(24))
    made = subprocess.run(
        run_as.command(
            "initdb",
            f"--pgdata={unfinished}",
            f"--username={NAME}",
            f"--pwfile={data / 'password'}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # The builtin locale is the same on every machine, whatever is installed there.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_environment(),
        check=False,
    )
    if made.returncode != 0:
        raise CannotStart(f"PostgreSQL cannot make its folder in {data}: {_last_line(made.stdout)}")
    unfinished.rename(cluster)


def _start(data: Path, run_as: Runner, settings: Mapping[str, str]) -> tuple[str, subprocess.Popen[bytes]]:
    for _ in range(_ATTEMPTS):
        port = _port(data)
        process = _spawn(data, run_as, port, settings)
        try:
            url = _wait_until_ready(data, port, process)
        except BaseException:
            _stop(process)
            raise
        if url:
            return url, process
        if "in use" not in _log(data).read_text(errors="replace"):
            break
        # Another program took the port meanwhile, or a killed server's last process still holds its
        # memory.
        (data / "port").unlink(missing_ok=True)
        time.sleep(0.3)
    why = _last_line(_log(data).read_text(errors="replace"))
    raise CannotStart(f"PostgreSQL does not start: {why} (all of it: {_log(data)})")


def _spawn(data: Path, run_as: Runner, port: int, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    options = [f"-c{name}={value}" for name, value in settings.items()]
    with _log(data).open("wb") as log:
        return subprocess.Popen(
            run_as.command("postgres", "-D", str(data / "cluster"), "-p", str(port), *options),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=_environment(),
            # Ctrl-C must not reach the server while the program still uses it.
            start_new_session=True,
            preexec_fn=dying_with_parent(signal.SIGINT),  # noqa: PLW1509 - calls the kernel only
        )


def _wait_until_ready(data: Path, port: int, process: subprocess.Popen[bytes]) -> str | None:
    password = (data / "password").read_text()
    server = f"postgresql://{NAME}:{password}@127.0.0.1:{port}"
    progress_watch = ProgressWatch(
        "PostgreSQL to answer", effort=lambda: progress_of(process.pid, _log(data))
    )
    while process.poll() is None:
        try:
            _make_database(f"{server}/postgres")
        except psycopg.OperationalError as error:
            if progress_watch.is_over():
                raise CannotStart(f"PostgreSQL does not answer: {_last_line(str(error))}") from error
            time.sleep(0.05)
        else:
            return f"{server}/{NAME}"
    return None


def _make_database(maintenance_url: str) -> None:
    with psycopg.connect(maintenance_url, autocommit=True, connect_timeout=10) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
        if known.rowcount == 0:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))


def _port(data: Path) -> int:
    # Reuse the previous port if it is free, so that an open psql can reconnect.
    kept = data / "port"
    with suppress(FileNotFoundError, ValueError):
        port = int(kept.read_text())
        if is_free(port):
            return port
    port = free_port()
    kept.write_text(str(port))
    return port


# Processes


def _stop(process: subprocess.Popen[bytes]) -> None:
    # Fast, then immediate shutdown; a killed postmaster's children end by themselves.
    for signum in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        process.send_signal(signum)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=20)
            return


def _recorded_pid(cluster: Path) -> int | None:
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int((cluster / "postmaster.pid").read_text().split("\n")[0])
    return None


def _serves(pid: int, cluster: Path) -> bool:
    # Check the command: the recorded process id may belong to another program by now.
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return False
        listed = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607 - its folder differs between systems
            capture_output=True,
            text=True,
            check=False,
        )
        command = listed.stdout
    return str(cluster) in command


def _forget(cluster: Path, pid: int) -> None:
    # Delete the record: PostgreSQL ignores it only if no process has its id.
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, 0)
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _is_gone_within(seconds: float, pid: int, cluster: Path) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _serves(pid, cluster):
            return True
        time.sleep(0.05)
    return False


# Files


def _environment() -> dict[str, str]:
    # Drop PG…: a developer's PGDATA, PGPORT and the like are not meant for this server.
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _log(data: Path) -> Path:
    return data / "postgres.log"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it says nothing")


# The command line


def _run(command: Sequence[str], url: str) -> int:
    child = subprocess.Popen(
        command,
        env={**os.environ, "DATABASE_URL": url},
        preexec_fn=dying_with_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
    )

    def forward(signum: int, _frame: FrameType | None) -> None:
        child.send_signal(signum)

    # A terminal sends Ctrl-C to the child as well.
    signal.signal(signal.SIGINT, lambda _signum, _frame: None)
    signal.signal(signal.SIGTERM, forward)
    signal.signal(signal.SIGHUP, forward)
    ended = child.wait()
    return ended if ended >= 0 else 128 - ended


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text} is not NAME=VALUE")
    return name, value


def main(arguments: Sequence[str]) -> int:
    split = list(arguments).index("--") if "--" in arguments else len(arguments)
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal.postgres", usage="%(prog)s [options] FOLDER -- COMMAND…"
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--for-tests", action="store_true", help="fast, and not safe against a power cut")
    parser.add_argument(
        "--set", dest="settings", action="append", type=_setting, default=[], metavar="NAME=VALUE"
    )
    options = parser.parse_args(arguments[:split])
    command = arguments[split + 1 :]
    if not command:
        parser.error("no command after --")
    settings = {**(FOR_TESTS if options.for_tests else {}), **dict(options.settings)}
    try:
        with start(options.folder, settings=settings) as server:
            return _run(command, server.url)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
    except FileNotFoundError:
        print(f"There is no such command: {shlex.join(command)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
