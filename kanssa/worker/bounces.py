"""Mail that comes back: delivery status notifications (RFC 3464), read and noted.

Every letter leaves with an envelope sender of its own (`bounce+<letter>@…`), so whatever comes
back there tells by its address which letter it is about, however the letter is quoted in it.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import getaddresses
from pathlib import Path
from uuid import UUID

import structlog
from django.conf import settings

from kanssa.usecases.note_bounce import note_bounce
from kanssa.values.actor import SYSTEM

log = structlog.get_logger(__name__)

_LARGEST = 2_000_000
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}", re.ASCII)
_UNKNOWN_STATUS = "5.0.0"
# Where servers write to whom a mail was delivered; `To` is what the notification itself says.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A letter that did not arrive; `code` is the status that the mail server gave (RFC 3463)."""

    message_id: UUID
    code: str


def envelope_sender(message_id: UUID) -> str | None:
    """The address to which a letter's bounces come; None where none is read."""
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{message_id}@{domain}" if local else None


def read_mail(raw: bytes, *, to: str = "", now: datetime) -> bool:
    """Note what one mail tells, if it is a bounce of ours; gives whether that was news.

    `to` is the envelope's recipient, where the mail server tells it.
    """
    bounce = bounce_in(raw, to=to)
    if bounce is None:
        return False
    return note_bounce(message_id=bounce.message_id, code=bounce.code, actor=SYSTEM, now=now)


def read_maildir(*, now: datetime) -> int:
    """Read all new mail of the bounce address; gives how many bounces were news.

    What was a bounce is removed, since it quotes the letter; anything else is laid among the
    mail that was seen, for people to look at.
    """
    folder = settings.BOUNCE_MAILDIR
    if folder is None or not (folder / "new").is_dir():
        return 0
    return sum(_read_file(file, folder, now) for file in sorted((folder / "new").iterdir()))


def bounce_in(raw: bytes, *, to: str = "") -> Bounce | None:
    """What a mail tells of a letter of ours: None unless a server says that it failed for good.

    Delays, relays, answering machines, receipts and rubbish are None too. Never raises: what
    comes here was written by anybody.
    """
    if len(raw) > _LARGEST:
        return None
    try:
        mail = message_from_bytes(raw)
        code = _failure_in(mail)
        message_id = _letter_named_by(to, mail)
    except Exception as fault:  # noqa: BLE001 a parser's bug, or a mail nested beyond reason
        log.warning("a mail to the bounce address cannot be read", fault=type(fault).__name__)
        return None
    return Bounce(message_id, code) if code and message_id else None


def _failure_in(mail: Mail) -> str | None:
    """The status of the first recipient that failed."""
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    for recipient in _groups_in(mail):
        if str(recipient.get("Action", "")).strip().lower() == "failed":
            status = _STATUS.search(str(recipient.get("Status", "")))
            return status[0] if status else _UNKNOWN_STATUS
    return None


def _groups_in(mail: Mail) -> Iterator[Mail]:
    """The report's groups of fields: first those of the whole mail, then each recipient's."""
    for part in mail.get_payload():
        if isinstance(part, Mail) and part.get_content_type() == "message/delivery-status":
            yield from (group for group in part.get_payload() if isinstance(group, Mail))


def _letter_named_by(to: str, mail: Mail) -> UUID | None:
    told = [str(value) for name in _ADDRESSED for value in mail.get_all(name, [])]
    for _name, address in getaddresses([to, *told]):
        letter = _letter_in(address)
        if letter:
            return letter
    return None


def _letter_in(address: str) -> UUID | None:
    local, _at, domain = settings.BOUNCE_ADDRESS.casefold().rpartition("@")
    given = address.strip().casefold()
    head, tail = f"{local}+", f"@{domain}"
    if not local or not (given.startswith(head) and given.endswith(tail)):
        return None
    with suppress(ValueError):
        return UUID(given[len(head) : -len(tail)])
    return None


def _read_file(file: Path, folder: Path, now: datetime) -> bool:
    try:
        raw = file.read_bytes() if file.stat().st_size <= _LARGEST else b""
    except OSError:  # another worker was quicker
        return False
    is_bounce = bounce_in(raw) is not None
    is_news = read_mail(raw, now=now)
    (folder / "cur").mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        if is_bounce:
            file.unlink()
        else:
            file.rename(folder / "cur" / f"{file.name.partition(':')[0]}:2,S")
    return is_news
