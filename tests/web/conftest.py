from datetime import timedelta

import pytest

from kanssa.identification import registry, sign_ons
from tests.cast import later
from tests.web.browser import Browser


@pytest.fixture(autouse=True)
def _direct_identification(settings):
    settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct_method.load"}
    settings.SIGN_ONS = {"direct": "tests.web.direct_method.load_sign_on"}
    registry.methods()
    sign_ons.sign_ons()


class Clock:
    """The time on pages: an hour after the cast's NOW, until a test moves it."""

    def __init__(self):
        self.time = later(hours=1)

    def passes(self, **duration):
        self.time += timedelta(**duration)


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("kanssa.web.base.visitor.clock", lambda: clock.time)
    return clock


@pytest.fixture
def browser() -> Browser:
    return Browser()
