"""Sending the letters that wait."""

from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from kanssa.messages.letters import contents_of
from kanssa.messages.models import Message
from kanssa.usecases.note_bounce import note_bounce
from kanssa.values.actor import SYSTEM
from kanssa.worker.emails.render import email_of

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_MOST_DOUBLINGS = 10
_PERMANENT = range(500, 600)
_GOING_AWAY = 421
_AGAINST_US = "5.7."
"""RFC 3463: refused by policy, such as relaying that is not set up. Says nothing of the address."""


def deliver_waiting(*, now: datetime) -> int:
    """Send the letters that are due, oldest first. Gives how many were sent.

    Each in a transaction of its own that holds its row: whenever the worker is killed, nothing
    is lost and one letter at most goes twice, as the same mail (its Message-ID stays). All go over
    one connection. A mail server that does not answer, or takes no mail from us, ends the round;
    the letters wait for the next.
    """
    connection = get_connection()
    sent = 0
    try:
        while (delivered := _deliver_next(connection, now)) is not None:
            sent += delivered
    except OSError as fault:  # covers SMTPException
        log.warning("the mail server does not take mail", fault=type(fault).__name__)
    finally:
        with suppress(OSError):
            connection.close()
    return sent


def _deliver_next(connection: BaseEmailBackend, now: datetime) -> bool | None:
    """Send one letter; None when none is due. True if the mail server took it."""
    with transaction.atomic():
        due = Message.objects.filter(sent_at__isnull=True, failed_at__isnull=True, send_at__lte=now)
        message = due.select_for_update(skip_locked=True).order_by("send_at").first()
        if message is None:
            return None
        address, says = contents_of(message)
        email = email_of(message, address, says, now=now)
        try:
            connection.open()
            connection.send_messages([email])
        except OSError as fault:
            _pause(message, now)
            trouble = fault
        else:
            message.sent_at = now
            message.sealed = None
            message.save(update_fields=["sent_at", "sealed"])
            return True
    _decide(message, trouble, connection, now)
    return False


def _decide(message: Message, trouble: OSError, connection: BaseEmailBackend, now: datetime) -> None:
    """Tell the letter's fault from the server's, after the letter's row was let go.

    Noting a bounce locks the application, and whoever holds that may be waiting for the row.
    Raises the fault where the next letter would meet it too.
    """
    if isinstance(trouble, SMTPRecipientsRefused | SMTPDataError):
        code, said = _answer_in(trouble)
        log.warning("a letter was refused", topic=message.topic, code=code)
        if code in _PERMANENT and not said.startswith(_AGAINST_US):
            note_bounce(message_id=message.pk, code=str(code), actor=SYSTEM, now=now)
        if code == _GOING_AWAY:
            connection.close()
    elif isinstance(trouble, SMTPServerDisconnected):
        log.warning("the mail server hung up", topic=message.topic)
        connection.close()  # the next letter opens another
    else:
        raise trouble


def _answer_in(refusal: SMTPRecipientsRefused | SMTPDataError) -> tuple[int, str]:
    """The server's code and text."""
    if isinstance(refusal, SMTPDataError):
        return refusal.smtp_code, _text(refusal.smtp_error)
    code, said = next(iter(refusal.recipients.values()))
    return code, _text(said)


def _text(said: bytes | str) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else said


def _pause(message: Message, now: datetime) -> None:
    pause = min(_FIRST_PAUSE * 2 ** min(message.attempts, _MOST_DOUBLINGS), _LONGEST_PAUSE)
    message.attempts += 1
    message.send_at = now + pause
    message.save(update_fields=["attempts", "send_at"])
