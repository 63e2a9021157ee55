"""Everybody's letter box in the demo: takes mail over SMTP, and shows it on a page.

    python -m rehearsal.mailbox --smtp-port 8003 --http-port 8002 --folder mails

A recipient whose name begins with `bounce` is refused, so that a refusal can be rehearsed.
"""

import argparse
import json
import re
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import lru_cache
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from rehearsal.processes import CannotStart, free_port, is_free

_HOST = "127.0.0.1"
_ID = re.compile(r"\d{20}-[0-9a-f]{8}")
# The full stop that ends a sentence is not part of the address in it.
_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")
_HREF = re.compile(r"""href\s*=\s*["'](https?://[^"']+)["']""", re.IGNORECASE)

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-top-navigation-by-user-activation"
)
# Inside the frame a link would open the service in the frame, which the service forbids.
_OPENS_OUTSIDE_THE_FRAME = '<base target="_top">'


# Letters


@dataclass(frozen=True)
class Letter:
    """A mail as it arrived."""

    id: str
    to: str
    """Where it was delivered, whatever its header says; several are joined by a comma."""
    subject: str
    message_id: str
    date: str
    """ISO 8601, in UTC."""
    text: str
    html: str
    links: tuple[str, ...]
    """Those of the text first, each once."""
    headers: tuple[tuple[str, str], ...]

    def is_to(self, wanted: str) -> bool:
        """A whole address is meant exactly (aino@… is not vaino@…), part of one loosely."""
        wanted = wanted.strip().casefold()
        if "@" in wanted:
            return wanted in self.to.casefold().split(", ")
        return wanted in self.to.casefold()


class Folder:
    """One file a letter, its name beginning with the nanosecond of its arrival."""

    def __init__(self, path: Path) -> None:
        """Make the folder when it is missing."""
        self.path = path
        path.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, recipients: Sequence[str]) -> None:
        """Store a mail with the addresses that it was really delivered to."""
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        delivered = "".join(f"Delivered-To: {recipient}\r\n" for recipient in recipients)
        # Renamed when complete: a reader never meets half a letter.
        unfinished = self.path / f"{name}.unfinished"
        unfinished.write_bytes(delivered.encode() + content)
        unfinished.rename(self.path / f"{name}.eml")

    def letters(self, *, to: str = "") -> Iterator[Letter]:
        """The newest first."""
        for path in sorted(self.path.glob("*.eml"), reverse=True):
            letter = _read(path)
            if letter.is_to(to):
                yield letter

    def letter(self, letter_id: str) -> Letter:
        """Raises NotFound."""
        path = self.path / f"{letter_id}.eml"
        if not _ID.fullmatch(letter_id) or not path.exists():
            raise NotFound
        return _read(path)


