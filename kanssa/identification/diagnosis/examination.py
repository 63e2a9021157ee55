"""Examine all configured methods without a person: their file, their brokers, our keys."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from kanssa.identification import registry, sign_ons
from kanssa.identification.calls.probe import days_left
from kanssa.identification.configuration.key_folder import BROKERS_CACHE, KeyFolder, OwnKey
from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.diagnosis.production_checks import production_faults, thumbprint
from kanssa.identification.protocol import CanBeExamined, Finding

_OF_EVERYBODY = 0o007
_KEY_LIVES = timedelta(days=730)  # two years, unless the contract says less


def examine(file: Path, *, now: datetime, is_production: bool) -> Iterator[Finding]:
    # The file first: nothing else works with a faulty one.
    for fault in production_faults(file):
        yield Finding("fault" if is_production else "soon", fault, "Production does not start with it.")
    try:
        of_staff = {f"staff.{key}": each for key, each in sign_ons.sign_ons().items()}
        methods = {**registry.methods(), **of_staff}
    except Misconfigured as fault:
        yield Finding("fault", str(fault))
        return
    for key, method in methods.items():
        if isinstance(method, CanBeExamined):
            yield from method.examine(now=now)
        else:
            yield Finding("well", f"{key}: is configured; it cannot be examined from here.")
    for folder in key_folders(file):
        yield from _of_folder(folder, now)


def key_folders(file: Path) -> list[KeyFolder]:
    """Return every key folder that the file names, once. Raises Misconfigured."""
    named: dict[Path, None] = {}
    for table in (*registry.read_tables(file).values(), *registry.read_staff_tables(file).values()):
        for holder in (table, table.get("entity")):
            if isinstance(holder, Mapping) and isinstance(holder.get("key_folder"), str):
                named[file.parent / str(holder["key_folder"])] = None
    return [KeyFolder(folder) for folder in named]


def _of_folder(folder: KeyFolder, now: datetime) -> Iterator[Finding]:
    for key in folder.all():
        name = f"{folder.folder.name}/{key.file}"
        if key.state(now) != "gone":
            yield from _of_file(name, folder, key)
        yield from _of_key(name, key, now)


def _of_file(name: str, folder: KeyFolder, key: OwnKey) -> Iterator[Finding]:
    try:
        is_another = thumbprint(folder.pem(key)) != key.kid
        is_open = (folder.folder / key.file).stat().st_mode & _OF_EVERYBODY
    except Misconfigured as fault:
        yield Finding("fault", str(fault))
        return
    except (ValueError, TypeError):  # TypeError: it is encrypted with a password
        yield Finding("fault", f"{name}: is no key that can be read.", "Restore it, without a password.")
        return
    if is_another:
        yield Finding("fault", f"{name}: holds another key than {key.kid}.", "Restore it from a backup.")
    if is_open:
        yield Finding(
            "fault", f"{name}: everybody on this machine may read it.", "Take that away (chmod o=)."
        )


def _of_key(name: str, key: OwnKey, now: datetime) -> Iterator[Finding]:
    state = key.state(now)
    if state == "gone":
        yield Finding("soon", f"{name}: is out of use.", "Delete its file and its entry.")
    elif state == "published" and key.published_at is not None:
        cure = "Generate the next with `python -m kanssa.manage keys generate`."
        yield days_left(name, "this key", key.published_at + _KEY_LIVES, cure, now=now)
    elif state == "waiting" and now - key.made_at > BROKERS_CACHE:
        yield Finding("soon", f"{name}: brokers are not told of it.", "Publish it, or retire it.")
