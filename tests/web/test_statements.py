"""How many statements each request of the journey of two adults sends to PostgreSQL.

Each figure is the most that one request of its kind may send. A new statement is a decision: change the
figure with a reason, or extend what is read already (`kanssa/applications/aggregate/loading.py`).
"""

import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from kanssa.applications.models import Application
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.office import current
from tests.cast import AINO, EINO, completed, identified
from tests.web.form_steps import fill_in, send
from tests.web.statements import CountingBrowser

pytestmark = pytest.mark.django_db

STATEMENTS = {
    "GET apply:start": 0,
    "POST apply:start": 4,
    "GET apply:step": 1,
    "POST apply:step": 2,
    "GET apply:co_applicants": 1,
    "POST apply:co_applicants": 1,
    "GET apply:co_applicant": 1,
    "POST apply:co_applicant": 2,
    "GET apply:check": 1,
    "POST apply:send": 15,
    "GET apply:sent": 1,
    "GET identify:cookies": 0,
    "POST identify:cookies": 0,
    "GET identify:choose": 1,
    "POST identify:begin": 2,
    "GET return": 14,
    "GET confirm:terms": 1,
    "POST confirm:terms": 4,
    "GET confirm:choose": 2,
    "GET confirm:review": 1,
    "POST confirm:confirm": 14,
    "GET confirm:done": 1,
    "GET account:status": 1,
    "GET account:applications": 2,
    "GET invitation:invitation": 2,
}
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def url(name, **gaps):
    with override("en"):
        return reverse(name, kwargs=gaps)


def test_the_journey_of_two_adults_stays_within_its_statements(monkeypatch):
    # The office is looked up once a second, whichever request comes then.
    monkeypatch.setattr(current, "_LOOK_UP_SECONDS", 3600)
    current.current_office()
    aino, eino = CountingBrowser(), CountingBrowser()
    fill_in(aino, AINO, EINO)
    send(aino)
    application = Application.objects.get()
    aino.identify("aino")
    confirm(aino, application)
    token = read_contents(Message.objects.get(topic="invitation"))[1]["token"]
    eino.get(f"/en/invitation/{token}/")
    eino.identify("eino")
    completed(application, identified(EINO))
    confirm(eino, application)
    for browser in (aino, eino):
        browser.get(url("account:status", application_id=application.pk))
        browser.get(url("account:applications"))

    application.refresh_from_db()
    assert application.state == "valid"
    requests = [
        (name, statements)
        for browser in (aino, eino)
        for name, times in browser.requests.items()
        for statements in times
    ]
    too_many = {name: sent for name, sent in requests if len(sent) > STATEMENTS[name]}
    assert {name: (len(sent), sent) for name, sent in too_many.items()} == {}
    assert sum(len(sent) for _name, sent in requests) <= 155


def confirm(browser, application):
    browser.get(browser.last["Location"])
    browser.post(url("confirm:terms"))
    browser.get(url("confirm:choose"))
    page = browser.get(url("confirm:review", application_id=application.pk))
    answer = browser.send(
        url("confirm:confirm", application_id=application.pk), **dict(_HIDDEN.findall(page.content.decode()))
    )
    browser.get(answer["Location"])
