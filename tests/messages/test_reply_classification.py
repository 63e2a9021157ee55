"""Classes of mail servers' answers: only “no such address” may blame the address."""

import pytest

from kanssa.messages.delivery_states import TRANSITIONS, UNSENT, Delivery, Stage
from kanssa.messages.reply_classification import classify_reply, code_in, status_in

NO_SUCH, DELAYED, HELD = Delivery.NO_SUCH_ADDRESS, Delivery.DELAYED, Delivery.HELD

BLAMED = [
    "550 5.1.1 <eino@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 User unknown in relay recipient table",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.1.2 Bad destination system address",
    "553 5.1.3 The recipient address <a@b> is not a valid RFC-5321 address",
    "551 5.1.6 The mailbox has moved",
    "556 5.1.10 Domain does not accept mail (nullMX)",
    "550 5.4.310 DNS domain exmaple.fi does not exist",
    "5.4.4 Host or domain name not found. Name service error for name=exmaple.fi type=AAAA: Host not found",
    "550 No such user here",
    "550 no such mailbox",
    "550 User unknown",
    "550 Unknown user eino",
    "550 Recipient not found",
    "550 Unrouteable address",
    "553 sorry, this recipient does not exist",
    "554 delivery error: dd This user doesn't have a yahoo.com account (eino@yahoo.com)",
    "550 5.0.0 User unknown",
    "550 5.5.0 mailbox does not exist",
    "550 5.1.0 <eino@example.com> User doesn't exist",
    "551 User not local; please try <eino@elsewhere.example>",
    "Sorry, no mailbox here by that name. (#5.1.1)",
    "553 Invalid address syntax",
]
PASSING = [
    "450 4.1.1 User unknown in local recipient table",
    "450 4.7.1 Greylisted",
    "421 4.7.0 Temporarily deferred due to user complaints",
    "451 try again",
    "452 4.2.2 Over quota",
    "550 5.2.2 Mailbox full",
    "552 5.2.2 The email account that you tried to reach is over quota",
    "552 Mailbox size limit exceeded: quota exceeded",
    "550 5.1.1 eino's mailbox is full",
    "554 5.2.1 The email account that you tried to reach is disabled",
    "550 5.2.1 Mailbox not accepting messages",
    "5.4.7 Delivery expired (message too old)",
    "4.4.7 Message expired",
    "5.4.1 No answer from host",
    "5.4.4 Host not found, try again",
    "554 5.4.6 Routing loop detected",
    "452 4.3.1 Insufficient system storage",
    "552 Requested mail action aborted: exceeded storage allocation",
    "550 4.4.7 Delivery time expired",
]
OURS = [
    "550 Relaying denied",
    "550 5.7.1 Unable to relay",
    "554 5.7.1 <eino@example.com>: Relay access denied",
    "550 5.1.1 We do not relay",
    "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
    "553 sorry, that domain isn't in my list of allowed rcpthosts",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "550 5.1.1 blocked: see https://barracudacentral.org",
    "550 5.7.26 This message does not have authentication information (SPF, DKIM)",
    "550 5.7.1 User unknown",
    "550 5.1.8 Sender's domain does not exist",
    "550 Sender verify failed: no such user",
    "553 5.1.7 The sender address is invalid",
    "530 5.7.0 Authentication required",
    "535 5.7.8 Error: authentication failed",
    "552 5.3.4 Message size exceeds fixed limit",
    "552 Message size exceeds fixed maximum message size",
    "552 5.2.3 Message too long",
    "550 5.6.7 Non-ASCII addresses are not permitted",
    "550 5.6.0 Invalid message content",
    "554 5.6.0 Message refused",
    "550 Administrative prohibition",
    "550 Requested action not taken: mailbox unavailable",
    "550 5.5.0 Requested action not taken: mailbox unavailable",
    "551 not permitted",
    "553 mailbox name",
    "554 Transaction failed",
    "550",
    "500 Syntax error, command unrecognised",
    "503 5.5.1 Bad sequence of commands",
    "550 5.3.0 Rejected",
    "550 5.3.5 mail for example.com loops back to myself",
    "550 Your IP 4.2.2.1 has a poor reputation",
    "550 High probability of spam: no such recipient",
    "541 rejected",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *[(text, NO_SUCH) for text in BLAMED],
        *[(text, DELAYED) for text in PASSING],
        *[(text, HELD) for text in OURS],
    ],
)
def test_an_answer_means_the_same_state_at_once_and_in_a_report(text, expected):
    code, _space, words = text.partition(" ")
    at_once = classify_reply(Stage.RECIPIENT, code=int(code), text=words) if code.isdigit() else None

    reported = classify_reply(Stage.REPORT, text=text)

    assert reported.delivery is expected
    assert at_once is None or at_once.delivery is expected


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.SENDER])
@pytest.mark.parametrize("text", BLAMED)
def test_an_answer_before_the_recipient_is_named_never_blames_the_address(stage, text):
    assert classify_reply(stage, text=text).delivery is not NO_SUCH


@pytest.mark.parametrize("detail", range(30))
@pytest.mark.parametrize("subject", range(8))
def test_five_enhanced_statuses_alone_say_that_the_address_is_wrong(subject, detail):
    permanent = classify_reply(Stage.RECIPIENT, code=550, status=f"5.{subject}.{detail}")
    passing = classify_reply(Stage.RECIPIENT, code=450, status=f"4.{subject}.{detail}")

    blames = subject == 1 and detail in {1, 2, 3, 6, 10}
    assert (permanent.delivery is NO_SUCH) is blames
    assert passing.delivery is DELAYED


@pytest.mark.parametrize("code", range(500, 600))
def test_a_bare_code_blames_no_address_except_for_a_domain_without_mail(code):
    assert (classify_reply(Stage.RECIPIENT, code=code).delivery is NO_SUCH) is (code == 556)


def test_a_temporary_code_wins_over_a_permanent_status():
    assert classify_reply(Stage.RECIPIENT, code=450, status="5.1.1").delivery is DELAYED


def test_numbers_that_only_look_like_codes_are_ignored():
    assert status_in("host 4.2.2.1 and Exim 4.96") == ""
    assert status_in("(#5.1.1)") == "5.1.1"
    assert code_in("port 2525, 1.550 seconds") is None


def test_the_table_of_states_allows_only_its_own_transitions():
    assert set(TRANSITIONS) == set(Delivery)
    assert TRANSITIONS[Delivery.CANCELLED] == frozenset()
    for state in UNSENT:
        assert Delivery.HANDED_OVER in TRANSITIONS[state]
    for final in (Delivery.NO_SUCH_ADDRESS, Delivery.SET_ASIDE):
        assert Delivery.HANDED_OVER not in TRANSITIONS[final]
