"""Sending over real SMTP to a real server on the loopback."""

import os
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from django.utils.translation import override

from kanssa.messages.models import Message
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.worker.deliveries import deliver_waiting
from kanssa.worker.emails.texts import email_text
from rehearsal.processes import free_port
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    arrived,
    complete,
    confirmed,
    drafted,
    joined,
    later,
    sent,
)
from tests.web.staff.desk.test_desk import without_email
from tests.worker.worker_environment import worker_environment

DELIVER = (
    "import sys, django; django.setup();"
    "from datetime import datetime; from kanssa.worker.deliveries import deliver_waiting;"
    "deliver_waiting(now=datetime.fromisoformat(sys.argv[1]))"
)

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """A mail server's handler: stores accepted mail, and refuses or kills by its settings."""

    def __init__(self):
        self.mails = []
        self.refuses = {}
        self.refuses_senders = ""
        self.refuses_contents = ""
        self.sessions = 0
        self.kills = None

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.refuses_senders:
            return self.refuses_senders
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 aiosmtpd's name
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        if self.refuses_contents:
            return self.refuses_contents
        self.mails.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content)))
        if self.kills is not None:
            os.kill(self.kills, signal.SIGKILL)
        return "250 OK"

    def ids(self):
        return Counter(mail["Message-ID"] for _to, mail in self.mails)


@pytest.fixture
def post(settings):
    inside = Post()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    controller = Controller(inside, hostname=settings.EMAIL_HOST, port=settings.EMAIL_PORT)
    controller.start()
    yield inside
    controller.stop(no_assert=True)


def parts_of(mail):
    return {part.get_content_type(): part.get_payload(decode=True).decode() for part in mail.get_payload()}


@pytest.mark.parametrize(
    ("others", "have_links", "have_none"),
    [
        ([EINO], True, False),
        ([without_email(EINO)], False, True),
        ([EINO, without_email(HILMA)], True, True),
    ],
)
def test_only_co_applicants_with_an_email_address_are_said_to_get_a_link(post, others, have_links, have_none):
    sent(AINO, *others)

    deliver_waiting(now=later(seconds=1))

    [(_to, mail)] = post.mails
    text = " ".join(parts_of(mail)["text/plain"].split())
    assert ("linkin sähköpostiinsa" in text) is have_links
    assert ("eivät saa linkkiä" in text) is have_none
    assert ("verkkopankkitunnuksilla" in text) is have_none


def test_a_message_is_sent_as_text_and_html_in_the_recipients_language(post):
    sent(AINO)

    deliver_waiting(now=later(seconds=1))

    [(to, mail)] = post.mails
    parts = parts_of(mail)
    assert to == "aino@example.com"
    assert set(parts) == {"text/plain", "text/html"}
    assert "Siirry vahvistamaan hakemus" in parts["text/plain"]
    assert "Siirry vahvistamaan hakemus" in parts["text/html"]
    assert "ma 28.12.2026" in parts["text/plain"]
    assert '<html lang="fi">' in parts["text/html"]


def test_a_message_holds_nothing_personal_beyond_a_first_name(post):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    joined(application, EINO)

    deliver_waiting(now=later(seconds=1))

    assert len(post.mails) == 4
    for _to, mail in post.mails:
        whole = str(mail["Subject"]) + "".join(parts_of(mail).values())
        for personal in ("Korhonen", "Inkeri", "Ensio", "140288", "030587", "Kaikukatu", "2350", "@example"):
            assert personal not in whole


def test_a_sent_message_that_cannot_bounce_is_emptied_and_not_sent_again(post):
    sent(AINO)

    first = deliver_waiting(now=later(seconds=1))
    second = deliver_waiting(now=later(seconds=2))

    message = Message.objects.get()
    assert (first, second) == (1, 0)
    assert message.sealed is None
    assert message.sent_at


