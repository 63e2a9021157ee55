"""Whether the mail server supports the settings. Sends EHLO only, no mail."""

from collections.abc import Collection, Iterator
from smtplib import SMTP, SMTP_SSL, SMTPException

from django.conf import settings

from kanssa.identification.protocol import Finding

_SETTING = "KANSSA_EMAIL_SMTPUTF8"


def examine() -> list[Finding]:
    try:
        offers = _offers()
    except (OSError, SMTPException) as error:
        summary = f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT} does not answer: {error}."
        return [Finding("fault", summary, "Check KANSSA_EMAIL_URL and the server.")]
    return list(find_server_problems(offers, smtputf8=settings.EMAIL_SMTPUTF8))


def find_server_problems(offers: Collection[str], *, smtputf8: bool) -> Iterator[Finding]:
    """Compare the server's extensions (in lower case) with the setting. Pure."""
    is_offered = "smtputf8" in offers
    if smtputf8 and not is_offered:
        summary = (
            "The mail server does not offer SMTPUTF8: addresses that are not ASCII before the @ get no mail."
        )
        yield Finding("fault", summary, f"Set {_SETTING}=false.")
    elif is_offered and not smtputf8:
        summary = (
            "The mail server offers SMTPUTF8, and addresses that are not ASCII before the @ are refused."
        )
        yield Finding("soon", summary, f"Set {_SETTING}=true if the servers behind it offer it too.")
    else:
        yield Finding("well", "The mail server answers, and offers what the settings say.")


def _offers() -> Collection[str]:
    kind = SMTP_SSL if settings.EMAIL_USE_SSL else SMTP
    with kind(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT) as server:
        server.ehlo()
        if settings.EMAIL_USE_TLS:
            server.starttls()
            server.ehlo()
        return {name.lower() for name in server.esmtp_features}
