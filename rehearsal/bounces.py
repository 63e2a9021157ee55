"""Mail that comes back, as a mail server sends it: a delivery status notification (RFC 3464)."""

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
    """The Maildir into which mail to addresses that only seem to work comes back."""

    def __init__(self, maildir: Path) -> None:
        """Make it when it is missing."""
        self._maildir = Maildir(maildir)

    def send_back(self, content: bytes, *, recipient: str, sender: str, answer: str, now: datetime) -> None:
        """Tell the envelope's sender that a mail did not arrive; nobody is told of a bounce's bounce.

        `answer` is what the recipient's server said, such as `550 5.1.1 No such mailbox here`.
        """
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
