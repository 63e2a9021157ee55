"""A browser as far as the service can tell: cookies, forms, redirects, kept-alive connections."""

import gzip
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html
from urllib3 import PoolManager

_REDIRECTS, _MOST_REDIRECTS = frozenset({301, 302, 303}), 10
_HEADERS = {
    "Accept-Encoding": "gzip",
    "Accept-Language": "fi-FI,fi;q=0.8,en;q=0.5",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_POOL = PoolManager(num_pools=8, maxsize=16, retries=False, timeout=30.0)


class WrongAnswer(Exception):
    """The answer is not what a person would have seen."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Iterable[tuple[str, str]]
    body: bytes

    def all_of(self, header: str) -> list[str]:
        return [value for name, value in self.headers if name.lower() == header]


# Sends one request (method, address, headers, body) and reads its answer whole.
Ask = Callable[[str, str, Mapping[str, str], bytes | None], Answer]


def ask_over_network(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    answer = _POOL.request(method, url, headers=headers, body=body, redirect=False, decode_content=False)
    return Answer(answer.status, list(answer.headers.items()), answer.data)


class Browser:
    """One browser of one person, at one page. Counts its requests to the service."""

    def __init__(self, service: str, ask: Ask) -> None:
        self._service, self._ask_server = service, ask
        self._cookies: dict[str, dict[str, str]] = {}
        self.requests = 0
        self.url = service
        self.page = html.document_fromstring("<p>")

    @property
    def text(self) -> str:
        return " ".join(self.page.text_content().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.xpath("string(//h1)").split())

    def open(self, url: str) -> None:
        self._follow("GET", urljoin(self.url, url), None)

    def press(self, label: str) -> None:
        """Press the button, or else the link, whose label holds these words. Raises WrongAnswer."""
        for control in self.page.xpath(
            "//form//button[contains(., $label)]|//a[contains(., $label)]", label=label
        ):
            if control.tag == "a":
                self.open(control.get("href"))
            else:
                self._send(next(control.iterancestors("form")), {})
            return
        raise WrongAnswer(f"{self.url} has nothing called {label!r}: {self.heading!r}")

    def fill_in(self, *pages: Mapping[str, str]) -> None:
        """Send the main form of each page with these answers, or else its last form. Raises WrongAnswer."""
        for answers in pages:
            before, main = self.url, self.page.xpath("//form[contains(@class, 'form')]") or self.page.forms
            self._send(main[-1], answers)
            if self.url == before:
                raise WrongAnswer(f"{self.url} does not take {dict(answers)}: {self.text}")

    def expect(self, heading: str) -> None:
        if self.heading != heading:
            raise WrongAnswer(f"{self.url} is headed {self.heading!r}, not {heading!r}")

    def _send(self, form: html.FormElement, answers: Mapping[str, str]) -> None:
        body = urlencode({**dict(form.form_values()), **answers}).encode()
        self._follow(form.method, urljoin(self.url, form.action or ""), body)

    def _follow(self, method: str, url: str, body: bytes | None) -> None:
        for _ in range(_MOST_REDIRECTS):
            answer = self._ask(method, url, body)
            if answer.status not in _REDIRECTS:
                self._show(url, answer)
                return
            method, url, body = "GET", urljoin(url, answer.all_of("location")[0]), None
        raise WrongAnswer(f"{url}: redirected without end")

    def _ask(self, method: str, url: str, body: bytes | None) -> Answer:
        parts = urlsplit(url)
        cookies = self._cookies.setdefault(parts.hostname or "", {})
        headers = {**_HEADERS, "Referer": self.url}
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        if body is not None:
            headers |= {**_FORM, "Origin": f"{parts.scheme}://{parts.netloc}"}
        answer = self._ask_server(method, url, headers, body)
        self.requests += url.startswith(self._service)
        for header in answer.all_of("set-cookie"):
            for morsel in SimpleCookie(header).values():
                cookies[morsel.key] = morsel.value
                if morsel["max-age"] == "0":
                    del cookies[morsel.key]
        return answer

    def _show(self, url: str, answer: Answer) -> None:
        packed = answer.all_of("content-encoding") == ["gzip"]
        page = gzip.decompress(answer.body) if packed else answer.body
        self.url, self.page = url, html.document_fromstring(page.decode())
        if answer.status != HTTPStatus.OK:
            raise WrongAnswer(f"{url}: {answer.status}, {self.heading!r}")
