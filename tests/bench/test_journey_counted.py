"""The journey that `make bench` plays, once, in this process."""

from html import escape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.handlers.wsgi import WSGIHandler

from bench.browser import Answer
from bench.counting import InProcess
from bench.journey import PHASES, Adult
from kanssa.identification import registry
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.cast import AINO, EINO

SERVICE = "http://127.0.0.1:8000"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _direct_identification(settings):
    settings.IDENTIFICATION_METHODS = {"direct": "tests.web.direct_method.load"}
    registry.methods()


def broker(method, url, headers, body):
    """Stands in for the broker: asks for names and a code, and sends the person of that code back."""
    if method == "GET":
        page = f'<h1>Kuka olet?</h1><form method="post" action="{escape(url)}"></form>'
        return Answer(200, [], page.encode())
    code = parse_qs(body.decode())["hetu"][0]
    state = parse_qs(urlsplit(url).query)["state"][0]
    person = "aino" if code == AINO.hetu else "eino"
    return Answer(303, [("Location", f"{SERVICE}/return/bank/?state={state}&person={person}")], b"")


def mailed_link(address):
    for message in Message.objects.filter(topic="invitation", sealed__isnull=False):
        to, contents = read_contents(message)
        if to == address:
            return f"{SERVICE}/fi/kutsu/{contents['token']}/"
    raise AssertionError(address)


def test_one_journey_is_played_and_each_of_its_requests_is_counted():
    people = [Adult(who.last_name, who.first_names, who.hetu, who.email) for who in (AINO, EINO)]

    requests = InProcess(WSGIHandler(), SERVICE, broker).play(mailed_link, *people)

    assert [name for name, *_ in PHASES] == list(dict.fromkeys(each.phase for each in requests))
    assert {each.view for each in requests} >= {"POST apply:send", "GET return", "POST confirm:confirm"}
    assert 80 <= len(requests) <= 95
    assert all(each.web_ms > 0 for each in requests)
    assert len(requests) < sum(each.statements for each in requests) <= 200
