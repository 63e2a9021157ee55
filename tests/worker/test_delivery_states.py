"""Each message is decided by itself: none delays another, and none blames an address for our faults."""

from collections import Counter
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from kanssa.accounts.password_links import new_link
from kanssa.applications.models import Invitation
from kanssa.evidence.models import Event
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.health import mail_health
from kanssa.messages.models import Message
from kanssa.messages.queue import queue_message, read_contents
from kanssa.messages.topics import Topic
from kanssa.messages.transitions import erase_contents
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.worker.deliveries import deliver_waiting
from kanssa.worker.outgoing_email import recipient_of
from tests.cast import AINO, BROWSER, EINO, NOW, arrived, complete, drafted, later, sent
from tests.worker.smtp_server import smtp_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office(settings):
    with smtp_server(settings) as office:
        yield office


def written(address, *, number=0, topic=Topic.PASSWORD_SET, payload=None):
    cause = f"test:{address}:{number}"
    queue_message(
        topic,
        cause=cause,
        address=address,
        language="fi",
        payload={"first_name": ""} if payload is None else payload,
        now=NOW + timedelta(milliseconds=number),
    )
    return Message.objects.get(cause=cause)


def state_of(message):
    message.refresh_from_db()
    return message.delivery


def states():
    return Counter(Message.objects.values_list("delivery", flat=True))


# Failures at every stage


def _unsealable(number):
    message = written(f"unseal{number}@example.com", number=number)
    Message.objects.filter(pk=message.pk).update(sealed=b"\x00\x01" + bytes(40))
    return message


def _unknown_key(number):
    message = written(f"key{number}@example.com", number=number)
    Message.objects.filter(pk=message.pk).update(sealed=b"\x77\x77" + bytes(40))
    return message


def _empty(number):
    message = written(f"empty{number}@example.com", number=number)
    Message.objects.filter(pk=message.pk).update(sealed=None)
    return message


SET_ASIDE = {
    "unseal": _unsealable,
    "unknown key": _unknown_key,
    "emptied": _empty,
    "render": lambda number: written(f"render{number}@example.com", number=number, payload={}),
    "link": lambda number: written(
        f"link{number}@example.com", number=number, topic=Topic.DRAFT_LINK, payload={"first_name": ""}
    ),
    "no address": lambda number: written(f"no address {number}", number=number),
    "two addresses": lambda number: written(f"a{number}@example.com, b@example.com", number=number),
    "a line break": lambda number: written(f"a{number}@example.com\r\nRCPT TO:<b@c.example>", number=number),
    "no IDNA domain": lambda number: written(f"a{number}@\u0640.example", number=number),
    "an empty label": lambda number: written(f"a{number}@\u00e4..example", number=number),
    "encode": lambda number: written(
        f"encode{number}@example.com",
        number=number,
        topic=Topic.REPLACED,
        payload={"first_name": "", "reference": "H\r\nBcc: b@c.example"},
    ),
}
AT_THE_SERVER = {
    "RCPT": ("550 5.1.1 User unknown", Delivery.NO_SUCH_ADDRESS),
    "DATA": ("554 5.7.1 Not from you", Delivery.HELD),
    "HANG UP": ("", Delivery.DELAYED),
}


