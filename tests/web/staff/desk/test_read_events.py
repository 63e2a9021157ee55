"""Every desk page that shows a person leaves an event with the reader, the person and the reason.

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

# Pages by the people they show: those of the case, those of a list, or none.
OF_THE_CASE = (
    "case",
    "contact",
    "serving",
    "slip",
    "code",
    "identify",
    "departure",
    "extension",
    "letter",
    "annulment",
    "protect",
    "username",
)
# Asks for a reason of its own, and shows protected data only then.
OF_THE_PROTECTED = ("contacts",)
OF_MANY = ("search", "list", "slips")
OF_A_TASK = ("task",)
# These lead on, or show only what was typed.
OF_NO_PERSON = (
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
# A clerk sees the served person on that person's own pages.
OF_THE_SERVED = ("confirm:review", "confirm:done", "confirm:receipt", "account:status", "account:visit")


def address(name, application, **more):
    case = {"application_id": application.pk}
    with override("en"):
        for gaps in (case | {"applicant_id": applicant_id_of(application)}, case | more, case, {}):
            with suppress(NoReverseMatch):
                return reverse(f"desk:{name}", kwargs=gaps)
    raise AssertionError(name)


def events_of(action):
    """Return the events that an action leaves."""
    before = Event.objects.count()
    answer = action()
    assert answer.status_code == 200, answer
    return list(Event.objects.order_by("id")[before:])


@pytest.fixture
def desk() -> Browser:
    return at_the_desk(Browser())


def test_every_page_of_the_desk_is_listed_here():
    there = {
        name.removeprefix("desk:")
        for name in addresses(get_resolver().url_patterns)
        if name.startswith("desk:")
    }

    assert {*OF_THE_CASE, *OF_THE_PROTECTED, *OF_MANY, *OF_A_TASK, *OF_NO_PERSON} == there


@pytest.mark.parametrize("name", OF_THE_CASE)
def test_a_page_of_a_case_records_its_reason(desk, name):
    application = sent(AINO, EINO)
    identified_here(desk, application, is_code_same="unknown")  # no code yet, so that one can be added
    opened(desk, application, reason="visit")
    more = {"check_id": DeskCheck.objects.get().pk} if name == "annulment" else {}
    path = address(name, application, **more)

    [event] = events_of(lambda: desk.get(path))

    assert event.application_id == application.pk
    assert event.facts["reason"] == "visit"
    assert event.actor_kind == "staff"


@pytest.mark.parametrize(
    ("name", "answers"), [("search", {"typed": "Korhonen", "reason": "contact"}), ("list", {}), ("slips", {})]
)
def test_a_page_of_many_records_the_people_on_it(desk, name, answers):
    application = sent(AINO)
    identified_here(desk, application)
    desk.send("staff/desk/end/")
    with override("en"):
        path = reverse(f"desk:{name}", kwargs={"which": "served"} if name == "list" else {})

    [event] = events_of(lambda: searched(desk, **answers) if answers else desk.get(path))

    assert event.actor_kind == "staff"
    if name != "slips":  # a slip shows its name alone
        assert event.facts["found"] == [str(application.pk)]


def test_a_task_records_its_reason(desk):
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

    [event] = events_of(lambda: desk.get(f"staff/desk/task/{task.pk}/"))

    assert (event.application_id, event.facts["reason"]) == (application.pk, "task")


def identification_of(browser):
    return Event.objects.filter(kind="identified").latest("id").facts["identification"]


@pytest.mark.parametrize("name", OF_NO_PERSON)
def test_pages_that_lead_on_show_no_person(desk, name):
    application = sent(AINO)
    folder = opened(desk, application)
    desk.send(f"{folder}close/")

    answer = desk.get(address(name, application, check_id=UUID(int=7)))

    assert answer.status_code in (200, 302, 405)
    if answer.status_code == 200:
        assert "Korhonen" not in text_of(answer)


@pytest.mark.parametrize("name", OF_THE_SERVED)
def test_the_served_persons_own_pages_record_reads_too(desk, name):
    application = sent(AINO)
    identified_here(desk, application)
    desk.post("confirming/terms/")
    if name in ("confirm:done", "confirm:receipt"):
        confirm_here(desk, application)
    with override("en"):
        path = reverse(name, kwargs={"application_id": application.pk})

    [event] = events_of(lambda: desk.get(path))

    assert event.kind == "read-while-serving"
    assert event.application_id == application.pk
    assert event.facts == {"page": name, "reason": "visit"}


def test_the_person_alone_leaves_no_read_event(browser):
    application = sent(AINO)
    browser.identify("aino")

    assert events_of(lambda: browser.get(f"e-service/{application.pk}/")) == []
