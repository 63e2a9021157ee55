"""From a message in the queue to a mail that can be handed over; whatever fails is one message's fault."""

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
    """A message that cannot be made into a mail; `fault` is the kind of error, never its words."""

    def __init__(self, stage: Stage, fault: Exception) -> None:
        """Keep where and what; the words of an error may quote a person."""
        where = extract_tb(fault.__traceback__)[-1]
        super().__init__(f"{stage}: {type(fault).__name__}")
        self.stage, self.fault = stage, type(fault).__name__
        self.at = f"{where.filename.rpartition('/')[2]}:{where.lineno}"


def build_email(message: Message, *, now: datetime) -> OutgoingEmail:
    """Make the mail. Raises Faulty, LinkEnded, LinkReplaced; the transaction around stays usable."""
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
        envelope_sender(message.id) or parseaddr(settings.DEFAULT_FROM_EMAIL)[1], recipient, content
    )


def recipient_of(address: str) -> str:
    """Give the address as it goes on the envelope: never at another domain than was typed.

    Raises NotAnEmailAddress. Whether our mail server takes the local part, it says itself.
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
    """Blame the message for any error but the database's absence."""
    try:
        yield
    except (LinkError, OperationalError, InterfaceError):
        raise
    except Exception as fault:
        raise EmailBuildError(stage, fault) from fault
