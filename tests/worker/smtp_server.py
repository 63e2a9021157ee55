"""A mail server on the loopback that answers each recipient by a script, over real sockets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller

from rehearsal.processes import free_port


@dataclass
class SmtpServer:
    """`script` gives the answer for a recipient at a step: `MAIL`, `RCPT`, `DATA` or `HANG UP`."""

    script: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    refuses_all: str = ""
    taken: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 aiosmtpd's name
        answer = self.script.get(address, ("", ""))
        if answer[0] == "MAIL":
            return answer[1]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 aiosmtpd's name
        self.tried.append(address)
        step, answer = self.script.get(address, ("", ""))
        if step == "HANG UP":
            server.transport.close()
        if step == "RCPT" or self.refuses_all:
            return self.refuses_all or answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        step, answer = self.script.get(envelope.rcpt_tos[0], ("", ""))
        if step == "DATA":
            return answer
        self.taken.append(envelope.rcpt_tos[0])
        self.contents.append(envelope.content)
        return "250 OK"


@contextmanager
def smtp_server(settings, **features) -> Iterator[SmtpServer]:
    """Run a server at the address in the settings."""
    smtp = SmtpServer()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    controller = Controller(smtp, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT, **features)
    controller.start()
    try:
        yield smtp
    finally:
        controller.stop(no_assert=True)
