"""Sending the letters that wait."""

from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

import structlog
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from kanssa.messages.letters import contents_of
from kanssa.messages.models import Message
from kanssa.worker.emails.render import email_of

log = structlog.get_logger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_PERMANENT = range(500, 600)


def deliver_waiting(*, now: datetime) -> int:
    """Send the letters that are due, oldest first. Gives how many were sent.

    Each in a transaction of its own that holds its row: whenever the worker is killed, nothing
    is lost and one letter at most goes twice, as the same mail (its Message-ID stays). A mail
    server that does not answer ends the round; the letters wait for the next.
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
        try:
            connection.send_messages([email_of(message, address, says, now=now)])
        except SMTPException as refusal:
            return _refused(message, refusal, now)
        except OSError:
            _pause(message, now)
            fault = True
        else:
            message.sent_at = now
            message.sealed = None
            message.save(update_fields=["sent_at", "sealed"])
            return True
    if fault:
        raise ConnectionError("the mail server does not answer")
    return False


def _refused(message: Message, refusal: SMTPException, now: datetime) -> bool:
    if _code_of(refusal) in _PERMANENT:
        message.failed_at = now
        message.failure = "address-refused"
        message.sealed = None
        message.save(update_fields=["failed_at", "failure", "sealed"])
    else:
        _pause(message, now)
    log.warning("a letter was refused", topic=message.topic, code=_code_of(refusal))
    return False


def _code_of(refusal: SMTPException) -> int:
    if isinstance(refusal, SMTPRecipientsRefused):
        return next(iter(code for code, _text in refusal.recipients.values()), 0)
    return refusal.smtp_code if isinstance(refusal, SMTPResponseException) else 0


def _pause(message: Message, now: datetime) -> None:
    pause = min(_FIRST_PAUSE * 2**message.attempts, _LONGEST_PAUSE)
    message.attempts += 1
    message.send_at = now + pause
    message.save(update_fields=["attempts", "send_at"])
