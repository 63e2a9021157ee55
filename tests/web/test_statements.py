import os
import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from tests.cast import AINO, EINO
from tests.web.form_steps import fill_in, send
from tests.web.statements import CountingBrowser
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.applications.models import Application

pytestmark = pytest.mark.django_db


def url(name, **gaps):
    with override("en"):
        return reverse(name, kwargs=gaps)


def test_counts():
    aino, eino = CountingBrowser(), CountingBrowser()
    fill_in(aino, AINO, EINO)
    send(aino)
    app = Application.objects.get()
    aino.identify("aino")
    confirm(aino, app)
    token = read_contents(Message.objects.get(topic="invitation"))[1]["token"]
    eino.get(f"/en/invitation/{token}/")
    eino.identify("eino")
    confirm(eino, app)
    aino.get(url("account:status", application_id=app.pk))
    aino.get(url("account:applications"))
    total = 0
    for browser in (aino, eino):
        print("-----")
        for name, times in browser.requests.items():
            total += sum(len(each) for each in times)
            print(name, [len(each) for each in times])
            if os.environ.get("SQL") and re.search(os.environ["SQL"], name):
                for each in max(times, key=len):
                    print("      ", each[:260])
    print("total", total, sum(len(t) for b in (aino, eino) for t in b.requests.values()))


def confirm(browser, app):
    answer = browser.last
    while answer.status_code == 302:
        answer = browser.get(answer["Location"])
    browser.post(url("confirm:terms"))
    browser.get(url("confirm:choose"))
    answer = browser.post(url("confirm:review", application_id=app.pk)) if False else None
    page = browser.get(url("confirm:review", application_id=app.pk))
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode()))
    answer = browser.send(url("confirm:confirm", application_id=app.pk), **hidden)
    print(answer.status_code, answer.get("Location"))
    while answer.status_code == 302:
        answer = browser.get(answer["Location"])
