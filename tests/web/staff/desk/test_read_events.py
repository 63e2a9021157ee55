"""Every page on which the staff of the desk see somebody leaves a row that says who, of whom and why.

The pages are read from the URL configuration, so that a new one cannot be forgotten here.
"""

from contextlib import suppress
from uuid import UUID

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.translation import override

from kanssa.applications.models import Task
from kanssa.evidence.models import Event
from kanssa.identification.models import DeskCheck
from tests.cast import AINO, EINO, arrived, sent
from tests.web.base.test_access_matrix import addresses
from tests.web.browser import Browser, text_of
from tests.web.confirm.test_confirmation import link_of
from tests.web.staff.desk.test_desk import (
    applicant_id_of,
    at_the_desk,
    confirm_here,
    identified_here,
    opened,
    searched,
)

pytestmark = pytest.mark.django_db

# Of whom each page shows something: the case's, those of a list, or nobody.
OF_THE_CASE = (
    "case",
    "contact",
    "serving",
    "slip",
    "code",
    "identify",
    "departure",
    "letter",
    "annulment",
    "protect",
    "username",
)
# Asks for a reason of its own, and shows what is protected only then.
OF_THE_PROTECTED = ("contacts",)
OF_MANY = ("search", "list", "slips")
OF_A_TASK = ("task",)
# They lead on, or show only what was typed.
OF_NOBODY = (
    "why",
    "open",
    "close",
    "end",
    "declare",
    "resend",
    "try_address",
    "ask_decision",
    "identify_by_decision",
)
# Whom a clerk serves they look at on the person's own pages.
OF_THE_SERVED = ("confirm:review", "confirm:done", "confirm:receipt", "account:status", "account:visit")


def address(name, application, **more):
    case = {"application_id": application.pk}
    with override("en"):
        for gaps in (case | {"applicant_id": applicant_id_of(application)}, case | more, case, {}):
            with suppress(NoReverseMatch):
                return reverse(f"desk:{name}", kwargs=gaps)
    raise AssertionError(name)


def traces_of(action):
    """The rows that a deed leaves."""
    before = Event.objects.count()
    answer = action()
    assert answer.status_code == 200, answer
    return list(Event.objects.order_by("id")[before:])


@pytest.fixture
def desk() -> Browser:
    return at_the_desk(Browser())


def test_every_page_of_the_desk_is_told_of_here():
    there = {
        name.removeprefix("desk:")
        for name in addresses(get_resolver().url_patterns)
        if name.startswith("desk:")
    }

    assert {*OF_THE_CASE, *OF_THE_PROTECTED, *OF_MANY, *OF_A_TASK, *OF_NOBODY} == there


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_a_page_of_a_case_leaves_its_reason(desk, name):
    application = sent(AINO, EINO)
    identified_here(desk, application, is_code_same="unknown")  # without a code, so that one can be added
    opened(desk, application, reason="visit")
    more = {"check_id": DeskCheck.objects.get().pk} if name == "annulment" else {}
    path = address(name, application, **more)

    [event] = traces_of(lambda: desk.get(path))

    assert event.application_id == application.pk
    assert event.facts["reason"] == "visit"
    assert event.actor_kind == "staff"


@pytest.mark.parametrize(
    ("name", "answers"), [("search", {"typed": "Korhonen", "reason": "contact"}), ("list", {}), ("slips", {})]
)
def test_a_page_of_many_leaves_who_was_on_it(desk, name, answers):
    application = sent(AINO)
    identified_here(desk, application)
    desk.send("staff/desk/end/")
    with override("en"):
        path = reverse(f"desk:{name}", kwargs={"which": "served"} if name == "list" else {})

    [event] = traces_of(lambda: searched(desk, **answers) if answers else desk.get(path))

    assert event.actor_kind == "staff"
    if name != "slips":  # of a slip its name alone is shown
        assert event.facts["found"] == [str(application.pk)]


def test_a_task_leaves_its_reason(desk):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    stranger = Browser()
    stranger.post(link_of(EINO))
    stranger.identify("stranger")
    task = Task.objects.create(
        kind="other-code",
        applicant_id=applicant_id_of(application, is_main=False),
        identification_id=identification_of(stranger),
        asked_at=application.sent_at,
    )

    [event] = traces_of(lambda: desk.get(f"staff/desk/task/{task.pk}/"))

    assert (event.application_id, event.facts["reason"]) == (application.pk, "task")


def identification_of(browser):
    return Event.objects.filter(kind="identified").latest("id").facts["identification"]


@pytest.mark.parametrize("name", OF_NOBODY)
def test_what_leads_on_shows_nobody(desk, name):
    application = sent(AINO)
    folder = opened(desk, application)
    desk.send(f"{folder}close/")

    answer = desk.get(address(name, application, check_id=UUID(int=7)))

    assert answer.status_code in (200, 302, 405)
    if answer.status_code == 200:
        assert "Korhonen" not in text_of(answer)


@pytest.mark.parametrize("name", OF_THE_SERVED)
def test_the_own_pages_of_whom_a_clerk_serves_leave_a_trace_too(desk, name):
    application = sent(AINO)
    identified_here(desk, application)
    desk.post("confirming/terms/")
    if name in ("confirm:done", "confirm:receipt"):
        confirm_here(desk, application)
    with override("en"):
        path = reverse(name, kwargs={"application_id": application.pk})

    [event] = traces_of(lambda: desk.get(path))

    assert event.kind == "read-while-serving"
    assert event.application_id == application.pk
    assert event.facts == {"page": name, "reason": "visit"}


def test_the_person_alone_leaves_no_such_trace(browser):
    application = sent(AINO)
    browser.identify("aino")

    assert traces_of(lambda: browser.get(f"e-service/{application.pk}/")) == []
