"""A letter goes to the domain that was given, also where the address reached the queue in letters."""

import pytest
from django.core import mail

from kanssa.messages.letters import Topic, lookup_of, write_letter
from kanssa.worker.deliveries import deliver_waiting
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_domain_in_letters_is_written_to_by_its_idna2008_name():
    says = {"first_name": "Liisa", "token": "x" * 43}
    write_letter(
        Topic.ACCOUNT_LINK, cause="a", address="liisa@faß-koti.example", language="fi", says=says, now=NOW
    )

    deliver_waiting(now=NOW)

    [letter] = mail.outbox
    assert letter.recipients() == ["liisa@xn--fa-koti-1va.example"]


def test_a_mailbox_is_looked_up_in_whatever_case_and_is_no_other():
    assert lookup_of("Liisa@Example.com") == lookup_of("liisa@example.com")
    assert lookup_of("straße@example.com") != lookup_of("strasse@example.com")
    assert lookup_of("a@xn--fa-koti-1va.example") != lookup_of("a@fass-koti.example")
