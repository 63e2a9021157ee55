"""Run a command with the settings and the database of the running demo.

    python -m rehearsal.demo_command manage showmigrations
    python -m rehearsal.demo_command psql
    python -m rehearsal.demo_command load --size 100000
    python -m rehearsal.demo_command plans

DATA in the environment names the demo's folder, as for `make run`.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rehearsal.data_folder import OWNER_DATABASE_URL, DataFolder
from rehearsal.processes import CannotStart
from rehearsal.supervisor import ROOT
from rehearsal.unprivileged import installed_program

_OWNER_COMMANDS = frozenset({"migrate", "roles", "dbshell"})


def command_line(arguments: Sequence[str], environment: dict[str, str]) -> list[str]:
    """Build the command line. Raises CannotStart for a command that is none of these."""
    match arguments:
        case ["manage", *rest]:
            return [sys.executable, "-m", "kanssa.manage", *rest]
        case ["load", *rest]:
            return [sys.executable, "-m", "rehearsal.load", *rest]
        case ["plans", *rest]:
            return [sys.executable, "-m", "bench.plans", *rest]
        case ["psql", *rest]:
            return [str(installed_program("psql")), environment["DATABASE_URL"], *rest]
    raise CannotStart(f"Usage: {__doc__}")


def is_for_owner(arguments: Sequence[str]) -> bool:
    return arguments[:1] in (["psql"], ["load"]) or not _OWNER_COMMANDS.isdisjoint(arguments[1:2])


def main(arguments: Sequence[str]) -> NoReturn:
    data = DataFolder(Path(os.environ.get("DATA") or ROOT / ".data"))
    try:
        environment = data.environment()
        if is_for_owner(arguments):
            environment["DATABASE_URL"] = environment[OWNER_DATABASE_URL]
        line = command_line(arguments, environment)
    except CannotStart as refusal:
        sys.exit(str(refusal))
    os.chdir(ROOT)
    os.execve(line[0], line, {**os.environ, **environment})  # noqa: S606 a command of the developer's


if __name__ == "__main__":
    main(sys.argv[1:])
