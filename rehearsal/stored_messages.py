"""The messages in the demo's mailbox, as files."""

import re
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from html import unescape
from pathlib import Path

from werkzeug.exceptions import NotFound

_ID = re.compile(r"\d{20}-[0-9a-f]{8}")
# The full stop at the end of a sentence does not belong to the address before it.
LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")
_HREF = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True)
class StoredMessage:
    """A message as it arrived."""

    id: str
    to: str
    """The delivery addresses, whatever the header says; several are joined by a comma."""
    subject: str
    message_id: str
    date: str
    """ISO 8601, in UTC."""
    text: str
    html: str
    links: tuple[str, ...]
    """Those of the text first, each once."""
    headers: tuple[tuple[str, str], ...]

    def is_to(self, wanted: str) -> bool:
        wanted = wanted.strip().casefold()
        # A whole address matches exactly (aino@… is not vaino@…), a part of one loosely.
        if "@" in wanted:
            return wanted in self.to.casefold().split(", ")
        return wanted in self.to.casefold()


class MailFolder:
    """One file per message, its name beginning with the nanosecond of its arrival."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, recipients: Sequence[str]) -> None:
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        delivered = "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
        # Renamed when complete: a reader never sees a partial message.
        unfinished = self.path / f"{name}.unfinished"
        unfinished.write_bytes(delivered.encode() + content)
        unfinished.rename(self.path / f"{name}.eml")

    def letters(self, *, to: str = "") -> Iterator[StoredMessage]:
        for path in sorted(self.path.glob("*.eml"), reverse=True):
            letter = _read(path)
            if letter.is_to(to):
                yield letter

    def letter(self, letter_id: str) -> StoredMessage:
        """Raises NotFound."""
        path = self.path / f"{letter_id}.eml"
        if not _ID.fullmatch(letter_id) or not path.exists():
            raise NotFound
        return _read(path)


@lru_cache(maxsize=2000)
def _read(path: Path) -> StoredMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text, html = _part(message, "plain"), _part(message, "html")
    return StoredMessage(
        id=path.stem,
        to=", ".join(message.get_all("Delivered-To", [])),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        date=_date(message, path.stem),
        text=text,
        html=html,
        links=tuple(dict.fromkeys([*LINK.findall(text), *map(unescape, _HREF.findall(html))])),
        headers=tuple((name, str(value)) for name, value in message.items()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _date(message: EmailMessage, letter_id: str) -> str:
    # Return the time in the header, or of the arrival if there is none.
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        date = datetime.fromtimestamp(int(letter_id.partition("-")[0]) / 1e9, UTC)
    return date.astimezone(UTC).isoformat(timespec="seconds")
