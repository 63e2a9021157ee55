"""The demo's mailbox for all addresses: receives mail over SMTP, and shows it on a page.

    python -m rehearsal.mailbox --smtp-port 8003 --http-port 8002 --folder mails

To rehearse problems, a word before the @ of an address chooses the server's answer:
`refuse` no such mailbox, `full` a full mailbox, `policy` a refusal that concerns our server, `later` not now.
Mail to one with `bounce` is accepted and then bounces, into the Maildir of `--bounces`; with `bounce`
and one of the others (`aino.bounces.full`) it bounces for that reason.
"""

import argparse
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from rehearsal import clock
from rehearsal.bounces import Bounces
from rehearsal.clock_page import ClockPage
from rehearsal.mailbox_page import MailboxPage
from rehearsal.processes import CannotStart, free_port, is_free
from rehearsal.stored_messages import MailFolder

_HOST = "127.0.0.1"
_ANSWERS = {
    "refuse": "550 5.1.1 No such mailbox here",
    "full": "552 5.2.2 The mailbox is full",
    "policy": "550 5.7.1 Mail from your server is not accepted",
    "later": "450 4.7.1 Try again later",
}


class _Reception:
    """The handler that aiosmtpd calls; it defines the method names."""

    def __init__(self, folder: MailFolder, bounces: Bounces | None) -> None:
        self._folder = folder
        self._bounces = bounces

    async def handle_RCPT(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = _answer_to(address)
        # An address with `bounce` is accepted first.
        if answer and "bounce" not in _local_part(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        content = content.encode() if isinstance(content, str) else content
        arriving = [address for address in envelope.rcpt_tos if "bounce" not in _local_part(address)]
        if arriving:
            self._folder.keep(content, arriving)
        for address in set(envelope.rcpt_tos) - set(arriving):
            self._send_back(content, address, envelope.mail_from or "")
        return "250 2.0.0 Kept"

    def _send_back(self, content: bytes, recipient: str, sender: str) -> None:
        if self._bounces:
            answer = _answer_to(recipient) or _ANSWERS["refuse"]
            self._bounces.send_back(
                content, recipient=recipient, sender=sender, answer=answer, now=clock.now()
            )


def _answer_to(address: str) -> str | None:
    words = re.split(r"[.+_-]", _local_part(address))
    return next((_ANSWERS[word] for word in _ANSWERS if any(each.startswith(word) for each in words)), None)


def _local_part(address: str) -> str:
    return address.rpartition("@")[0].casefold()


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: a browser test asks every few milliseconds."""


class Mailbox:
    """Both servers on loopback, in threads of this process; port 0 means any free one."""

    def __init__(
        self,
        folder: Path,
        *,
        smtp_port: int = 0,
        http_port: int = 0,
        bounces: Bounces | None = None,
        clock_page: ClockPage | None = None,
    ) -> None:
        self.smtp_port = smtp_port or free_port()
        self.http_port = http_port or free_port()
        self.smtp_url = f"smtp://{_HOST}:{self.smtp_port}"
        self.url = f"http://{_HOST}:{self.http_port}"
        self._mail_folder = MailFolder(folder)
        self._bounces = bounces
        self._clock_page = clock_page
        self._smtp: Controller | None = None
        self._http: BaseWSGIServer | None = None

    def start(self) -> None:
        """Return when both servers answer. Raises CannotStart."""
        for port in (self.smtp_port, self.http_port):
            if not is_free(port):
                raise CannotStart(f"Port {port} is taken: stop what listens there, or choose another.")
        self._http = make_server(_HOST, self.http_port, self._pages(), threaded=True, request_handler=_Quiet)
        # The interval in seconds for checking whether to stop.
        serving = threading.Thread(
            target=self._http.serve_forever, args=[0.02], name="mailbox page", daemon=True
        )
        serving.start()
        self._smtp = Controller(
            _Reception(self._mail_folder, self._bounces),
            hostname=_HOST,
            port=self.smtp_port,
            enable_SMTPUTF8=True,
        )
        self._smtp.start()

    def _pages(self) -> Callable[..., Any]:
        clock_page = self._clock_page
        mail = MailboxPage(self._mail_folder, has_clock=clock_page is not None)

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            page = clock_page if clock_page and environ["PATH_INFO"] == "/clock" else mail
            return page(environ, start_response)

        return answer

    def stop(self) -> None:
        if self._smtp:
            self._smtp.stop(no_assert=True)
        if self._http:
            self._http.shutdown()
            self._http.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _advance_days(to: int) -> list[str]:
    # Advance the days in a separate process, which loads the service; return its output.
    command = [sys.executable, "-m", "rehearsal.advance_days", f"--to={to}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stderr, end="", file=sys.stderr, flush=True)
    return done.stdout.splitlines() if done.returncode == 0 else ["It failed: see the log of the mailbox."]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.mailbox")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--bounces", type=Path, metavar="MAILDIR")
    options = parser.parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    # Before the servers' threads start: they inherit the mask, so that the wait below gets the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        with Mailbox(
            options.folder,
            smtp_port=options.smtp_port,
            http_port=options.http_port,
            bounces=Bounces(options.bounces) if options.bounces else None,
            clock_page=ClockPage(clock.of_this_process(), advance_days=_advance_days),
        ) as mailbox:
            print(f"Mail to {mailbox.smtp_url} is shown on {mailbox.url}", flush=True)
            signal.sigwait(ends)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