def _queue(size, office):
    """Queue messages: every second one fails, each at the next stage; return their expected states."""
    kinds = [*SET_ASIDE, *AT_THE_SERVER]
    expected, good = {}, []
    for number in range(size):
        if number % 2:
            good.append(f"good{number}@example.com")
            written(good[-1], number=number)
            continue
        kind = kinds[number // 2 % len(kinds)]
        if kind in SET_ASIDE:
            expected[SET_ASIDE[kind](number).pk] = Delivery.SET_ASIDE
        else:
            address = f"fails{number}@domain{number}.example"
            answer, state = AT_THE_SERVER[kind]
            office.script[address] = (kind, answer)
            expected[written(address, number=number).pk] = state
    return expected, good


@pytest.mark.parametrize("size", [84, pytest.param(500, marks=pytest.mark.long)])
def test_a_message_that_fails_at_any_stage_delays_no_other_and_order_is_kept(office, size):
    expected, good = _queue(size, office)

    with capture_logs() as log:
        sent_count = deliver_waiting(now=later(minutes=1))

    assert office.taken == good
    assert sent_count == len(good)
    found = dict(Message.objects.filter(pk__in=expected).values_list("pk", "delivery"))
    assert found == expected
    health = mail_health(later(minutes=1))
    set_aside = Counter(expected.values())[Delivery.SET_ASIDE]
    emptied = Message.objects.filter(delivery="set-aside", sealed=None).count()
    assert health.set_aside == set_aside - emptied
    assert sum(line.get("alarm") == "mail-set-aside" for line in log) == set_aside
    assert "@" not in str([line for line in log if "mail" in line["event"] or "message" in line["event"]])


STAGES = {
    "unseal": "unseal: InvalidTag",
    "unknown key": "unseal: KeyError",
    "emptied": "unseal: ContentsErased",
    "render": "render: KeyError",
    "link": "link: KeyError",
    "no address": "address: NotAnEmailAddress",
    "two addresses": "address: NotAnEmailAddress",
    "a line break": "address: NotAnEmailAddress",
    "no IDNA domain": "address: NotAnEmailAddress",
    "an empty label": "address: NotAnEmailAddress",
    "encode": "encode: BadHeaderError",
}


def test_a_message_set_aside_names_its_stage_and_kind_of_fault(office):
    messages = {kind: make(number) for number, (kind, make) in enumerate(SET_ASIDE.items())}

    deliver_waiting(now=later(minutes=1))

    for message in messages.values():
        message.refresh_from_db()
    assert {kind: message.failure_code for kind, message in messages.items()} == STAGES
    assert office.tried == []


def test_an_anonymous_draft_link_to_an_international_domain_delays_nothing(office):
    ids = {"application_id": drafted(complete(AINO)), "actor": BROWSER, "now": NOW}
    mail_draft_link(**ids, address="a@\u05d01.example", language="fi")
    written("after@example.com", number=1)

    deliver_waiting(now=later(minutes=1))

    assert office.taken == ["a@xn--1-zhc.example", "after@example.com"]


@pytest.mark.parametrize(
    ("typed", "envelope"),
    [
        ("liisa@fa\u00df-koti.example", "liisa@xn--fa-koti-1va.example"),
        ("liisa@\u00e4iti.example", "liisa@xn--iti-pla.example"),
        ("liisa@EXAMPLE.com", "liisa@example.com"),
    ],
)
def test_no_message_goes_to_another_domain_than_the_typed_one(typed, envelope):
    assert recipient_of(typed) == envelope


def test_an_address_that_needs_smtputf8_is_held_where_the_server_does_not_offer_it(settings):
    with smtp_server(settings, enable_SMTPUTF8=False) as office:
        message = written("p\u00e4ivi@example.com")
        written("after@example.com", number=1)

        deliver_waiting(now=later(minutes=1))

        assert office.taken == ["after@example.com"]
        assert (state_of(message), message.failure) == ("held", "needs-smtputf8")


def test_an_international_address_is_used_as_it_is_where_the_server_offers_smtputf8(settings):
    with smtp_server(settings, enable_SMTPUTF8=True) as office:
        written("p\u00e4ivi@example.com")

        deliver_waiting(now=later(minutes=1))

        assert office.taken == ["p\u00e4ivi@example.com"]
        assert "To: p\u00e4ivi@example.com\r\n".encode() in office.contents[0]


# Forty refusals

REFUSALS = [
    ("RCPT", "550 5.1.1 User unknown", "no-such-address", "no-mailbox"),
    ("RCPT", "550 No such user here", "no-such-address", "no-mailbox"),
    ("RCPT", "550 5.1.2 Bad destination system", "no-such-address", "no-domain"),
    ("RCPT", "553 5.1.3 Bad destination mailbox address syntax", "no-such-address", "bad-syntax"),
    ("RCPT", "551 5.1.6 Mailbox has moved", "no-such-address", "moved"),
    ("RCPT", "556 5.1.10 Recipient address has null MX", "no-such-address", "no-domain"),
    ("RCPT", "550 5.1.10 RecipientNotFound", "no-such-address", "no-domain"),
    ("RCPT", "551 User not local; please try <x@elsewhere.example>", "no-such-address", "moved"),
    ("DATA", "550 5.1.1 No such mailbox after all", "no-such-address", "no-mailbox"),
    ("RCPT", "450 4.1.1 User unknown", "delayed", "try-later"),
    ("RCPT", "450 4.7.1 Greylisted", "delayed", "try-later"),
    ("RCPT", "451 Local error in processing", "delayed", "try-later"),
    ("RCPT", "452 4.2.2 Mailbox full", "delayed", "mailbox-full"),
    ("RCPT", "552 5.2.2 Over quota", "delayed", "mailbox-full"),
    ("RCPT", "552 Exceeded storage allocation", "delayed", "mailbox-full"),
    ("RCPT", "550 5.2.1 Mailbox disabled", "delayed", "mailbox-closed"),
    ("RCPT", "550 5.4.1 No answer from host", "delayed", "unreachable"),
    ("RCPT", "550 5.4.7 Delivery time expired", "delayed", "timed-out"),
    ("RCPT", "421 4.3.2 Closing", "delayed", "try-later"),
    ("DATA", "452 4.3.1 Insufficient system storage", "delayed", "mailbox-full"),
    ("DATA", "451 4.7.1 Try again", "delayed", "try-later"),
    ("RCPT", "554 5.3.2 System not accepting messages", "delayed", "server-busy"),
    ("RCPT", "550 Relaying denied", "held", "relay"),
    ("RCPT", "554 5.7.1 Relay access denied", "held", "relay"),
    ("RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts", "held", "relay"),
    ("RCPT", "530 5.7.0 Authentication required", "held", "relay"),
    ("RCPT", "550 5.7.1 blocked using zen.spamhaus.org", "held", "reputation"),
    ("RCPT", "550 5.1.1 blocked, see our block list", "held", "reputation"),
    ("RCPT", "550 5.7.1 Refused", "held", "policy"),
    ("RCPT", "550 5.7.1 User unknown", "held", "policy"),
    ("RCPT", "550 5.1.8 Bad sender's system address", "held", "sender"),
    ("DATA", "554 5.7.1 Message looks like spam", "held", "reputation"),
    ("DATA", "552 5.3.4 Message too big for system", "held", "size"),
    ("DATA", "552 Message size exceeds fixed limit", "held", "size"),
    ("DATA", "550 5.6.0 Media error", "held", "content"),
    ("DATA", "554 Transaction failed", "held", "refused"),
    ("RCPT", "550 Requested action not taken: mailbox unavailable", "held", "refused"),
    ("RCPT", "550 Administrative prohibition", "held", "reputation"),
    ("RCPT", "553 5.5.2 Syntax error", "held", "protocol"),
    ("RCPT", "550 5.6.7 Non-ASCII address not permitted", "held", "needs-smtputf8"),
]


def test_each_of_forty_refusals_of_a_mail_server_leads_to_its_state(office, settings):
    settings.MAIL_PAUSES_TO_STOP = 100
    messages = []
    for number, (step, answer, _state, _reason) in enumerate(REFUSALS):
        address = f"somebody@domain{number}.example"
        office.script[address] = (step, answer)
        messages.append(written(address, number=number))

    deliver_waiting(now=later(minutes=1))

    for message in messages:
        message.refresh_from_db()
    found = [(message.delivery, message.failure) for message in messages]
    assert len(found) == 40
    assert found == [(state, reason) for _step, _answer, state, reason in REFUSALS]
    assert all(message.sealed for message in messages)


# Our own faults: pauses


@pytest.mark.parametrize("size", [60, pytest.param(1000, marks=pytest.mark.long)])
def test_a_fault_of_our_relay_loses_no_message_and_blames_no_address(office, settings, size):
    addresses = [f"somebody{number}@domain{number % 30}.example" for number in range(size)]
    for number, address in enumerate(addresses):
        written(address, number=number)
    office.refuses_all = "550 Relaying denied"

    with capture_logs() as log:
        for minute in range(1, 31):
            deliver_waiting(now=later(minutes=minute))
    tried_while_refused = len(office.tried)
    stopped = mail_health(later(minutes=30))
    office.refuses_all = ""
    for minute in (61, 120, 240):
        deliver_waiting(now=later(minutes=minute))

    assert tried_while_refused < 20 + 30
    assert stopped.waiting + stopped.held == size
    assert (stopped.set_aside, stopped.paused) == (0, True)
    assert any(line.get("alarm") == "mail-paused" for line in log)
    assert sorted(office.taken) == sorted(addresses)
    assert states() == {"handed-over": size}
    assert not Event.objects.filter(kind="letter-bounced").exists()


def test_two_refusals_in_a_row_about_us_pause_that_domain_alone(office):
    for number in range(4):
        office.script[f"a{number}@refusing.example"] = ("RCPT", "550 5.7.1 Not from you")
        written(f"a{number}@refusing.example", number=2 * number)
        written(f"b{number}@example.com", number=2 * number + 1)

    deliver_waiting(now=later(minutes=1))

    assert office.taken == [f"b{number}@example.com" for number in range(4)]
    assert states() == {"held": 2, "waiting": 2, "handed-over": 4}
    health = mail_health(later(minutes=1))
    assert (health.paused, health.paused_domains) == (False, 1)


def test_an_accepted_message_in_between_keeps_a_domain_open(office):
    for number in range(6):
        written(f"a{number}@example.com", number=number)
        if number % 2:
            office.script[f"a{number}@example.com"] = ("RCPT", "550 5.7.1 Not from you")

    deliver_waiting(now=later(minutes=1))

    assert states() == {"held": 3, "handed-over": 3}
    assert mail_health(later(minutes=1)).paused_domains == 0


def test_a_paused_domain_is_tried_after_fifteen_minutes_and_paused_again_by_one_refusal(office):
    for number in range(4):
        written(f"a{number}@refusing.example", number=number)
    office.refuses_all = "550 5.7.1 Not from you"

    deliver_waiting(now=later(minutes=1))
    deliver_waiting(now=later(minutes=15))
    before = len(office.tried)
    deliver_waiting(now=later(minutes=17))

    assert (before, len(office.tried)) == (2, 3)


@pytest.mark.parametrize(("minutes", "is_paused"), [((1, 5, 9), True), ((1, 6, 14), False)])
def test_three_domains_within_ten_minutes_pause_the_whole_queue(office, minutes, is_paused):
    office.refuses_all = "550 5.7.1 Not from you"
    for domain, minute in enumerate(minutes):
        for number in range(2):
            written(f"a{number}@domain{domain}.example", number=2 * domain + number)
        deliver_waiting(now=later(minutes=minute))

    assert mail_health(later(minutes=minutes[-1])).paused is is_paused


def test_a_mail_server_that_hangs_up_on_every_message_is_not_tried_further(office):
    for number in range(10):
        office.script[f"a{number}@example.com"] = ("HANG UP", "")
        written(f"a{number}@example.com", number=number)

    deliver_waiting(now=later(minutes=1))

    assert len(office.tried) == 3
    assert states() == {"delayed": 3, "waiting": 7}


# Expiry


def test_a_message_refused_for_five_days_is_set_aside_with_its_reason(office):
    office.script["full@example.com"] = ("RCPT", "452 4.2.2 Mailbox full")
    message = written("full@example.com")

    for hour in range(0, 24 * 5, 7):
        deliver_waiting(now=later(hours=hour, minutes=1))
    on_the_last_day = state_of(message)
    deliver_waiting(now=later(days=5, hours=7))

    assert on_the_last_day == "delayed"
    assert (state_of(message), message.failure) == ("set-aside", "mailbox-full")


@pytest.fixture
def bounces_are_read(settings):
    settings.BOUNCE_ADDRESS = "bounce@kanssa.example"


@pytest.mark.usefixtures("bounces_are_read")
def test_contents_are_kept_sealed_only_while_the_message_may_bounce(office):
    message = written("a@example.com")
    deliver_waiting(now=later(minutes=1))
    message.refresh_from_db()
    is_kept = message.sealed is not None

    erase_contents(now=later(days=7))

    message.refresh_from_db()
    assert (is_kept, message.sealed) == (True, None)


# Links


def test_a_link_that_expired_while_its_message_waited_is_replaced(office):
    office.script["a@example.com"] = ("RCPT", "450 4.2.1 Not now")
    token = new_link("a@example.com", language="fi", now=NOW)
    stale = written("a@example.com", topic=Topic.ACCOUNT_LINK, payload={"first_name": "", "token": token})
    deliver_waiting(now=later(minutes=1))
    office.script.clear()

    deliver_waiting(now=later(hours=25))

    newer = Message.objects.exclude(pk=stale.pk).get()
    assert (state_of(stale), stale.failure, stale.sealed) == ("cancelled", "link-replaced", None)
    assert len(office.taken) == 1
    assert token.encode() not in office.contents[0].replace(b"=\r\n", b"")
    assert newer.trying_since == stale.trying_since


def test_a_link_replaced_while_its_message_waited_is_not_sent(office):
    token = new_link("a@example.com", language="fi", now=NOW)
    stale = written("a@example.com", topic=Topic.ACCOUNT_LINK, payload={"first_name": "", "token": token})
    new_link("a@example.com", language="fi", now=later(minutes=1))

    deliver_waiting(now=later(minutes=2))

    assert office.taken == []
    assert (state_of(stale), stale.failure) == ("cancelled", "link-replaced")


def test_a_link_to_a_deleted_draft_is_set_aside(office):
    ids = {"application_id": drafted(complete(AINO)), "actor": BROWSER, "now": NOW}
    mail_draft_link(**ids, address="a@example.com", language="fi")
    Message.objects.update(trying_since=later(days=40), send_at=later(days=40))

    deliver_waiting(now=later(days=40))

    [message] = Message.objects.all()
    assert office.taken == []
    assert (message.delivery, message.failure) == ("set-aside", "link-ended")


def test_a_replaced_invitation_is_not_sent(office):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    Invitation.objects.update(ended_at=later(minutes=1))

    deliver_waiting(now=later(minutes=2))

    assert EINO.email not in office.taken
    assert Message.objects.get(topic="invitation").delivery == "cancelled"


def test_an_invitation_past_its_time_to_confirm_is_replaced_by_a_new_one(office):
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    stale = Message.objects.get(topic="invitation")
    address, payload = read_contents(stale)
    stale.delete()
    old = written(address, topic=Topic.INVITATION, payload={**payload, "confirm_by": "2026-11-01"})
    applicant = application.applicants.get(is_main=False)
    Message.objects.filter(pk=old.pk).update(applicant_id=applicant.pk, application_id=application.pk)

    deliver_waiting(now=later(minutes=1))
    deliver_waiting(now=later(minutes=2))

    assert office.taken.count(EINO.email) == 1
    assert (state_of(old), old.failure) == ("cancelled", "link-replaced")
