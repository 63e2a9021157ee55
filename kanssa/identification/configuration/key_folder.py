"""Our own keys in a folder: their files, and a list with the times of publication and retirement.

A decryption key is accepted from its creation, before any broker can know it, and for a while after its
retirement, since brokers cache our published keys. A signing key signs only after its publication, and
stays published for a while after its retirement.
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
"""How long brokers may cache our published keys (OP documents this for itself)."""
ACCEPTED_AFTER_RETIRED = timedelta(days=7)
_RSA_BITS = 3072


@dataclass(frozen=True, slots=True)
class OwnKey:
    """One key's file and times, all aware; `kid` is its RFC 7638 thumbprint."""

    kid: str
    use: Use
    file: str
    made_at: datetime
    published_at: datetime | None = None
    retired_at: datetime | None = None

    def state(self, now: datetime) -> State:
        if self.retired_at is not None:
            return "retired" if now < self.retired_at + ACCEPTED_AFTER_RETIRED else "gone"
        return "waiting" if self.published_at is None else "published"

    def is_accepted(self, now: datetime) -> bool:
        return self.state(now) != "gone"

    def is_published(self, now: datetime) -> bool:
        if self.published_at is None:
            return False
        if self.retired_at is None:
            return True
        # Its latest signatures must still verify; but no broker should encrypt for it now.
        return self.use != "enc" and now < self.retired_at + BROKERS_CACHE


class KeyFolder:
    """The keys of one folder. Every method raises Misconfigured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[OwnKey]:
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
        return [key for key in self.all() if key.use == use]

    def signer(self, use: Use) -> OwnKey:
        published = [key for key in self.of(use) if key.published_at and not key.retired_at]
        if not published:
            cure = "Publish one with `python -m kanssa.manage keys publish`."
            raise Misconfigured(f"{self.folder}: no key for {use} is published. {cure}")
        # A broker that caches keys may not know a newer one yet.
        return min(published, key=lambda key: (key.published_at, key.made_at))

    def pem(self, key: OwnKey) -> bytes:
        try:
            return (self.folder / key.file).read_bytes()
        except OSError as error:
            cure = "Restore it from a backup, or retire the key."
            raise Misconfigured(
                f"{self.folder / key.file}: cannot be read ({error.strerror}). {cure}"
            ) from None

    def generate(self, use: Use, kind: Kind, *, now: datetime) -> OwnKey:
        made = _generated(kind)
        kid = made.thumbprint()
        key = OwnKey(kid=kid, use=use, file=f"{use}-{now:%Y-%m-%d}-{kid[:8]}.pem", made_at=now)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(self.folder / key.file, made.as_pem(private=True))
        except OSError as error:
            cure = "Let whoever keeps the keys write there."
            raise Misconfigured(f"{self.folder}: cannot be written to ({error.strerror}). {cure}") from None
        # The first key creates the list.
        there = self.all() if (self.folder / MANIFEST).exists() else []
        self._remember([*there, key])
        return key

    def publish(self, kid: str, *, now: datetime) -> OwnKey:
        key = self._named(kid)
        if key.published_at or key.retired_at:
            raise Misconfigured(f"{key.kid}: was published already. Choose one that is waiting.")
        return self._replace(replace(key, published_at=now))

    def retire(self, kid: str, *, now: datetime) -> OwnKey:
        key = self._named(kid)
        if key.retired_at:
            raise Misconfigured(f"{key.kid}: is retired already. Nothing is left to do.")
        # Otherwise brokers could encrypt for, or verify with, no key at all.
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
        # A prefix is enough, as kids are long.
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
    # Create a key whose name the command line cannot mistake for an option.
    while True:
        made: RSAKey | ECKey = (
            RSAKey.generate_key(_RSA_BITS) if kind == "RSA" else ECKey.generate_key("P-256")
        )
        if not made.thumbprint().startswith("-"):
            return made


def _write(file: Path, content: bytes) -> None:
    # Write atomically, readable by the owner only.
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    unfinished.rename(file)