@lru_cache(maxsize=2000)
def _read(path: Path) -> Letter:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    text, html = _part(message, "plain"), _part(message, "html")
    return Letter(
        id=path.stem,
        to=", ".join(message.get_all("Delivered-To", [])),
        subject=str(message.get("Subject", "")),
        message_id=str(message.get("Message-ID", "")),
        date=_date(message, path.stem),
        text=text,
        html=html,
        links=tuple(dict.fromkeys([*_LINK.findall(text), *map(unescape, _HREF.findall(html))])),
        headers=tuple((name, str(value)) for name, value in message.items()),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _date(message: EmailMessage, letter_id: str) -> str:
    """When it was written; when it arrived, if it does not say so."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        date = datetime.fromtimestamp(int(letter_id.partition("-")[0]) / 1e9, UTC)
    return date.astimezone(UTC).isoformat(timespec="seconds")


# SMTP


class _Reception:
    """What aiosmtpd calls; the method names are its own."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.casefold().startswith("bounce"):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        self._folder.keep(content.encode() if isinstance(content, str) else content, envelope.rcpt_tos)
        return "250 2.0.0 Kept"


# The page

_TEMPLATES = {
    "layout": """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{% block title %}{% endblock %} – rehearsal mailbox</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<main>
{% block main %}{% endblock %}
</main>
</body>
</html>
""",
    "list": """{% extends "layout" %}
{% block title %}Mail{% endblock %}
{% block main %}
<h1>Mail</h1>
<p>Everything the service sends in this rehearsal ends here; nothing leaves this machine.</p>
<form action="/" method="get" role="search">
<label for="to">To</label>
<input id="to" name="to" value="{{ to }}" autocomplete="off">
<button>Show</button>
{% if to %}<a href="/">Show everybody's</a>{% endif %}
</form>
{% if letters %}
<table>
<caption>{{ letters|length }} {{ "letter" if letters|length == 1 else "letters" }}, the newest first</caption>
<thead><tr><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Time (UTC)</th></tr></thead>
<tbody>
{% for letter in letters %}
<tr>
<td>{{ letter.to }}</td>
<td><a href="/messages/{{ letter.id }}">{{ letter.subject or "(no subject)" }}</a></td>
<td><time datetime="{{ letter.date }}">{{ letter.date[:19]|replace("T", " ") }}</time></td>
</tr>
{% endfor %}
</tbody>
</table>
{% else %}
<p>No mail{% if to %} to {{ to }}{% endif %} yet.</p>
{% endif %}
{% endblock %}
""",
    "letter": """{% extends "layout" %}
{% block title %}{{ letter.subject or "(no subject)" }}{% endblock %}
{% block main %}
<p><a href="/">All mail</a></p>
<h1>{{ letter.subject or "(no subject)" }}</h1>
<dl>
{% for name, value in letter.headers %}
<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}
</dl>
<h2>Text part</h2>
{% if letter.text %}<div class="text">{{ text }}</div>{% else %}<p>It has none.</p>{% endif %}
<h2>HTML part</h2>
{% if letter.html %}
<p><a href="/messages/{{ letter.id }}/html">Show it on a page of its own</a></p>
<iframe src="/messages/{{ letter.id }}/html" title="HTML part"
 sandbox="allow-popups allow-top-navigation-by-user-activation"></iframe>
{% else %}<p>It has none.</p>{% endif %}
{% endblock %}
""",
    "problem": """{% extends "layout" %}
{% block title %}{{ problem }}{% endblock %}
{% block main %}
<h1>{{ problem }}</h1>
<p><a href="/">All mail</a></p>
{% endblock %}
""",
}

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 0 1rem 3rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid; }
th, td, dd, .text { overflow-wrap: anywhere; }
dt { font-weight: bold; }
dd { margin: 0 0 .5rem; }
input, button { font: inherit; padding: .3rem .5rem; }
.text { white-space: pre-wrap; border: 1px solid; padding: 1rem; }
iframe { width: 100%; height: 40rem; border: 1px solid; background: #fff; }
"""

_ADDRESSES = Map(
    [
        Rule("/", endpoint="list_letters"),
        Rule("/messages.json", endpoint="list_as_json"),
        Rule("/messages/<letter_id>", endpoint="show_letter"),
        Rule("/messages/<letter_id>/html", endpoint="show_html_part"),
        Rule("/style.css", endpoint="style"),
        Rule("/health", endpoint="health"),
    ]
)


class MailboxPage:
    """A WSGI application over a folder of letters; it writes nothing."""

    def __init__(self, folder: Folder) -> None:
        """Show what is in `folder`, also what comes later."""
        self._folder = folder
        self._templates = Environment(
            loader=DictLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
        )

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer as WSGI wants it."""
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            endpoint, values = _ADDRESSES.bind_to_environ(request.environ).match(method="GET")
            response: Response = getattr(self, endpoint)(request, **values)
        except HTTPException as problem:
            response = self._page("problem", problem=problem.name)
            response.status_code = problem.code or 500
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-store"
        return response

    def list_letters(self, request: Request) -> Response:
        """Everybody's, or with `?to=` one person's."""
        to = request.args.get("to", "")
        return self._page("list", letters=list(self._folder.letters(to=to)), to=to)

    def list_as_json(self, request: Request) -> Response:
        """Give browser tests the same list, whole letters in it."""
        letters = [asdict(letter) for letter in self._folder.letters(to=request.args.get("to", ""))]
        return Response(json.dumps(letters), mimetype="application/json")

    def show_letter(self, _request: Request, letter_id: str) -> Response:
        """Headers, text, and the HTML part in a frame."""
        letter = self._folder.letter(letter_id)
        return self._page("letter", letter=letter, text=_with_links(letter.text))

    def show_html_part(self, _request: Request, letter_id: str) -> Response:
        """As it was sent, under a policy that lets it do nothing."""
        html = self._folder.letter(letter_id).html + _OPENS_OUTSIDE_THE_FRAME
        return Response(html, mimetype="text/html", headers={"Content-Security-Policy": _LETTER_POLICY})

    def style(self, _request: Request) -> Response:
        """Serve the style sheet: the policy forbids styles in the page."""
        return Response(_STYLE, mimetype="text/css")

    def health(self, _request: Request) -> Response:
        """Tell the supervisor that the page is up."""
        return Response("ok", mimetype="text/plain")

    def _page(self, template: str, /, **values: object) -> Response:
        return Response(self._templates.get_template(template).render(**values), mimetype="text/html")


def _with_links(text: str) -> Markup:
    pieces, end = [], 0
    for link in _LINK.finditer(text):
        pieces.append(
            Markup("{}<a href='{}' rel='noreferrer'>{}</a>").format(
                text[end : link.start()], link[0], link[0]
            )
        )
        end = link.end()
    return Markup("").join([*pieces, text[end:]])


# Both together


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing: a browser test asks every few milliseconds."""


class Mailbox:
    """Both servers on loopback, in threads of this process; port 0 means any free one."""

    def __init__(self, folder: Path, *, smtp_port: int = 0, http_port: int = 0) -> None:
        """Choose the ports; nothing listens yet."""
        self.smtp_port = smtp_port or free_port()
        self.http_port = http_port or free_port()
        self.smtp_url = f"smtp://{_HOST}:{self.smtp_port}"
        self.url = f"http://{_HOST}:{self.http_port}"
        self._letters = Folder(folder)
        self._smtp: Controller | None = None
        self._http: BaseWSGIServer | None = None

    def start(self) -> None:
        """Returns when both answer. Raises CannotStart."""
        for port in (self.smtp_port, self.http_port):
            if not is_free(port):
                raise CannotStart(f"Port {port} is taken: stop what listens there, or choose another.")
        self._http = make_server(
            _HOST, self.http_port, MailboxPage(self._letters), threaded=True, request_handler=_Quiet
        )
        # How often it looks whether to stop, in seconds.
        serving = threading.Thread(
            target=self._http.serve_forever, args=[0.02], name="mailbox page", daemon=True
        )
        serving.start()
        self._smtp = Controller(
            _Reception(self._letters), hostname=_HOST, port=self.smtp_port, enable_SMTPUTF8=True
        )
        self._smtp.start()

    def stop(self) -> None:
        """Let go of both ports; the letters stay."""
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


def main(arguments: Sequence[str]) -> int:
    """Serve until asked to end."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.mailbox")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args(arguments)
    ends = {signal.SIGINT, signal.SIGTERM}
    # Before the servers' threads start: they inherit it, so that the wait below gets the signal.
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    try:
        with Mailbox(options.folder, smtp_port=options.smtp_port, http_port=options.http_port) as mailbox:
            print(f"Mail to {mailbox.smtp_url} is shown on {mailbox.url}", flush=True)
            signal.sigwait(ends)
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
