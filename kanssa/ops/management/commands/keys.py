"""`python -m kanssa.manage keys generate|list|publish|retire`: our keys for brokers, in files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, get_args

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from kanssa.identification.configuration.key_folder import KeyFolder, Kind, OwnKey, Use
from kanssa.identification.configuration.section import Misconfigured
from kanssa.identification.diagnosis.examination import key_folders

_WHAT_NEXT = {
    "generate": "Start the service again: it accepts the key from then on. Then publish it.",
    "publish": "Start the service again. Brokers know it within a day: wait that long to retire another.",
    "retire": "Start the service again. What was encrypted for it is read for a week.",
}


class Command(BaseCommand):
    """Changes files only; the service reads them when it starts."""

    help = "Make, list, publish and retire our keys for brokers."
    requires_system_checks: list[str] = []  # noqa: RUF012 Django's

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for action in ("generate", "list", "publish", "retire"):
            named = actions.add_parser(action)
            named.add_argument("--folder", type=Path, help="a folder of keys, as key_folder names it")
            if action == "generate":
                named.add_argument("--use", choices=get_args(Use), required=True)
                named.add_argument("--kind", choices=get_args(Kind), default="RSA")
            elif action != "list":
                named.add_argument("kid", help="the key's kid, or enough of its beginning")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        action = options["action"]
        try:
            folders = _folders(options["folder"])
            if action == "list":
                self._list(folders)
                return
            key = self._changed(action, _one(folders), options)
        except Misconfigured as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{key.kid} ({key.use}, {key.file}). {_WHAT_NEXT[action]}")

    def _changed(self, action: str, folder: KeyFolder, options: dict[str, Any]) -> OwnKey:
        if action == "generate":
            return folder.generate(options["use"], options["kind"], now=now())
        change = folder.publish if action == "publish" else folder.retire
        return change(options["kid"], now=now())

    def _list(self, folders: list[KeyFolder]) -> None:
        for folder in folders:
            self.stdout.write(f"{folder.folder}")
            for key in folder.all():
                since = key.retired_at or key.published_at or key.made_at
                line = f"{key.use:<8}{key.state(now()):<11}since {since:%Y-%m-%d}"
                self.stdout.write(f"  {line}  {key.kid}  {key.file}")


def _folders(named: Path | None) -> list[KeyFolder]:
    return [KeyFolder(named)] if named else key_folders(settings.IDENTIFICATION_FILE)


def _one(folders: list[KeyFolder]) -> KeyFolder:
    if len(folders) != 1:
        raise CommandError(f"The identification file names {len(folders)} folders: say which with --folder.")
    return folders[0]
