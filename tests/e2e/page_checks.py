"""The requirements on every page, checked whenever a journey opens one."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Page, Route, ViewportSize

from tests.e2e.ui_texts import english_in

AXE = Path(__file__).resolve().parent / "peers" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW: ViewportSize = {"width": 320, "height": 640}
WIDE: ViewportSize = {"width": 1280, "height": 900}
HEAVIEST = 30_000  # bytes
_VARYING = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{40,}|\d")
# Pages that differ only in these texts and values are one sort of page.
_WORDS = re.compile(r">[^<]+<| value=\"[^\"]*\"| style=\"\"")

_LOOK = """() => {
  const all = [...document.querySelectorAll('*')]
  const body = getComputedStyle(document.body)
  return {
    language: document.documentElement.lang,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    mains: document.querySelectorAll('main').length,
    scripts: document.scripts.length,
    handlers: all.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length,
    styles: all.filter(e => e.getAttribute('style')).map(e => e.outerHTML.slice(0, 200)),
    sheets: [...document.styleSheets].map(sheet => sheet.cssRules.length),
    font: body.fontFamily,
    header: getComputedStyle(document.querySelector('.header') || document.body).backgroundColor,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    text: [...document.querySelectorAll('body [lang]')]
      .filter(e => e.lang !== document.documentElement.lang)
      .reduce((text, e) => text.replace(e.innerText, ''), document.body.innerText),
  }
}"""
_TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
# The header has this colour only when the style sheet applies.
_BLUE = "rgb(0, 0, 191)"


@dataclass
class Scale:
    """Measures the bytes of a page over the network, with nothing from a cache."""

    line: CDPSession
    _documents: dict[str, dict[str, int]] = field(default_factory=dict)
    _page_of: dict[str, str] = field(default_factory=dict)
    _latest: str = ""

    def __post_init__(self) -> None:
        self.line.on("Network.requestWillBeSent", self._requested)
        self.line.on("Network.loadingFinished", self._finished)
        self.line.send("Network.enable")
        self.line.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _requested(self, event: dict[str, Any]) -> None:
        request, document = event["requestId"], event["loaderId"]
        self._page_of[request] = document
        if event.get("type") == "Document" and request == document:
            self._latest = document
        weights = self._documents.setdefault(document, {})
        if "redirectResponse" in event:
            before = f"redirect {len(weights)}"
            weights[before] = event["redirectResponse"]["encodedDataLength"]

    def _finished(self, event: dict[str, Any]) -> None:
        document = self._page_of.get(event["requestId"], "")
        self._documents.setdefault(document, {})[event["requestId"]] = event["encodedDataLength"]

    def read(self) -> tuple[int, int]:
        """Return the bytes of the current page, and the number of answers they came in."""
        weights = self._documents.get(self._latest, {})
        return sum(weights.values()), len(weights)


class Inspector:
    """Checks a page again where scripts may run, at both widths; each sort of page once per language.

    The journeys' own browsers run no script; the page's HTML is loaded into one that does, so that
    axe can check it.
    """

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context(viewport=WIDE)
        self._page = self._context.new_page()
        self._axe = AXE.read_text("utf-8")
        self._subject = ("", "")
        self._seen: set[str] = set()
        self.doubts: dict[str, set[str]] = {}
        self._page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        address, html = self._subject
        if route.request.is_navigation_request() and route.request.url == address:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            route.continue_()

    def look_at(self, page: Page, name: str) -> None:
        address, html = page.url.partition("#")[0], page.content()
        sort = sha256(_VARYING.sub("", _WORDS.sub("", html)).encode()).hexdigest()
        if sort in self._seen:
            return
        self._seen.add(sort)
        self._subject = (address, html)
        self._page.goto(address)
        for size in (WIDE, NARROW):
            self._page.set_viewport_size(size)
            wide = self._page.evaluate(_LOOK)["wide"]
            assert wide <= 0, (
                f"{name} scrolls sideways at {size['width']} px: {self._page.evaluate(_TOO_WIDE)}"
            )
            self._ask_axe(f"{name} at {size['width']} px")
        self._page.set_viewport_size(WIDE)

    def _ask_axe(self, name: str) -> None:
        if not self._page.evaluate("() => 'axe' in window"):
            self._page.evaluate(self._axe)
        found = self._page.evaluate(
            "async tags => { const found = await axe.run(document, {runOnly: tags, preload: false})\n"
            "const {passes, incomplete, violations} = found\n"
            "return {passes: passes.length, incomplete, violations} }",
            TAGS,
        )
        assert found["passes"] > 10, found
        for doubt in found["incomplete"]:
            targets = {f"{name}: {node['target']}" for node in doubt["nodes"]}
            self.doubts.setdefault(f"{doubt['id']}: {doubt['help']}", set()).update(targets)
        assert not found["violations"], f"{name}: {_described(found['violations'])}"

    def close(self) -> None:
        self._context.close()


def _described(violations: list[dict[str, Any]]) -> str:
    return json.dumps(
        [
            {"rule": each["id"], "help": each["help"], "where": [node["html"] for node in each["nodes"]]}
            for each in violations
        ],
        indent=1,
        ensure_ascii=False,
    )


def look(page: Page, *, language: str, is_ours: bool) -> None:
    """Check the properties that can be seen without running the page's scripts."""
    seen = page.evaluate(_LOOK)
    assert seen["language"] == language, f"{page.url} is in {seen['language']}, not in {language}"
    assert seen["scripts"] == seen["handlers"] == 0, f"{page.url} has scripts"
    assert seen["headings"] == seen["mains"] == 1, f"{page.url}: {seen['headings']} h1, {seen['mains']} main"
    assert seen["title"].strip(" –"), page.url
    assert seen["wide"] <= 0, f"{page.url} scrolls sideways: {page.evaluate(_TOO_WIDE)}"
    if is_ours:
        assert seen["sheets"], f"{page.url} has no style sheet"
        assert all(seen["sheets"]), f"{page.url}: its style sheet did not load"
        assert not seen["styles"], f"{page.url} has styles that the policy blocks: {seen['styles']}"
        assert "Helvetica" in seen["font"], (page.url, seen["font"])
        assert seen["header"] == _BLUE, (page.url, seen["header"])
        english = english_in(f"{seen['title']} {seen['text']}", language)
        assert not english, f"{page.url} speaks English: {english}"


@dataclass
class Weights:
    """Keeps the greatest weight of each page, by a name without ids."""

    rows: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def note(self, page: Page, name: str, weight: int, answers: int) -> None:
        path = _VARYING.sub("#", urlsplit(page.url).path)
        key = (re.sub("#+", "#", path), re.sub(r"^[\w-]*?\d+-", "", name))
        is_new = key not in self.rows
        self.rows[key] = max(self.rows.get(key, (0, 0)), (weight, answers))
        # Fail once only: other journeys open the same page.
        assert not is_new or 0 < weight < HEAVIEST, f"{page.url} weighs {weight} bytes in {answers} answers"

    def as_table(self) -> str:
        lines = ["bytes  answers  page (address without its ids, picture)"]
        for (path, name), (weight, answers) in sorted(
            self.rows.items(), key=lambda row: (-row[1][0], row[0])
        ):
            lines.append(f"{weight:5}  {answers:7}  {path}  {name}")
        return "\n".join([*lines, ""])


Look = Callable[[Page, str], None]
