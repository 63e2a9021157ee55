"""Turn a queued message into a mail; any failure concerns this message alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parseaddr
from traceback import extract_tb

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, transaction

from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.values.email_address import EmailAddress
from kanssa.worker.bounces import envelope_sender
from kanssa.worker.emails.render import email_of
from kanssa.worker.link_checks import LinkError, require_live_link
from kanssa.worker.mail_relay import OutgoingEmail


class EmailBuildError(Exception):
    """A message that cannot be made into a mail; `fault` is the error's type, never its text."""

    def __init__(self, stage: Stage, fault: Exception) -> None:
        # An error's text may quote a person.
        where = extract_tb(fault.__traceback__)[-1]
        super().__init__(f"{stage}: {type(fault).__name__}")
        self.stage, self.fault = stage, type(fault).__name__
        self.at = f"{where.filename.rpartition('/')[2]}:{where.lineno}"


def build_email(message: Message, *, now: datetime) -> OutgoingEmail:
    """Build the mail. Raises EmailBuildError, LinkEnded, LinkReplaced; the outer transaction stays usable."""
    # A savepoint: a database error here must not break the transaction that holds the row.
    with transaction.atomic():
        return _made(message, now)


def _made(message: Message, now: datetime) -> OutgoingEmail:
    with _stage(Stage.UNSEAL):
        address, payload = read_contents(message)
    with _stage(Stage.LINK):
        require_live_link(message, payload, now=now)
    with _stage(Stage.ADDRESS):
        recipient = recipient_of(address)
    with _stage(Stage.RENDER):
        email = email_of(message, recipient, payload, now=now)
    with _stage(Stage.ENCODE):
        content = _bytes_of(email, recipient)
    return OutgoingEmail(
        # Bounces come back to an address that names the message.
        envelope_sender(message.id) or parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        recipient,
        content,
    )


def recipient_of(address: str) -> str:
    """Return the envelope address: never at another domain than was typed.

    Raises NotAnEmailAddress. Our mail server itself decides whether it takes the local part.
    """
    return str(EmailAddress.parse(address, smtputf8=True))


def _bytes_of(email: EmailMessage, recipient: str) -> bytes:
    message = email.message()
    to = b""
    if not recipient.isascii():
        # Django would write the local part as an encoded word, which is another mailbox (RFC 6532).
        del message["To"]
        to = f"To: {recipient}\r\n".encode()
    return to + bytes(message.as_bytes(linesep="\r\n"))


@contextmanager
def _stage(stage: Stage) -> Iterator[None]:
    try:
        yield
    except (LinkError, OperationalError, InterfaceError):
        raise
    except Exception as fault:
        # Any error but the database's absence is the message's.
        raise EmailBuildError(stage, fault) from fault
