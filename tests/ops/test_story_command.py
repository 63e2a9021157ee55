"""The story of an application that an operator reads, without personal data."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kanssa.applications.models import Applicant
from kanssa.messages.models import Message
from tests.actions import departed, household_change, withdrawn
from tests.cast import (
    AINO,
    EINO,
    NOW,
    OTHER_DETAILS,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    sent,
)

pytestmark = pytest.mark.django_db

CLOCK = "kanssa.clock.now"


@pytest.fixture
def aino_and_eino(monkeypatch):
    """A valid application of two adults with a change that waits."""
    monkeypatch.setattr(CLOCK, lambda: later(days=3))
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application, now=later(minutes=5))
    confirmed(application, aino, now=later(minutes=9))
    joined(application, EINO, now=later(days=1))
    edited(application, aino, household_change(900), now=later(days=2))
    return application, aino


def told(reference):
    out = StringIO()
    call_command("story", reference, stdout=out)
    return out.getvalue()


def section(text, title):
    """The rows of a section, each as its cells."""
    lines = text.partition(f"\n{title}: ")[2].partition("\n\n")[0].splitlines()[2:]
    return [re.split(r"\s{2,}", line.strip()) for line in lines]


def test_the_states_are_told_in_order_with_their_times(aino_and_eino):
    application, _aino = aino_and_eino

    text = told(application.reference)

    assert section(text, "States") == [["2026-11-24 12:00", "sent"], ["2026-11-25 12:00", "valid"]]
    assert re.search(r"^  state +valid$", text, re.MULTILINE)
    assert re.search(r"^  version +3 \(a change waits\)$", text, re.MULTILINE)
    assert re.search(r"^  valid until +2027-0[23]-\d\d 00:00$", text, re.MULTILINE)
    assert re.search(r"^  confirm by +2026-12-\d\d 00:00$", text, re.MULTILINE)


def test_the_events_are_told_in_order_with_the_kinds_of_who_acted(aino_and_eino):
    application, _aino = aino_and_eino

    events = section(told(application.reference), "Events")

    assert [row[1] for row in events] == [
        "sent",
        "place-taken",
        "confirmed",
        "place-taken",
        "details-corrected",
        "confirmed",
        "became-valid",
        "edited",
    ]
    assert {row[2] for row in events} == {"browser", "person"}


def test_each_message_is_told_with_its_topic_cause_and_delivery(aino_and_eino):
    application, _aino = aino_and_eino

    messages = section(told(application.reference), "Messages")

    assert [row[1:5] for row in messages][:2] == [
        ["received", "1", "received", "waiting"],
        ["invitation", "2", "invitation", "waiting"],
    ]
    assert ["change", "2", "change", "waiting"] in [row[1:5] for row in messages]


def test_a_transition_of_the_clock_that_is_not_stored_yet_is_told_as_now(aino_and_eino, monkeypatch):
    application, _aino = aino_and_eino
    monkeypatch.setattr(CLOCK, lambda: NOW + timedelta(days=400))

    assert section(told(application.reference), "States")[-1][0] == "now"


def test_nothing_personal_is_told(aino_and_eino):
    application, aino = aino_and_eino
    eino = Applicant.objects.get(application=application, is_main=False)
    departed(application, eino.pk, now=later(days=2, hours=1))
    withdrawn(application, aino, now=later(days=2, hours=2))

    text = told(application.reference)

    personal = {
        *(word for person in (AINO, EINO) for word in person.first_names.split()),
        *(fact for person in (AINO, EINO) for fact in (person.last_name, person.hetu, person.email)),
        *(str(answer) for answer in OTHER_DETAILS.values() if len(str(answer)) > 2),
        *("Her brother", "telephoned", "@", str(aino.person_id), application.visit_code or "no code"),
        *(str(key) for key in Message.objects.values_list("pk", flat=True)),
        "died",
    }
    assert [word for word in personal if word.casefold() in text.casefold()] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)


def test_it_only_reads(aino_and_eino):
    application, _aino = aino_and_eino

    with CaptureQueriesContext(connection) as statements:
        told(application.reference)

    assert {statement["sql"].split()[0] for statement in statements} == {"SELECT"}
    assert len(statements) <= 6


def test_a_reference_may_be_typed_in_small_letters(aino_and_eino):
    application, _aino = aino_and_eino

    assert told(f" {application.reference.lower()} ") == told(application.reference)


def test_an_unknown_reference_is_one_line():
    with pytest.raises(CommandError, match=r"^No application has this reference\.$") as refusal:
        told("H-26-2222-22")

    assert refusal.value.returncode == 1
