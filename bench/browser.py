"""A browser as far as the service can tell: cookies, forms, redirects, kept-alive connections."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http import HTTPStatus
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Protocol, Self
from urllib.parse import urlencode, urljoin, urlsplit

_REDIRECTS = frozenset({301, 302, 303})
_MOST_REDIRECTS = 10
_SECONDS_TO_ANSWER = 15.0
_HEADERS = {
    "Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip",
    "Accept-Language": "fi-FI,fi;q=0.8,en;q=0.5",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}


class WrongAnswer(Exception):
    """What came back is not what a person would have seen."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer, headers in their order."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        """The body, unpacked."""
        body = gzip.decompress(self.body) if self.header("Content-Encoding") == "gzip" else self.body
        return body.decode()


class Transport(Protocol):
    """How requests reach a server."""

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """Send one request and read its answer whole."""
        ...


class KeptAliveTransport:
    """One kept-alive connection to each server, for one thread."""

    def __init__(self) -> None:
        """Connect to nobody yet."""
        self._connections: dict[str, HTTPConnection] = {}

    def ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        """Send one request and read its answer whole."""
        parts = urlsplit(url)
        connection = self._connections.setdefault(
            parts.netloc, HTTPConnection(parts.netloc, timeout=_SECONDS_TO_ANSWER)
        )
        path = parts._replace(scheme="", netloc="", fragment="").geturl()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return HttpAnswer(answer.status, tuple(answer.getheaders()), answer.read())

    def close(self) -> None:
        """Let go of all connections."""
        for connection in self._connections.values():
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@dataclass(slots=True)
class Form:
    """A form of a page with the fields that it sends by itself; `label` is its last button's."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    label: str = ""


class Page(HTMLParser):
    """What a person finds on a page: its heading, its forms and its links."""

    def __init__(self, html: str) -> None:
        """Read it."""
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.heading = ""
        self._href = ""
        self._inside: list[str] = []
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where something begins."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").upper()))
        elif tag == "input" and "name" in given and given.get("type") != "radio":
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag in ("a", "button", "h1"):
            self._href = given.get("href", "")
            self._text = ""

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Note what the text was of."""
        text = " ".join(self._text.split())
        if tag == "h1":
            self.heading = text
        elif tag == "a":
            self.links.append((text, self._href))
        elif tag == "button" and self.forms:
            self.forms[-1].label = text


class Browser:
    """One browser of one person, at one page. Counts what it asks of the service."""

    def __init__(self, transport: Transport, service: str) -> None:
        """Begin without cookies."""
        self._line = transport
        self._service = service
        self._cookies: dict[str, dict[str, str]] = {}
        self.requests = 0
        self.url = service
        self.page = Page("")
        self.text = ""

    def open(self, url: str) -> None:
        """Go to an address."""
        self._follow("GET", urljoin(self.url, url), None)

    def press(self, label: str) -> None:
        """Press the button, or else the link, whose label holds these words. Raises WrongAnswer."""
        for form in self.page.forms:
            if label in form.label:
                self.send(form)
                return
        for text, href in self.page.links:
            if label in text:
                self.open(href)
                return
        raise WrongAnswer(f"{self.url} has nothing called {label!r}: {self.page.heading!r}")

    def fill(self, **fields: str) -> None:
        """Fill in and send the form that has all but the last of these fields, which is its button."""
        asked = set(list(fields)[:-1])
        for form in self.page.forms:
            if asked <= form.fields.keys():
                self.send(form, fields)
                return
        raise WrongAnswer(f"{self.url} asks for no {asked}: {self.page.heading!r}")

    def send(self, form: Form, fields: Mapping[str, str] | None = None) -> None:
        """Send a form with what it holds and these fields."""
        body = urlencode({**form.fields, **(fields or {})}).encode()
        self._follow(form.method, urljoin(self.url, form.action), body)

    def expect(self, heading: str) -> None:
        """Raise WrongAnswer unless the page's heading is this."""
        if self.page.heading != heading:
            raise WrongAnswer(f"{self.url} is headed {self.page.heading!r}, not {heading!r}")

    def _follow(self, method: str, url: str, body: bytes | None) -> None:
        for _ in range(_MOST_REDIRECTS):
            answer = self._ask(method, url, body)
            if answer.status not in _REDIRECTS:
                self._show(url, answer)
                return
            method, url, body = "GET", urljoin(url, answer.header("Location")), None
        raise WrongAnswer(f"{url}: redirected without end")

    def _ask(self, method: str, url: str, body: bytes | None) -> HttpAnswer:
        parts = urlsplit(url)
        headers = {**_HEADERS, "Referer": self.url}
        cookies = self._cookies.setdefault(parts.hostname or "", {})
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = f"{parts.scheme}://{parts.netloc}"
        answer = self._line.ask(method, url, headers, body)
        self.requests += url.startswith(self._service)
        self._keep_cookies(cookies, answer)
        return answer

    def _keep_cookies(self, cookies: dict[str, str], answer: HttpAnswer) -> None:
        for name, value in answer.headers:
            if name.lower() != "set-cookie":
                continue
            for morsel in SimpleCookie(value).values():
                if morsel["max-age"] == "0":
                    cookies.pop(morsel.key, None)
                else:
                    cookies[morsel.key] = morsel.value

    def _show(self, url: str, answer: HttpAnswer) -> None:
        self.url, self.text = url, answer.text
        self.page = Page(self.text)
        if answer.status != HTTPStatus.OK:
            raise WrongAnswer(f"{url}: {answer.status}, {self.page.heading!r}")
