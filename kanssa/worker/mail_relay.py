"""Talk to our mail server (RFC 5321), step by step, so that each answer has its stage."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from smtplib import SMTP, SMTPException, SMTPResponseException
from types import TracebackType
from typing import Self

from django.core.mail.backends.smtp import EmailBackend

from kanssa.messages.delivery_states import Stage

_GOING_AWAY = 421


@dataclass(frozen=True, slots=True)
class OutgoingEmail:
    sender: str
    recipient: str
    content: bytes = field(repr=False)

    @property
    def needs_smtputf8(self) -> bool:
        return not (self.sender + self.recipient).isascii()


class RelayUnavailable(Exception):
    """No conversation can be started: the next mail would fail in the same way."""


class RelayConnectionLost(Exception):
    """The conversation broke off; the next mail needs a new one."""


class RelayRefused(Exception):
    """The mail server refused a mail. `text` was written by a server, not by a person."""

    def __init__(self, stage: Stage, code: int, text: str) -> None:
        super().__init__(f"{stage}: {code}")
        self.stage, self.code, self.text = stage, code, text


class Relay:
    """One connection for a round of mails, opened for the first and again when it is lost."""

    def __init__(self) -> None:
        self._backend = EmailBackend()

    def hand_over(self, email: OutgoingEmail) -> None:
        """Give one mail to the server. Raises RelayUnavailable, RelayConnectionLost, RelayRefused."""
        smtp = self._opened()
        try:
            with _interruptions():
                _converse(smtp, email)
        except RelayConnectionLost:
            self.close()
            raise
        except RelayRefused as refusal:
            self._reset_session(smtp, refusal)
            raise
        except Exception:
            self.close()
            raise

    def close(self) -> None:
        # An error here concerns no mail.
        with suppress(Exception):
            self._backend.close()
        self._backend.connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _opened(self) -> SMTP:
        try:
            self._backend.open()
            smtp = self._backend.connection
            assert isinstance(smtp, SMTP)  # noqa: S101 for the type
            # The extensions must be known before the first mail.
            smtp.ehlo_or_helo_if_needed()
        except Exception as fault:
            self.close()
            raise RelayUnavailable(_name_of(fault)) from fault
        return smtp

    def _reset_session(self, smtp: SMTP, refusal: RelayRefused) -> None:
        if refusal.code == _GOING_AWAY:
            self.close()
            return
        # RSET clears the refused envelope, or the next MAIL FROM would be out of sequence.
        try:
            smtp.rset()
        except (OSError, SMTPException):
            self.close()


def _converse(smtp: SMTP, email: OutgoingEmail) -> None:
    _require(Stage.SENDER, smtp.mail(email.sender, _options(smtp, email)))
    _require(Stage.RECIPIENT, smtp.rcpt(email.recipient))
    try:
        answer = smtp.data(email.content)
    except SMTPResponseException as refusal:
        answer = (refusal.smtp_code, _bytes(refusal.smtp_error))
    _require(Stage.DATA, answer)


def _options(smtp: SMTP, email: OutgoingEmail) -> list[str]:
    # The server can refuse by the size before it takes the mail.
    options = [f"SIZE={len(email.content)}"] if smtp.has_extn("size") else []
    if smtp.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    if not email.needs_smtputf8:
        return options
    if not smtp.has_extn("smtputf8"):
        raise RelayRefused(Stage.RECIPIENT, 553, "5.6.7 our mail server does not offer SMTPUTF8")
    # smtplib encodes commands as ASCII by default.
    smtp.command_encoding = "utf-8"
    return [*options, "SMTPUTF8"]


def _require(stage: Stage, answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code == -1:
        raise RelayConnectionLost(f"{stage}: no answer")
    if not 200 <= code < 300:  # noqa: PLR2004 RFC 5321
        raise RelayRefused(stage, code, text.decode("utf-8", "replace"))


@contextmanager
def _interruptions() -> Iterator[None]:
    try:
        yield
    except OSError as fault:  # covers SMTPException
        raise RelayConnectionLost(_name_of(fault)) from fault


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def _name_of(fault: Exception) -> str:
    if isinstance(fault, SMTPResponseException):
        return f"{type(fault).__name__} {fault.smtp_code}"
    return type(fault).__name__
