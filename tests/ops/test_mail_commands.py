"""The operator's commands for outgoing mail."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from kanssa.messages.delivery_states import Delivery, DeliveryReason, Verdict
from kanssa.messages.health import MailHealth, mail_health
from kanssa.messages.models import Message
from kanssa.messages.pauses import count_refusal
from kanssa.messages.queue import domain_lookup_of, queue_message
from kanssa.messages.topics import Topic
from kanssa.messages.transitions import give_up, postpone
from tests.cast import NOW, later
from tests.worker.smtp_server import smtp_server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_mail_server(settings):
    with smtp_server(settings):
        yield


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch, settings):
    settings.BOUNCE_ADDRESS = "bounce@kanssa.example"
    monkeypatch.setattr("kanssa.clock.now", lambda: later(minutes=1))


def written(name, *, now=NOW):
    queue_message(
        Topic.PASSWORD_SET,
        cause=name,
        address=f"{name}@example.com",
        language="fi",
        payload={"first_name": ""},
        now=now,
    )
    return Message.objects.get(cause=name)


def set_aside(name):
    message = written(name)
    give_up(message, Verdict(Delivery.SET_ASIDE, DeliveryReason.UNKNOWN, "render: KeyError"), now=NOW)
    return message


def said(*words):
    out = StringIO()
    try:
        call_command(*words, stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_an_empty_queue_is_healthy():
    code, text = said("doctor", "mail")

    assert (code, "All is well" in text) == (0, True)
    assert mail_health(NOW) == MailHealth(0, None, 0, 0, 0, paused=False, paused_domains=0)


def test_the_oldest_waiting_message_has_an_age_and_becomes_a_fault():
    written("old", now=later(minutes=-20))
    written("new")

    code, text = said("doctor", "mail")

    assert mail_health(NOW).oldest_waiting == timedelta(minutes=20)
    assert (code, "Messages that wait: 2. Minutes that the oldest has waited: 21." in text) == (1, True)


@pytest.mark.parametrize("number", [1, 2])
def test_the_summary_is_worded_correctly_for_one_message_and_for_more(number):
    for each in range(number):
        set_aside(f"aside-{each}")
        late = written(f"late-{each}")
        postpone(late, Verdict(Delivery.DELAYED, DeliveryReason.MAILBOX_FULL, "4.2.2"), now=NOW)
        postpone(written(f"held-{each}"), Verdict(Delivery.HELD, DeliveryReason.POLICY, "5.7.1"), now=NOW)

    _code, text = said("doctor", "mail")

    assert f"Messages set aside: {number}." in text
    assert f"Messages held for a fault on our side, and tried again: {number}." in text
    assert f"Messages tried again for a full mailbox or the like: {number}." in text
    assert f"{number} messages" not in text


def test_a_message_set_aside_is_a_fault_until_it_is_sent_again_or_dismissed():
    set_aside("one")
    set_aside("other")
    faulty, text = said("doctor", "mail")
    listed = said("mail", "list")

    again = said("mail", "retry")

    assert (faulty, "Messages set aside: 2." in text) == (1, True)
    assert "     2  set-aside   unknown (render: KeyError)" in listed[1]
    assert "@" not in listed[1]
    assert again == (0, "messages sent again: 2\n")
    assert said("doctor", "mail")[0] == 0


def test_dismissing_empties_the_list_of_messages_set_aside():
    message = set_aside("one")

    assert said("mail", "dismiss") == (0, "messages dismissed: 1\n")
    message.refresh_from_db()
    assert message.sealed is None
    assert said("doctor", "mail")[0] == 0


def test_paused_mail_is_a_fault_until_it_is_resumed():
    for domain in ("a@one.example", "a@two.example", "a@three.example"):
        for _refusal in range(2):
            count_refusal(domain_lookup_of(domain), reason=DeliveryReason.POLICY, now=NOW)

    faulty, text = said("doctor", "mail")

    assert (faulty, "All mail is paused" in text) == (1, True)
    assert said("mail", "resume") == (0, "pauses ended: 4\n")
    assert said("doctor", "mail")[0] == 0
