"""Render a message as an e-mail: text and HTML with the same words, in the recipient's language."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import override

from kanssa.messages.models import Message
from kanssa.worker.bounces import envelope_sender
from kanssa.worker.emails.texts import email_text


def email_of(
    message: Message, address: str, payload: Mapping[str, Any], *, now: datetime
) -> EmailMultiAlternatives:
    with override(message.language):
        text = email_text(message.topic, payload)
        context = {"text": text, "first_name": payload["first_name"], "language": message.language}
        email = EmailMultiAlternatives(
            subject=text.subject,
            body=render_to_string("emails/message.txt", context, using="jinja2"),
            from_email=envelope_sender(message.id),
            to=[address],
            # Its Message-ID comes from the message: sent again, it is the same mail.
            headers={
                "From": settings.DEFAULT_FROM_EMAIL,
                "Message-ID": _message_id(message),
                "Date": format_datetime(now.astimezone(UTC)),
                # Tells auto-repliers to stay silent (RFC 3834).
                "Auto-Submitted": "auto-generated",
            },
        )
        email.attach_alternative(
            render_to_string("emails/message.html", context, using="jinja2"), "text/html"
        )
    return email


def _message_id(message: Message) -> str:
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"<{message.id}@{sender.rpartition('@')[2]}>"
