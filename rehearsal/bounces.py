"""Bounces as a mail server sends them: delivery status notifications (RFC 3464)."""

from datetime import datetime
from email.message import Message as Mail
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from mailbox import Maildir
from pathlib import Path

_HOST = "rehearsal.example"


class Bounces:
    """The Maildir that receives the bounces."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = Maildir(maildir)

    def send_back(self, content: bytes, *, recipient: str, sender: str, answer: str, now: datetime) -> None:
        """Notify the envelope's sender that a mail was not delivered; a bounce causes no bounce.

        `answer` is the reply of the recipient's server, such as `550 5.1.1 No such mailbox here`.
        """
        # Bounces have an empty envelope sender: answering one would start a loop.
        if sender:
            self._maildir.add(_notification(content, recipient, sender, answer, now))


def _notification(content: bytes, recipient: str, sender: str, answer: str, now: datetime) -> Mail:
    mail = MIMEMultipart("report", report_type="delivery-status")
    mail["From"] = f"Mail Delivery System <MAILER-DAEMON@{_HOST}>"
    mail["To"] = sender
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-replied"
    mail["Return-Path"] = "<>"
    mail.attach(MIMEText(f"Mail to {recipient} was not delivered: {answer}\n"))
    mail.attach(_status(recipient, answer, now))
    headers = MIMEText(content.partition(b"\r\n\r\n")[0].decode("ascii", "replace") + "\n", "rfc822-headers")
    mail.attach(headers)
    return mail


def _status(recipient: str, answer: str, now: datetime) -> Mail:
    status = MIMENonMultipart("message", "delivery-status")
    about_the_mail, about_the_recipient = Mail(), Mail()
    about_the_mail["Reporting-MTA"] = f"dns; {_HOST}"
    about_the_mail["Arrival-Date"] = format_datetime(now)
    about_the_recipient["Final-Recipient"] = f"rfc822; {recipient}"
    about_the_recipient["Action"] = "failed"
    about_the_recipient["Status"] = answer.split()[1]
    about_the_recipient["Diagnostic-Code"] = f"smtp; {answer}"
    status.set_payload([about_the_mail, about_the_recipient])
    return status
