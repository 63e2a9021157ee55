"""Django's way to the mail server, which also writes to addresses that are not ASCII before the @."""

from email.utils import parseaddr

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

_AS_UTF8 = ("SMTPUTF8", "BODY=8BITMIME")


class EmailBackend(smtp.EmailBackend):
    """Sends such a letter by SMTPUTF8 (RFC 6531): Django would write to another local part."""

    def _send(self, email_message: EmailMessage) -> bool:
        if self.connection is None or all(address.isascii() for address in email_message.recipients()):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave it out
        message = email_message.message()
        del message["To"]
        to = ", ".join(email_message.recipients())
        whole = f"To: {to}\r\n".encode() + message.as_bytes(linesep="\r\n")
        _name, sender = parseaddr(email_message.from_email)
        self.connection.sendmail(sender, email_message.recipients(), whole, mail_options=_AS_UTF8)
        return True
