"""Bounces from a real mail server on the loopback, and in the shapes of others."""

import io
import subprocess
import sys
from mailbox import Maildir
from uuid import uuid4

import pytest
from django.core.management import call_command

from kanssa.evidence.models import Event
from kanssa.messages.delivery_states import Delivery, DeliveryReason
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of
from kanssa.worker.bounces import bounce_in, envelope_sender, read_mail, read_maildir
from kanssa.worker.deliveries import deliver_waiting
from rehearsal.bounces import Bounces
from rehearsal.mailbox import Mailbox
from tests.cast import AINO, CastMember, later, sent
from tests.worker.delivery_notifications import (
    EXCHANGE,
    EXIM,
    POSTFIX,
    RECEIPT,
    VACATION,
    forwarded,
    nested,
    notification,
)
from tests.worker.worker_environment import worker_environment

SHAPES = {"postfix": POSTFIX, "exchange": EXCHANGE, "exim": EXIM}
LOST = CastMember("Korhonen", "Aino Inkeri", AINO.hetu, "aino.bounces@example.com")
REFUSED = CastMember("Korhonen", "Aino Inkeri", AINO.hetu, "aino.refused@example.com")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _bounce_address(settings):
    settings.BOUNCE_ADDRESS = "bounce@kanssa.example"


@pytest.fixture
def mailbox(tmp_path, settings):
    """Run a server that accepts mail for some addresses, refuses some, and sends some back."""
    settings.BOUNCE_MAILDIR = tmp_path / "bounces"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with Mailbox(tmp_path / "mails", bounces=Bounces(settings.BOUNCE_MAILDIR)) as mailbox:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.smtp_port
        yield mailbox


@pytest.fixture
def message():
    """Return a sent message."""
    sent(AINO)
    message = Message.objects.get()
    message.sent_at, message.send_at, message.delivery = later(seconds=1), None, "handed-over"
    message.address_lookup = email_lookup_of("eino@example.com")
    message.save()
    return message


@pytest.fixture
def maildir(tmp_path, settings):
    settings.BOUNCE_MAILDIR = tmp_path / "bounces"
    return Maildir(settings.BOUNCE_MAILDIR)


def address_of(message) -> str:
    return f"bounce+{message.pk}@kanssa.example"


def said_in(raw, **envelope):
    """Return the message, the class, the reason and the code of a bounce."""
    bounce = bounce_in(raw, **envelope)
    verdict = bounce.report.verdict
    return bounce.message_id, verdict.delivery, verdict.reason, verdict.code


def noted() -> list[dict[str, str]]:
    return list(Event.objects.filter(kind="letter-bounced").values_list("facts", flat=True))


def test_a_message_has_an_envelope_of_its_own_and_our_name_in_its_header(mailbox, tmp_path):
    sent(LOST)

    deliver_waiting(now=later(seconds=1))

    [returned] = Maildir(tmp_path / "bounces")
    assert returned["To"] == address_of(Message.objects.get())
    assert "From: Kanssa <kanssa@localhost>" in returned.get_payload()[2].get_payload()


def test_without_a_bounce_address_the_envelope_has_the_messages_sender(mailbox, settings, tmp_path):
    settings.BOUNCE_ADDRESS = ""
    sent(LOST)

    deliver_waiting(now=later(seconds=1))

    [returned] = Maildir(tmp_path / "bounces")
    assert returned["To"] == "kanssa@localhost"
    assert envelope_sender(uuid4()) is None


def test_a_bounced_message_is_recorded_once_and_its_notice_removed(mailbox, tmp_path):
    sent(LOST)
    deliver_waiting(now=later(seconds=1))

    first = read_maildir(now=later(minutes=1))
    second = read_maildir(now=later(minutes=2))

    message = Message.objects.get()
    assert (first, second) == (1, 0)
    assert (message.delivery, message.failure) == ("no-such-address", "no-mailbox")
    assert message.failed_at == later(minutes=1)
    assert message.sent_at == later(seconds=1)
    [event] = noted()
    assert event["message"] == str(message.pk)
    assert (event["code"], event["reason"], event["delivery"]) == ("5.1.1", "no-mailbox", "no-such-address")
    assert list(Maildir(tmp_path / "bounces")) == []


def test_an_address_that_the_server_refuses_is_recorded_the_same_way(mailbox):
    sent(REFUSED)

    deliver_waiting(now=later(seconds=1))

    message = Message.objects.get()
    assert (message.delivery, message.failure, message.sent_at) == ("no-such-address", "no-mailbox", None)
    [event] = noted()
    assert event["code"] == "5.1.1"


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_notifications_of_common_mail_servers_are_understood(message, shape):
    raw = notification(shape, to=address_of(message))

    said = said_in(raw)

    assert said[:2] == (message.pk, Delivery.NO_SUCH_ADDRESS)
    assert said_in(raw.replace(b"\n", b"\r\n")) == said
    assert said_in(raw.replace(b"Action: failed", b"action: FAILED ")) == said


