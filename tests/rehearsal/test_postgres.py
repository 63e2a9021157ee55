"""The embedded PostgreSQL keeps its data, serves the loopback only, and leaves no process behind."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from rehearsal import postgres
from rehearsal.processes import CannotStart

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "a folder with spaces"


@pytest.fixture
def server(data: Path) -> Iterator[postgres.Server]:
    with start(data) as server:
        yield server


def start(data: Path) -> postgres.Server:
    return postgres.start(data, settings=postgres.FOR_TESTS)


def start_and_be_killed(data: Path) -> None:
    """Start, and end as by SIGKILL or a power cut."""
    killed = """
import os, signal, sys
from pathlib import Path
from rehearsal import postgres
postgres.start(Path(sys.argv[1]), settings=postgres.FOR_TESTS)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", killed, str(data)], check=False)
    assert ended.returncode == -signal.SIGKILL


def answer(url: str, question: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_serves_a_utf8_database_on_loopback_only(server: postgres.Server) -> None:
    where = answer(server.url, "SELECT current_setting('listen_addresses')")
    sockets = answer(server.url, "SELECT current_setting('unix_socket_directories')")

    assert (where, sockets) == ("127.0.0.1", "")
    assert answer(server.url, "SELECT current_setting('server_encoding')") == "UTF8"
    assert answer(server.url, "SELECT upper('ä')") == "Ä"


def test_connecting_needs_the_password(server: postgres.Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.url.replace(":", ":wrong-", 2).replace("postgresql:wrong-", "postgresql:", 1))


def test_only_its_owner_can_read_the_password(server: postgres.Server, data: Path) -> None:
    assert stat.S_IMODE((data / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700


def test_settings_are_passed_on(server: postgres.Server) -> None:
    assert answer(server.url, "SELECT current_setting('fsync')") == "off"
    assert answer(server.url, "SELECT current_setting('max_connections')::int >= 300") is True


def test_data_and_address_survive_a_stop(data: Path) -> None:
    with start(data) as first, psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE kept (word text)")

    with start(data) as second:
        assert second.url == first.url
        assert answer(second.url, "SELECT count(*) FROM kept") == 0


def test_a_stop_leaves_no_process(data: Path) -> None:
    server = start(data)
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()

    server.stop()

    assert not any(is_running(pid) for pid in [server.pid, *map(int, children)])


def test_a_taken_port_is_left_to_its_owner(data: Path, tmp_path: Path) -> None:
    with start(tmp_path / "another") as owner:
        start(data).stop()
        (data / "port").write_text((tmp_path / "another" / "port").read_text())

        with start(data) as server:
            assert server.url.rpartition(":")[2] != owner.url.rpartition(":")[2]
            assert answer(server.url, "SELECT 1") == 1


def test_two_programs_cannot_use_the_same_folder(server: postgres.Server, data: Path) -> None:
    with pytest.raises(CannotStart, match="Another running program"):
        start(data)

    assert answer(server.url, "SELECT 1") == 1


def test_it_starts_after_its_program_was_killed(data: Path) -> None:
    start_and_be_killed(data)

    with start(data) as server:
        assert answer(server.url, "SELECT 1") == 1


def test_it_starts_when_a_stranger_runs_under_the_pid_of_a_killed_server(data: Path) -> None:
    start(data).stop()
    (data / "cluster" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{data / 'cluster'}\n1\n1\n\n127.0.0.1\n0 0\n"
    )

    with start(data) as server:
        assert answer(server.url, "SELECT 1") == 1


def test_a_server_left_running_is_stopped_first(data: Path) -> None:
    left = start(data)
    left._lock.close()

    with start(data) as server:
        assert left.has_ended
        assert answer(server.url, "SELECT 1") == 1


def test_the_command_line_exits_as_its_command_did(data: Path) -> None:
    command = [sys.executable, "-c", "import os, sys; sys.exit(3 if 'DATABASE_URL' in os.environ else 0)"]

    ended = subprocess.run(
        [sys.executable, "-m", "rehearsal.postgres", "--for-tests", str(data), "--", *command], check=False
    )

    assert ended.returncode == 3
    assert not (data / "cluster" / "postmaster.pid").exists()
