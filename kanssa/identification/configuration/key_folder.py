"""Our own keys in a folder, from made to gone: files, and beside them when each was published and retired.

A decryption key is accepted from the moment it is made, before any broker can know it, and for a
while after it is retired, since brokers keep a copy of what we publish. A signing key signs only
once it is published, and stays published for a while after it is retired.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

from joserfc.jwk import ECKey, RSAKey

from kanssa.identification.configuration.section import Misconfigured

Use = Literal["sig", "enc", "entity"]
Kind = Literal["RSA", "EC"]
State = Literal["waiting", "published", "retired", "gone"]

MANIFEST = "keys.json"
BROKERS_CACHE = timedelta(days=1)
"""How long brokers may keep what we publish (OP says so of itself)."""
ACCEPTED_AFTER_RETIRED = timedelta(days=7)
_RSA_BITS = 3072


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One key's file and its times, all aware; `kid` is its RFC 7638 thumbprint."""

    kid: str
    use: Use
    file: str
    made_at: datetime
    published_at: datetime | None = None
    retired_at: datetime | None = None

    def state(self, now: datetime) -> State:
        """Tell where in its life it is; one that is gone can be deleted."""
        if self.retired_at is not None:
            return "retired" if now < self.retired_at + ACCEPTED_AFTER_RETIRED else "gone"
        return "waiting" if self.published_at is None else "published"

    def is_accepted(self, now: datetime) -> bool:
        """Whether what was encrypted for it is still decrypted."""
        return self.state(now) != "gone"

    def is_published(self, now: datetime) -> bool:
        """Whether brokers are told of it."""
        if self.published_at is None:
            return False
        if self.retired_at is None:
            return True
        # What it signed just now must still verify; nobody shall encrypt for it any more.
        return self.use != "enc" and now < self.retired_at + BROKERS_CACHE


class KeyFolder:
    """The keys of one folder. Every method raises Misconfigured."""

    def __init__(self, folder: Path) -> None:
        """Read nothing yet."""
        self.folder = folder

    def all(self) -> list[OwnKey]:
        """All of them, the oldest first."""
        file = self.folder / MANIFEST
        cure = "Make the first key with `python -m kanssa.manage keys generate`."
        try:
            found = json.loads(file.read_text("utf-8"))
            return sorted((_key(entry) for entry in found), key=lambda key: key.made_at)
        except OSError as error:
            raise Misconfigured(f"{file}: cannot be read ({error.strerror}). {cure}") from None
        except (ValueError, TypeError, KeyError):
            raise Misconfigured(f"{file}: is no list of keys. Restore it from a backup.") from None

    def of(self, use: Use) -> list[OwnKey]:
        """Those of one use, the oldest first."""
        return [key for key in self.all() if key.use == use]

    def signer(self, use: Use) -> OwnKey:
        """Choose the key to sign with: of those that brokers know, the one they have known longest."""
        published = [key for key in self.of(use) if key.published_at and not key.retired_at]
        if not published:
            cure = "Publish one with `python -m kanssa.manage keys publish`."
            raise Misconfigured(f"{self.folder}: no key for {use} is published. {cure}")
        return min(published, key=lambda key: (key.published_at, key.made_at))

    def pem(self, key: OwnKey) -> bytes:
        """Read a key's private PEM."""
        try:
            return (self.folder / key.file).read_bytes()
        except OSError as error:
            cure = "Restore it from a backup, or retire the key."
            raise Misconfigured(
                f"{self.folder / key.file}: cannot be read ({error.strerror}). {cure}"
            ) from None

    def generate(self, use: Use, kind: Kind, *, now: datetime) -> OwnKey:
        """Make a key that nobody is told of yet; its file is the owner's alone."""
        made = _generated(kind)
        kid = made.thumbprint()
        key = OwnKey(kid=kid, use=use, file=f"{use}-{now:%Y-%m-%d}-{kid[:8]}.pem", made_at=now)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self.folder / key.file, made.as_pem(private=True))
        except OSError as error:
            cure = "Let whoever keeps the keys write there."
            raise Misconfigured(f"{self.folder}: cannot be written to ({error.strerror}). {cure}") from None
        there = self.all() if (self.folder / MANIFEST).exists() else []
        self._remember([*there, key])
        return key

    def publish(self, kid: str, *, now: datetime) -> OwnKey:
        """Let brokers be told of a key from now on."""
        key = self._named(kid)
        if key.published_at or key.retired_at:
            raise Misconfigured(f"{key.kid}: was published already. Choose one that is waiting.")
        return self._replace(replace(key, published_at=now))

    def retire(self, kid: str, *, now: datetime) -> OwnKey:
        """Let brokers forget a key; another must have been published for as long as they cache."""
        key = self._named(kid)
        if key.retired_at:
            raise Misconfigured(f"{key.kid}: is retired already. Nothing is left to do.")
        if key.published_at and not self._has_follower(key, now):
            cure = "Generate another, publish it, and wait a day."
            raise Misconfigured(f"{key.kid}: brokers may know no other key for {key.use}. {cure}")
        return self._replace(replace(key, retired_at=now))

    def _has_follower(self, leaving: OwnKey, now: datetime) -> bool:
        return any(
            key.published_at and key.published_at + BROKERS_CACHE <= now and not key.retired_at
            for key in self.of(leaving.use)
            if key.kid != leaving.kid
        )

    def _named(self, kid: str) -> OwnKey:
        found = [key for key in self.all() if kid and key.kid.startswith(kid)]
        if len(found) != 1:
            raise Misconfigured(f"{kid}: names {len(found)} keys of {self.folder}. Give more of its kid.")
        return found[0]

    def _replace(self, changed: OwnKey) -> OwnKey:
        self._remember([changed if key.kid == changed.kid else key for key in self.all()])
        return changed

    def _remember(self, keys: Sequence[OwnKey]) -> None:
        entries = [{name: _text(value) for name, value in asdict(key).items()} for key in keys]
        _write(self.folder / MANIFEST, json.dumps(entries, indent=1).encode())


def _key(entry: Mapping[str, str | None]) -> OwnKey:
    times = {name: _time(entry[name]) for name in ("published_at", "retired_at")}
    use = next((use for use in get_args(Use) if use == entry["use"]), None)
    made_at = _time(entry["made_at"])
    if use is None or made_at is None:
        raise ValueError
    return OwnKey(kid=str(entry["kid"]), use=use, file=str(entry["file"]), made_at=made_at, **times)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _generated(kind: Kind) -> RSAKey | ECKey:
    """Make a key whose name a command line does not take for an option."""
    while True:
        made: RSAKey | ECKey = (
            RSAKey.generate_key(_RSA_BITS) if kind == "RSA" else ECKey.generate_key("P-256")
        )
        if not made.thumbprint().startswith("-"):
            return made


def _write(file: Path, content: bytes) -> None:
    """Write for the owner alone, whole or not at all."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    unfinished.rename(file)
