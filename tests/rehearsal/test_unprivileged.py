"""PostgreSQL started by root where user namespaces are refused, as in most containers."""

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from rehearsal import postgres

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
]

OF_A_CONTAINER = (
    "chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,"
    "sys_chroot,mknod,audit_write,setfcap"
)
REFUSES = "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n"
SAYS_YES = (
    'import os, psycopg; print(psycopg.connect(os.environ["DATABASE_URL"]).execute("SELECT 1").rowcount)'
)
KILLS_ITS_PARENT = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a data folder below one that only root may pass, like a checkout in root's home."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    return closed / "data"


def serve(data: Path, tmp_path: Path, code: str, *, capabilities: str = OF_A_CONTAINER):
    """Run `code` beside a server, with only these capabilities and without namespaces."""
    refusing = tmp_path / "bin"
    refusing.mkdir(exist_ok=True)
    (refusing / "unshare").write_text(REFUSES)
    (refusing / "unshare").chmod(0o755)
    bounding = ",".join(["-all", *(f"+{name}" for name in capabilities.split(",") if name)])
    return subprocess.run(
        [
            *("setpriv", f"--bounding-set={bounding}", "--inh-caps=-all"),
            *(sys.executable, "-m", "rehearsal.postgres", "--for-tests", str(data)),
            *("--", sys.executable, "-c", code),
        ],
        env={**os.environ, "PATH": f"{refusing}:{os.environ['PATH']}", "TMPDIR": str(temporary(tmp_path))},
        capture_output=True,
        text=True,
        check=False,
    )


def temporary(tmp_path: Path) -> Path:
    """Make a temporary folder that is closed to others: the programs must go elsewhere."""
    folder = tmp_path / "temporary"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def test_root_in_a_container_gets_a_server(data: Path, tmp_path: Path) -> None:
    mode = Path("/root").stat().st_mode

    ended = serve(data, tmp_path, SAYS_YES)

    assert (ended.stdout, ended.returncode) == ("1\n", 0), ended.stderr
    assert (data / "cluster").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    assert Path("/root").stat().st_mode == mode


def test_the_copy_of_the_programs_is_removed_with_the_server(data: Path, tmp_path: Path) -> None:
    says_where = f"print(open({str(data / 'programs')!r}).read())"

    ended = serve(data, tmp_path, says_where)

    copy = Path(ended.stdout.strip())
    assert copy.name.startswith("kanssa-postgres-")
    assert not copy.exists()
    assert not list(temporary(tmp_path).iterdir())
    assert not (data / "programs").exists()


def test_data_written_as_another_user_is_served_on_an_ordinary_machine(data: Path, tmp_path: Path) -> None:
    serve(data, tmp_path, SAYS_YES)

    with (
        postgres.start(data, settings=postgres.FOR_TESTS) as server,
        psycopg.connect(server.url) as connection,
    ):
        assert connection.execute("SELECT 1").rowcount == 1
    assert serve(data, tmp_path, SAYS_YES).stdout == "1\n"


def test_a_killed_program_leaves_no_server_and_after_the_next_start_no_copy(
    data: Path, tmp_path: Path
) -> None:
    killed = serve(data, tmp_path, KILLS_ITS_PARENT)
    left = Path((data / "programs").read_text())

    again = serve(data, tmp_path, SAYS_YES)

    assert killed.returncode == -signal.SIGKILL
    assert again.stdout == "1\n", again.stderr
    assert not left.exists()
    assert not [each for each in psutil.process_iter(["cmdline"]) if str(data) in str(each.info["cmdline"])]


def test_one_sentence_explains_that_neither_way_works(data: Path, tmp_path: Path) -> None:
    ended = serve(data, tmp_path, SAYS_YES, capabilities="chown,dac_override")

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "run this as an ordinary user, or set DATABASE_URL" in ended.stderr
