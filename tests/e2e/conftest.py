"""Fixtures: a browser, a running demo, and a folder for the pictures."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.e2e.journeys import Visit
from tests.e2e.page_checks import NARROW, WIDE, Inspector, Scale, Weights, look
from tests.e2e.stack import ROOT, Stack, running_stack

# Playwright keeps an event loop in this thread, but no Django code runs in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ARTEFACTS = ROOT / "artefacts"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SECONDS = 120
expect.set_options(timeout=SECONDS * 1000)

Arrive = Callable[..., Visit]
_visits = pytest.StashKey[list[Visit]]()


def chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing: apt-get install chromium (or set CHROMIUM=/path/to/it)"
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a journey whose pages had faults, and keep a picture of where it failed."""
    try:
        outcome = yield
        faults = [fault for visit in item.stash.get(_visits, []) for fault in visit.faults]
        assert not faults, "\n".join(dict.fromkeys(faults))
    except BaseException:
        for index, visit in enumerate(item.stash.get(_visits, [])):
            with suppress(Error):
                visit.page.screenshot(path=visit.album / f"FAILED-{visit.prefix}{index}.png", full_page=True)
        raise
    return outcome


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("demo") / "data") as stack:
        yield stack


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def inspector(browser: Browser, worker_id: str) -> Iterator[Inspector]:
    inspector = Inspector(browser)
    yield inspector
    inspector.close()
    ARTEFACTS.mkdir(exist_ok=True)
    doubts = [
        f"{rule}\n" + "".join(f"  {where}\n" for where in sorted(places))
        for rule, places in sorted(inspector.doubts.items())
    ]
    (ARTEFACTS / f"axe-cannot-tell-{worker_id}.txt").write_text("\n".join(doubts), "utf-8")


@pytest.fixture(scope="session")
def weights(worker_id: str) -> Iterator[Weights]:
    weights = Weights()
    yield weights
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / f"page-weights-{worker_id}.txt").write_text(weights.as_table(), "utf-8")


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Path:
    """Return the emptied folder for this journey's pictures."""
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-").replace("_", "-")
    folder = ARTEFACTS / "screens" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def arrive(
    request: pytest.FixtureRequest,
    browser: Browser,
    stack: Stack,
    album: Path,
    inspector: Inspector,
    weights: Weights,
) -> Iterator[Arrive]:
    """Yield a function that opens a browser of its own; scripts are off unless asked for."""
    visits = request.node.stash[_visits] = []

    def arrive(
        name: str = "",
        *,
        language: str = "fi",
        width: int = 1280,
        scripts: bool = False,
        at: Stack = stack,
        context: BrowserContext | None = None,
    ) -> Visit:
        assert at.process.poll() is None, "the demo has ended"
        context = context or browser.new_context(
            java_script_enabled=scripts,
            viewport=NARROW if width == 320 else WIDE,
            locale={"fi": "fi-FI", "sv": "sv-SE", "en": "en-GB"}[language],
        )
        context.set_default_timeout(SECONDS * 1000)
        page = context.pages[0] if context.pages else context.new_page()
        visit = Visit(page, at.service, at.broker, album, language, f"{name}-" if name else "")
        watch(context, visit)
        scale = Scale(context.new_cdp_session(page))
        visit.looks += [
            lambda page, _name: look(page, language=visit.language, is_ours=visit.is_at_the_service),
            inspector.look_at,
            lambda page, name: weights.note(page, name, *scale.read()),
        ]
        visits.append(visit)
        return visit

    yield arrive
    for visit in visits:
        visit.page.context.close()


def watch(context: BrowserContext, visit: Visit) -> None:
    """Fail the journey at once on a server error or a request to another site."""

    def fail(fault: str) -> None:
        visit.faults.append(fault)
        raise AssertionError(fault)

    def on_response(response: Response) -> None:
        is_page = response.request.is_navigation_request() and response.frame.parent_frame is None
        if is_page and response.status >= 500 and response.status != visit.awaited_status:
            fail(f"{response.url} answered {response.status}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((f"{visit.base_url}/", f"{visit.broker}/", "data:")):
            fail(f"{visit.page.url} asked {request.url}")

    def on_page(page: Page) -> None:
        page.on("response", on_response)

    context.on("request", on_request)
    context.on("page", on_page)
    for page in context.pages:
        on_page(page)