@pytest.mark.parametrize("action", ["relayed", "delivered", "expanded", "failed-not", ""])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_only_a_failure_is_a_bounce(message, shape, action):
    is_news = read_mail(notification(shape, to=address_of(message), action=action), now=later(minutes=1))

    message.refresh_from_db()
    assert not is_news
    assert message.delivery == "handed-over"


@pytest.mark.parametrize("shape", [VACATION, RECEIPT], ids=["vacation", "read receipt"])
def test_automatic_replies_and_answers_of_people_are_no_bounces(message, shape):
    assert not read_mail(notification(shape, to=address_of(message)), now=later(minutes=1))


def test_a_forwarded_bounce_is_no_bounce(message):
    inside = notification(POSTFIX, to=address_of(message))

    assert not read_mail(forwarded(inside, to=address_of(message)), now=later(minutes=1))


def test_the_message_is_found_by_the_delivery_address_of_the_server(message):
    raw = notification(EXCHANGE, to="postmaster@kanssa.example")

    assert bounce_in(raw) is None
    assert said_in(raw, to=address_of(message).upper())[:2] == (message.pk, Delivery.NO_SUCH_ADDRESS)


def test_an_unreadable_status_is_unknown(message, maildir):
    raw = notification(EXIM, to=address_of(message), status="user unknown")
    maildir.add(raw)

    read_maildir(now=later(minutes=1))

    message.refresh_from_db()
    [left] = maildir
    assert said_in(raw)[1:3] == (Delivery.SET_ASIDE, DeliveryReason.UNKNOWN)
    assert (message.delivery, left.get_subdir()) == ("set-aside", "cur")


@pytest.mark.parametrize(
    "to",
    [
        "bounce@kanssa.example",
        "bounce+@kanssa.example",
        "bounce+1234@kanssa.example",
        "bounce+{id}@elsewhere.example",
        "other+{id}@kanssa.example",
        "bounce+{id}",
        "bounce+{id}@kanssa.example@elsewhere.example",
        "",
    ],
)
def test_a_foreign_address_matches_no_message(message, to):
    raw = notification(EXCHANGE, to=to.format(id=message.pk))

    assert not read_mail(raw, now=later(minutes=1))
    message.refresh_from_db()
    assert message.failed_at is None


def test_a_bounce_of_an_unknown_message_changes_nothing(message):
    raw = notification(POSTFIX, to=f"bounce+{uuid4()}@kanssa.example")

    assert not read_mail(raw, now=later(minutes=1))
    assert noted() == []


GARBAGE = {
    "nothing": b"",
    "no mail": b"\x00\xff" * 5000,
    "no boundary": b"Content-Type: multipart/report\n\nAction: failed\n",
    "unknown charset": b"Content-Type: multipart/report; boundary*=nothing''%ff\n\n--x\n",
    "an endless line": b"Content-Type: multipart/report; boundary=" + b"a" * 100_000,
    "a report of nothing": b"Content-Type: multipart/report; boundary=x\n\n--x\n--x--",
    "status of text": b"Content-Type: multipart/report; boundary=x\n\n--x\n"
    b"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n////\n--x--",
}


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=GARBAGE)
def test_garbage_breaks_nothing(message, raw):
    assert not read_mail(raw, to=address_of(message), now=later(minutes=1))


def test_a_message_nested_beyond_reason_breaks_nothing(message):
    assert not read_mail(nested(3000, to=address_of(message)), now=later(minutes=1))


def test_a_message_too_large_for_a_bounce_is_not_read(message):
    raw = notification(POSTFIX, to=address_of(message)) + b"x" * 2_000_000

    assert not read_mail(raw, now=later(minutes=1))


def test_other_mail_in_the_maildir_is_left_for_people_and_read_once(message, maildir):
    maildir.add(notification(VACATION, to=address_of(message)))

    noted_bounces = [read_maildir(now=later(minutes=minute)) for minute in (1, 2)]

    [left] = maildir
    assert noted_bounces == [0, 0]
    assert (left.get_subdir(), left.get_flags()) == ("cur", "S")


def test_a_maildir_that_is_not_there_yet_is_empty(settings, tmp_path):
    settings.BOUNCE_MAILDIR = tmp_path / "later"

    assert read_maildir(now=later(minutes=1)) == 0


def test_a_bounce_piped_to_the_command_is_recorded_once(message, settings):
    raw = notification(EXIM, to=address_of(message))

    said = [piped(raw, settings) for _time in range(2)]

    assert said == [(0, "bounces noted: 1\n"), (0, "bounces noted: 0\n")]


def test_the_command_asks_the_mail_server_to_retry_when_the_database_is_away(message, settings):
    raw = notification(EXIM, to=address_of(message))

    code, _said = piped(raw, settings, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert code == 75


def test_the_command_reads_the_maildir_too(message, maildir):
    maildir.add(notification(POSTFIX, to=address_of(message)))
    said = io.StringIO()

    call_command("bounces", "--maildir", stdout=said)

    assert said.getvalue() == "bounces noted: 1\n"


def piped(raw: bytes, settings, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "kanssa.manage", "bounces"],
        input=raw,
        env=worker_environment(settings) | {"KANSSA_BOUNCE_ADDRESS": settings.BOUNCE_ADDRESS} | environment,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode()