def test_a_permanently_refused_address_is_marked_and_the_others_still_get_theirs(post):
    post.refuses["aino@example.com"] = "550 no such mailbox"
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))

    deliver_waiting(now=later(seconds=1))

    assert [to for to, _mail in post.mails] == ["eino@example.com"]
    refused = Message.objects.get(topic="received")
    assert (refused.delivery, refused.failure) == ("no-such-address", "no-mailbox")


def test_a_temporarily_refused_address_is_tried_again_later(post):
    post.refuses["aino@example.com"] = "450 try again"
    sent(AINO)
    deliver_waiting(now=later(seconds=1))
    post.refuses.clear()

    too_soon = deliver_waiting(now=later(seconds=30))
    in_time = deliver_waiting(now=later(minutes=2))

    assert (too_soon, in_time) == (0, 1)


def test_a_batch_of_messages_uses_one_connection(post):
    for role in (AINO, EINO, HILMA):
        sent(role)

    deliver_waiting(now=later(seconds=1))

    assert (len(post.mails), post.sessions) == (3, 1)


def test_nothing_to_send_opens_no_connection(post):
    deliver_waiting(now=later(seconds=1))

    assert post.sessions == 0


def test_after_a_refusal_the_batch_goes_on_over_the_same_connection(post):
    post.refuses["aino@example.com"] = "550 no such mailbox"
    for role in (AINO, EINO):
        sent(role)

    deliver_waiting(now=later(seconds=1))

    assert ([to for to, _mail in post.mails], post.sessions) == (["eino@example.com"], 1)


@pytest.mark.parametrize("answer", ["421 closing", "451 later"])
def test_a_server_that_ends_the_session_gets_the_next_message_over_a_new_one(post, answer):
    post.refuses["aino@example.com"] = answer
    for role in (AINO, EINO):
        sent(role)

    deliver_waiting(now=later(seconds=1))

    assert [to for to, _mail in post.mails] == ["eino@example.com"]
    assert Message.objects.filter(delivery="delayed").count() == 1


def test_a_server_that_accepts_nothing_from_us_blames_no_address(post):
    post.refuses_senders = "550 5.7.1 who are you"
    for role in (AINO, EINO):
        sent(role)

    deliver_waiting(now=later(seconds=1))
    post.refuses_senders = ""
    while_paused = deliver_waiting(now=later(minutes=2))
    in_time = deliver_waiting(now=later(minutes=16))

    assert (while_paused, in_time) == (0, 2)


@pytest.mark.parametrize("refusal", ["rcpt", "data"])
def test_a_refusal_by_policy_does_not_blame_the_address(post, refusal):
    said = "554 5.7.1 relaying denied"
    if refusal == "rcpt":
        post.refuses["aino@example.com"] = said
    else:
        post.refuses_contents = said
    sent(AINO)

    deliver_waiting(now=later(seconds=1))

    assert Message.objects.get().delivery == "held"


def test_permanently_refused_contents_are_not_sent_again(post):
    post.refuses_contents = "550 5.1.1 no such mailbox after all"
    sent(AINO)

    deliver_waiting(now=later(seconds=1))

    assert Message.objects.get().delivery == "no-such-address"


def test_a_message_that_failed_for_weeks_is_still_tried(post):
    post.refuses["aino@example.com"] = "450 try again"
    sent(AINO)
    Message.objects.update(attempts=500)

    deliver_waiting(now=later(seconds=1))
    post.refuses.clear()

    assert deliver_waiting(now=later(hours=7)) == 1


def test_messages_wait_while_the_mail_server_is_down(post, settings):
    sent(AINO)
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    while_down = deliver_waiting(now=later(seconds=1))
    settings.EMAIL_PORT = up
    after = deliver_waiting(now=later(minutes=2))

    assert (while_down, after) == (0, 1)


