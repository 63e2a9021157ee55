"""Bounces in other shapes than RFC 3464 describes, and their effect."""

from base64 import b64encode
from mailbox import Maildir
from quopri import encodestring

import pytest

from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import email_lookup_of, queue_message
from kanssa.messages.topics import Topic
from kanssa.worker.bounces import bounce_in, read_mail, read_maildir
from kanssa.worker.deliveries import deliver_waiting
from tests.cast import NOW, later
from tests.worker.delivery_notifications import EXCHANGE as EXCHANGE_REPORT
from tests.worker.delivery_notifications import POSTFIX as POSTFIX_REPORT
from tests.worker.delivery_notifications import notification
from tests.worker.plain_bounces import DAMAGED, MIXED_REPORT, PLAIN, REPORT_FIELDS, REPORTS
from tests.worker.smtp_server import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS = [
    ("550 5.1.1 User unknown", "no-such-address"),
    ("550 5.7.1 Blocked by our block list", "held"),
    ("550 5.7.1 Relaying denied", "held"),
    ("552 5.2.2 Over quota", "delayed"),
    ("450 4.4.7 Message expired", "delayed"),
    ("552 5.3.4 Message too big", "held"),
]


@pytest.fixture(autouse=True)
def _bounce_address(settings):
    settings.BOUNCE_ADDRESS = "bounce@kanssa.example"


@pytest.fixture
def message(settings):
    """Return a message that a mail server accepted."""
    with smtp_server(settings):
        queue_message(
            Topic.PASSWORD_SET,
            cause="test",
            address="eino@example.com",
            language="fi",
            payload={"first_name": ""},
            now=NOW,
        )
        deliver_waiting(now=later(seconds=1))
    return Message.objects.get()


def to(message):
    return f"bounce+{message.pk}@kanssa.example"


def filled(shape, message, said):
    status = said.split()[1]
    return shape.replace("{to}", to(message)).replace("{said}", said).replace("{status}", status).encode()


def class_of(raw):
    bounce = bounce_in(raw)
    return bounce.report.verdict.delivery if bounce else None


@pytest.mark.parametrize(("said", "state"), ANSWERS)
@pytest.mark.parametrize("shape", PLAIN)
def test_plain_texts_of_common_servers_are_classified_by_their_codes(message, shape, said, state):
    raw = filled(PLAIN[shape], message, said)

    assert class_of(raw) == state
    assert class_of(raw.replace(b"\n", b"\r\n")) == state


@pytest.mark.parametrize(("said", "state"), ANSWERS)
@pytest.mark.parametrize("shape", REPORTS)
def test_reports_in_other_wrappings_or_with_damaged_boundaries_count(message, shape, said, state):
    assert class_of(filled(REPORTS[shape], message, said)) == state


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_a_report_whose_fields_are_encoded_counts(message, encoding):
    head, fields = f"Content-Transfer-Encoding: {encoding}\n\n", REPORT_FIELDS
    encode = b64encode if encoding == "base64" else encodestring
    body = encode(fields.replace("{said}", "550 5.1.1 User unknown").replace("{status}", "5.1.1").encode())
    shape = MIXED_REPORT.replace(f"\n\n{fields}", f"\n{head}{body.decode()}\n")

    assert class_of(filled(shape, message, "550 5.1.1 User unknown")) == "no-such-address"


@pytest.mark.parametrize(
    ("status", "words", "state"),
    [
        (
            "5.4.4",
            "X-Postfix; Host or domain name not found. Name service error: Host not found",
            "no-such-address",
        ),
        ("5.4.4", "X-Postfix; Host not found, try again", "delayed"),
        ("5.0.0", "X-Unix; unknown user", "no-such-address"),
        ("5.0.0", "X-Unix; exit 77", "set-aside"),
        ("5.1.1", "smtp; 550 5.7.1 refused", "held"),
        ("5.7.1", "smtp; 550 5.1.1 User unknown", "held"),
        ("5.0.0", "smtp; 550 5.1.1 User unknown", "no-such-address"),
    ],
)
def test_status_and_diagnostic_of_a_report_are_read_together(message, status, words, state):
    raw = MIXED_REPORT.replace("smtp; {said}", words).replace("{status}", status).replace("{to}", to(message))

    assert class_of(raw.encode()) == state


