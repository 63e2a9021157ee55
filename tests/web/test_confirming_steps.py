"""The sequence of `docs/data-model.md` is what a co-applicant's browser really causes."""

import re
import sys
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

import pytest
from django.urls import resolve
from django.utils.translation import override

import kanssa
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from tests.actions import link_of
from tests.cast import AINO, EINO, arrived, confirmed, sent
from tests.web.browser import Browser
from tools.confirming_steps import CONFIRMING, Step

pytestmark = pytest.mark.django_db

_USE_CASES = Path(kanssa.__file__).parent / "usecases"
_VERSION = re.compile(r'name="version" value="([^"]+)"')
OWN_DETAILS = {
    "background": {"citizenship": "FI"},
    "municipality": {"home_municipality": "091"},
    "address": {"no_fixed_address": "on"},
    "contact": {"email": EINO.email, "contact_language": "fi"},
    "income": {"income_source": "wages", "gross_income": "0"},
    "wealth": {},
}


class RecordingBrowser(Browser):
    """Keeps each use case that its requests run, with the events and messages that it leaves."""

    def __init__(self):
        super().__init__("en")
        self.steps = []
        for method in ("get", "post"):
            setattr(self.client, method, self._recorded(method, getattr(self.client, method)))

    def _recorded(self, method, ask):
        def recorded(path, *more, **named):
            with override("en"):
                name = resolve(path.split("?")[0]).view_name
            with self._profiling(f"{method.upper()} {name}"):
                return ask(path, *more, **named)

        return recorded

    @contextmanager
    def _profiling(self, address):
        """Watch the functions that are called: a use case has the name of its file."""
        before = {}

        def watch(frame, event, _result):
            code = frame.f_code
            path = Path(code.co_filename)
            if code.co_name != path.stem or _USE_CASES not in path.parents:
                return
            if event == "call":
                before[frame] = left()
            elif event == "return":
                events, messages = (
                    now[len(was) :] for now, was in zip(left(), before.pop(frame), strict=True)
                )
                self.steps.append(Step(address, code.co_name, tuple(events), tuple(messages)))

        sys.setprofile(watch)
        try:
            yield
        finally:
            sys.setprofile(None)


def left():
    return (
        list(Event.objects.order_by("id").values_list("kind", flat=True)),
        list(Message.objects.order_by("written_at").values_list("topic", flat=True)),
    )


def test_a_co_applicant_confirms_by_the_steps_that_are_drawn():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    [eino] = [each for each in application.applicants.all() if not each.is_main]
    browser = RecordingBrowser()

    browser.get(f"/en/invitation/{link_of(eino.pk)}/")
    browser.identify("eino")
    browser.post("confirming/terms/")
    for page, answers in OWN_DETAILS.items():
        browser.post(f"confirming/{application.pk}/own-details/{page}/", **answers)
    # The review is a page with the button, which sends the version that was seen.
    seen = _VERSION.search(browser.get(f"confirming/{application.pk}/").content.decode())[1]
    browser.send(f"confirming/{application.pk}/confirm/", version=seen)

    # A page of the form is like the next.
    assert tuple(step for step, _same in groupby(browser.steps)) == CONFIRMING
