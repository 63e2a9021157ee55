"""Read returned mail, and find the message that each is about.

Every message leaves with its own envelope sender (`bounce+<message>@…`), so the address of returned
mail names the message, however the mail quotes it.
"""

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

from kanssa.messages.delivery_states import Delivery, DeliveryReason, Verdict
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM
from kanssa.worker.bounce_reports import BounceReport, parse_report

log = structlog.get_logger(__name__)

_LARGEST = 2_000_000
# Where servers write the recipient of a mail; `To` is written by the notification itself.
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that did not arrive, or is late, and the mail server's report."""

    message_id: UUID
    report: BounceReport

    @property
    def is_for_people(self) -> bool:
        return self.report.verdict.reason is DeliveryReason.UNKNOWN


def envelope_sender(message_id: UUID) -> str | None:
    """Return the address for a message's bounces; None where none is read."""
    local, _at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{local}+{message_id}@{domain}" if local else None


def read_mail(raw: bytes, *, to: str = "", now: datetime) -> bool:
    """Record a mail if it is a bounce of ours; returns whether it was news.

    `to` is the envelope's recipient, where the mail server gives it.
    """
    bounce = bounce_in(raw, to=to)
    if bounce is None:
        return False
    return _note(bounce, now)


def read_maildir(*, now: datetime) -> int:
    folder = settings.BOUNCE_MAILDIR
    if folder is None or not (folder / "new").is_dir():
        return 0
    # Bounces are deleted, since they quote the message; all else goes to the seen mail, for people to look
    # at.
    return sum(_read_file(file, folder, now) for file in sorted((folder / "new").iterdir()))


def bounce_in(raw: bytes, *, to: str = "") -> Bounce | None:
    """Return the bounce in a mail: None unless a mail server says that delivery failed or is late.

    Relays, auto-replies, receipts and rubbish are None too. Never raises: the content is untrusted.
    """
    # A huge mail must not block the worker.
    if len(raw) > _LARGEST:
        return None
    try:
        message_id = _message_id_named_by(to, message_from_bytes(raw))
        report = parse_report(raw) if message_id else None
    except Exception as fault:  # noqa: BLE001 a parser's bug, or an absurdly nested mail
        log.warning("a mail to the bounce address cannot be read", fault=type(fault).__name__)
        return None
    return Bounce(message_id, report) if report and message_id else None


def _note(bounce: Bounce, now: datetime) -> bool:
    verdict, is_late = _adjusted_verdict(bounce), bounce.report.is_late
    return record_bounce(
        message_id=bounce.message_id, verdict=verdict, is_late=is_late, actor=SYSTEM, now=now
    )


def _adjusted_verdict(bounce: Bounce) -> Verdict:
    verdict, about = bounce.report.verdict, bounce.report.about
    if verdict.delivery is not Delivery.NO_SUCH_ADDRESS or not about:
        return verdict
    # A report on another address than the message's: the mailbox exists, and forwards.
    is_ours = Message.objects.filter(
        pk=bounce.message_id, address_lookup__in=[email_lookup_of(address) for address in about]
    ).exists()
    return verdict if is_ours else Verdict(Delivery.HELD, DeliveryReason.FORWARDED, verdict.code)


def _message_id_named_by(to: str, mail: Mail) -> UUID | None:
    recipients = [str(value) for name in _ADDRESSED for value in mail.get_all(name, [])]
    for _name, address in getaddresses([to, *recipients]):
        message_id = _message_id_in(address)
        if message_id:
            return message_id
    return None


def _message_id_in(address: str) -> UUID | None:
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
    except OSError:  # another worker has taken it
        return False
    bounce = bounce_in(raw)
    is_news = read_mail(raw, now=now)
    # Only after recording: a crash in between leaves the file to be read again.
    (folder / "cur").mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        if bounce is not None and not bounce.is_for_people:
            file.unlink()
        else:
            file.rename(folder / "cur" / f"{file.name.partition(':')[0]}:2,S")
    return is_news