@pytest.mark.parametrize("shape", PLAIN)
def test_a_plain_text_without_a_code_is_left_for_people(message, shape, settings, tmp_path):
    settings.BOUNCE_MAILDIR = tmp_path / "bounces"
    raw = filled(PLAIN[shape], message, "Sorry, that did not work out for this person")
    Maildir(settings.BOUNCE_MAILDIR).add(raw)

    read_maildir(now=later(minutes=1))

    message.refresh_from_db()
    [left] = Maildir(settings.BOUNCE_MAILDIR)
    assert (message.delivery, left.get_subdir()) == ("handed-over", "cur")


@pytest.mark.parametrize("shape", [*PLAIN.values(), DAMAGED["another boundary"], DAMAGED["no type"]])
def test_a_person_who_quotes_a_bounce_is_not_mistaken_for_a_mail_server(message, shape):
    raw = filled(shape, message, "550 5.1.1 User unknown")
    by_a_person = b"From: Eino <eino@example.com>\n" + b"\n".join(
        line
        for line in raw.split(b"\n")
        if not line.startswith((b"From: MAILER", b"From: Mail", b"From: System", b"From: post", b"X-Failed"))
    )

    assert bounce_in(by_a_person) is None


def test_a_report_that_contradicts_itself_blames_no_address(message):
    raw = notification(POSTFIX_REPORT, to=to(message), status="5.7.1")

    assert class_of(raw) == "held"


def test_a_failure_of_the_forwarding_mailbox_does_not_blame_the_address(message):
    Message.objects.update(address_lookup=email_lookup_of("typed@example.org"))

    read_mail(notification(EXCHANGE_REPORT, to=to(message)), now=later(minutes=1))

    message.refresh_from_db()
    assert (message.delivery, message.failure) == ("held", "forwarded")


@pytest.mark.parametrize(("said", "state"), [each for each in ANSWERS if each[1] != "no-such-address"])
def test_a_message_that_bounced_for_another_reason_is_sent_again(message, settings, said, state):
    read_mail(filled(REPORTS["mixed"], message, said), now=later(hours=1))
    message.refresh_from_db()
    before = message.delivery

    with smtp_server(settings) as office:
        deliver_waiting(now=later(hours=3))

    message.refresh_from_db()
    assert (before, message.delivery) == (state, "handed-over")
    assert office.taken == ["eino@example.com"]


def test_a_time_out_after_five_days_is_retried_for_five_more_and_no_longer(message, settings):
    raw = filled(REPORTS["mixed"], message, "450 4.4.7 Message expired")
    read_mail(raw, now=later(days=5, minutes=1))
    message.refresh_from_db()
    first = message.delivery
    with smtp_server(settings):
        deliver_waiting(now=later(days=5, hours=1))

    read_mail(raw, now=later(days=10, hours=2))

    message.refresh_from_db()
    assert (first, message.delivery, message.failure) == ("delayed", "set-aside", "timed-out")


def test_a_delay_notice_is_recorded_and_nothing_is_sent_again(message, settings):
    raw = notification(POSTFIX_REPORT, to=to(message), action="delayed", status="4.4.1")

    assert read_mail(raw, now=later(hours=4))
    with smtp_server(settings) as office:
        deliver_waiting(now=later(days=2))

    message.refresh_from_db()
    assert (message.delivery, office.taken) == ("delayed", [])


def test_a_bounce_read_twice_counts_once(message):
    raw = filled(REPORTS["mixed"], message, "550 5.1.1 User unknown")

    assert [read_mail(raw, now=later(hours=hour)) for hour in (1, 2)] == [True, False]
    assert Event.objects.filter(kind="letter-bounced").count() == 1