def test_a_killed_worker_loses_nothing_and_repeats_one_message_at_most(post, settings):
    for _application in range(5):
        sent(AINO)
    command = [sys.executable, "-c", "import sys; sys.stdin.readline();" + DELIVER]
    worker = subprocess.Popen(
        [*command, later(seconds=1).isoformat()],
        env=worker_environment(settings),
        stdin=subprocess.PIPE,
    )
    post.kills = worker.pid
    worker.communicate(b"\n")
    post.kills = None

    deliver_waiting(now=later(seconds=1))

    assert worker.returncode == -signal.SIGKILL
    assert sorted(post.ids().values()) == [1, 1, 1, 1, 2]
    assert set(Message.objects.values_list("delivery", flat=True)) == {"handed-over"}


def test_two_workers_at_once_send_each_message_once(post, settings):
    settings.MAX_DAILY_RECEIPT_MESSAGES = settings.MAX_DAILY_VISITOR_MESSAGES = 20
    for _application in range(20):
        sent(AINO)
    command = [sys.executable, "-c", DELIVER, later(seconds=1).isoformat()]

    workers = [subprocess.Popen(command, env=worker_environment(settings)) for _worker in range(2)]

    assert [worker.wait() for worker in workers] == [0, 0]
    assert len(post.ids()) == 20
    assert set(post.ids().values()) == {1}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fi", ["Jatka asuntohakemuksen", "to 24.12.2026", "/fi/hakemus/jatka/"]),
        ("sv", ["Fortsätt med din bostadsansökan", "torsdag 24 december 2026", "/sv/ansokan/fortsatt/"]),
        ("en", ["Continue your housing", "Thursday 24 December 2026", "/en/application/continue/"]),
    ],
)
def test_the_message_with_a_draft_link_uses_the_language_of_the_page(post, language, words):
    ids = {"application_id": drafted(complete(AINO)), "actor": BROWSER, "now": NOW}
    mail_draft_link(**ids, address="anybody@example.com", language=language)

    deliver_waiting(now=later(seconds=1))

    [(_to, mail)] = post.mails
    whole = str(make_header(decode_header(mail["Subject"]))) + "".join(parts_of(mail).values())
    for word in words:
        assert word in whole
    assert "Aino" not in whole
    greeting, empty, begins, *_rest = parts_of(mail)["text/plain"].strip().splitlines()
    assert greeting
    assert not empty
    assert begins


@pytest.mark.parametrize(
    "outcome", ["taken", "annulled", "identify", "refuse", "counts-again", "freed", "unconfirmed"]
)
def test_a_message_about_a_decision_gives_the_reference_and_the_next_step(outcome):
    words = email_text("decided", {"first_name": "Aino", "reference": "H-26-ABCD-EF", "outcome": outcome})

    said = " ".join((words.subject, *words.paragraphs))
    assert ("H-26-ABCD-EF" in said) is (outcome != "refuse")
    assert words.url.startswith("http")


@pytest.mark.parametrize("topic", ["assisted", "account_opened"])
def test_a_message_about_a_desk_visit_gives_the_contact_of_the_office(topic):
    with override("en"):
        words = email_text(topic, {"first_name": "Aino", "reference": "H-26-ABCD-EF"})

    said = " ".join((words.subject, *words.paragraphs))
    assert ("H-26-ABCD-EF" in said) is (topic == "assisted")
    assert "If it was not you, contact the advisory service at once" in said


def test_an_unmatched_person_reads_of_no_application():
    words = email_text("decided", {"first_name": "Aino", "outcome": "not-taken"})

    assert "H-" not in " ".join((words.subject, *words.paragraphs))


@pytest.mark.parametrize(("what", "subject"), [("slip", "activation slip"), ("username", "username")])
def test_a_message_about_an_ended_slip_or_username_says_which_and_how_to_get_a_new_one(what, subject):
    with override("en"):
        words = email_text("account_closed", {"first_name": "Aino", "what": what})

    assert subject in words.subject
    said = " ".join(words.paragraphs)
    assert "Your confirmations remain in force" in said
    assert "You get a new slip at the service desk" in said
    assert words.url.startswith("http")


def test_the_subject_of_a_password_link_says_what_the_link_is_for():
    with override("en"):
        words = email_text("password_link", {"token": "t"})

    assert words.subject == "Link for setting a new password"
