"""The browsers of the other adults, which keep every answer, and the mail that these adults can read."""

import copy
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.http import HttpResponse

from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.worker.emails.render import email_of
from kanssa.worker.link_checks import require_live_link
from tests.noninterference.masks import Masks
from tests.web.browser import Browser

_IDLE = timedelta(minutes=20)
# Taken from the machine's clock.
_NOT_COMPARED = ("Expires",)


@dataclass
class Observer:
    """An adult with a browser. `named` is how the broker knows them; "" is a browser alone."""

    named: str
    browser: Browser
    last_seen: datetime | None = None
    answers: list[str] = field(default_factory=list)
    masks: Masks = field(default_factory=Masks)

    def comes(self, now: datetime) -> None:
        """Identify again where the session may have ended."""
        if self.named and (self.last_seen is None or now - self.last_seen > _IDLE):
            self.browser.identify(self.named)
            self.browser.post("confirming/terms/")
        self.last_seen = now

    def sees(self, path: str) -> str:
        return self._keep(f"GET {path}", self.browser.get(path))

    def presses(self, path: str, **answers: object) -> str:
        """Press a button, and open the page it leads to."""
        answer = self.browser.send(path, **answers)
        html = self._keep(f"POST {path}", answer)
        return self.sees(answer["Location"]) if answer.status_code in (302, 303) else html

    def fills_in(self, path: str, **answers: object) -> str:
        """Send a page's form as the page gave it, with some answers changed."""
        page = self.sees(path)
        given = {name: value for name, value in _values_in(page).items() if name not in answers}
        return self.presses(path, **given, **answers)

    def _keep(self, how: str, answer: HttpResponse) -> str:
        html = answer.content.decode()
        headers = {name: value for name, value in answer.headers.items() if name not in _NOT_COMPARED}
        cookies = sorted(
            (name, morsel["path"], str(morsel["max-age"])) for name, morsel in answer.cookies.items()
        )
        told = f"{how} {answer.status_code} {headers} {cookies}\n{html}"
        self.answers.append(self.masks.mask(told))
        return html

    def copied(self) -> "Observer":
        """Begin a second run from this moment."""
        browser = Browser(self.browser.language)
        browser.client.cookies = copy.deepcopy(self.browser.client.cookies)
        return Observer(self.named, browser, self.last_seen, [], copy.deepcopy(self.masks))


_INPUT = re.compile(r"<(?:input|option|textarea)\b[^>]*>")
_NAME, _VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')


def _values_in(html: str) -> dict[str, str]:
    """Read the text fields and hidden fields of a page."""
    found = {}
    for tag in _INPUT.findall(html):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        kind = re.search(r'\btype="([^"]*)"', tag)
        if name and value and (kind is None or kind[1] not in ("checkbox", "radio", "submit")):
            found[name[1]] = value[1]
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def readable_mail(*, but_to: frozenset[str]) -> list[str]:
    """Render all mail but that to the hidden adult's own mailboxes, in the order in which it was written."""
    mails = [(to, payload, message) for message in Message.objects.all() for to, payload in [_read(message)]]
    masks, found = Masks(), []
    for to, payload, message in sorted(mails, key=lambda mail: (mail[2].written_at, mail[0], mail[2].topic)):
        if to.casefold() not in but_to:
            found.append(masks.mask(_rendered(message, to, payload)))
    return found


def _read(message: Message) -> tuple[str, dict[str, object]]:
    # The contents of a message that can no longer be needed are erased.
    return read_contents(message) if message.sealed else ("", {})


def _rendered(message: Message, to: str, payload: dict[str, object]) -> str:
    about = (
        f"{to} {message.topic} {message.language} written {message.written_at} to send {message.send_at} "
        f"{message.delivery} {message.failure}"
    )
    if not payload:
        return about
    mail = email_of(message, to, payload, now=message.written_at)
    html = [content for content, _kind in mail.alternatives]
    return "\n".join([about, _link_of(message, payload), mail.subject, str(mail.body), *map(str, html)])


def _link_of(message: Message, payload: dict[str, object]) -> str:
    """Say whether the mailed link still opens."""
    try:
        require_live_link(message, payload, now=message.written_at)
    except Exception as ended:  # noqa: BLE001 the name of what a reader would find
        return type(ended).__name__
    return "opens"
