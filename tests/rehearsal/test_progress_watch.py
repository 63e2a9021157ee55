"""Waiting for a program to start for as long as it makes progress."""

import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.progress_watch import ProgressWatch, progress_of

MINUTES = 60


class Watched:
    """A program and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.effort = 0
        self.said: list[str] = []
        self.progress_watch = ProgressWatch(
            "the web", effort=lambda: self.effort, clock=lambda: self.now, say=self.said.append
        )

    def is_given_up_after(self, seconds: int, *, working: bool, failing: bool = False) -> bool:
        for _second in range(seconds):
            self.now += 1
            self.effort += working
            if self.progress_watch.is_over(failing=failing):
                return True
        return False


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_a_working_program_is_waited_for_without_limit(watched: Watched) -> None:
    assert not watched.is_given_up_after(60 * MINUTES, working=True)


def test_an_idle_program_is_given_up_after_minutes(watched: Watched) -> None:
    assert not watched.is_given_up_after(2 * MINUTES, working=False)
    assert watched.is_given_up_after(2 * MINUTES, working=False)


def test_work_after_a_pause_restarts_the_wait(watched: Watched) -> None:
    watched.is_given_up_after(2 * MINUTES, working=False)
    watched.is_given_up_after(1, working=True)

    assert not watched.is_given_up_after(2 * MINUTES, working=False)


def test_a_program_that_answers_with_errors_makes_no_progress(watched: Watched) -> None:
    assert watched.is_given_up_after(5 * MINUTES, working=True, failing=True)


def test_it_names_what_it_waits_for(watched: Watched) -> None:
    watched.is_given_up_after(1 * MINUTES, working=True)

    assert set(watched.said) == {"Still waiting for the web."}
    assert len(watched.said) == 3


def test_the_work_of_a_child_of_the_program_counts(tmp_path: Path) -> None:
    works = "import time\nwhile time.process_time() < 0.2: pass\n"
    nests = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {works!r}]); input()"
    nest = [
        sys.executable,
        "-c",
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {nests!r}])",
    ]
    with subprocess.Popen(nest, stdin=subprocess.PIPE) as program:
        before = progress_of(program.pid, tmp_path / "log")
        while progress_of(program.pid, tmp_path / "log")[0] < before[0] + 20:
            assert program.poll() is None
        program.communicate(b"\n")


def test_a_log_that_grows_counts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("one line\n")

    assert progress_of(0, log)[1] == len("one line\n")
