"""A mailed link resumes a draft on any device (DOMAIN, rule 10) until the draft expires."""

from datetime import datetime, timedelta

import pytest

from kanssa.applications.aggregate.drafts import delete_old_drafts
from kanssa.applications.models import Application, DraftLink
from kanssa.applications.refusals import (
    DraftLinkDead,
    DraftLinksFromHereUsedUp,
    DraftLinkSpent,
    DraftLinksUsedUp,
    DraftWasSent,
    NoSuchApplication,
    NoSuchDraftLink,
)
from kanssa.applications.transitions.draft_links import draft_of_link
from kanssa.calendar.days import HELSINKI
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.drafts.mail_draft_link import mail_draft_link
from kanssa.usecases.drafts.resume_draft import resume_draft
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from tests.cast import AINO, BROWSER, EINO, NOW, complete, drafted, edited, later, sent

pytestmark = pytest.mark.django_db

# The 24th of December is the 30th day after NOW; the draft expires at its end.
LAST_MOMENT = datetime(2026, 12, 24, 23, 59, 59, tzinfo=HELSINKI)
TOO_LATE = datetime(2026, 12, 25, 0, 0, tzinfo=HELSINKI)


@pytest.fixture
def draft():
    return drafted(complete(AINO, EINO))


def mailed(draft, *, address="aino@example.com", now=NOW) -> str:
    """Mail a link; return its token."""
    mail_draft_link(application_id=draft, address=address, language="en", actor=BROWSER, now=now)
    return read_contents(Message.objects.filter(topic="draft_link").latest("written_at"))[1]["token"]


def resumed(token, *, now=NOW):
    return resume_draft(token=token, actor=BROWSER, now=now)


def touched(draft, *, now):
    save_draft(application_id=draft, change=lambda c: c, seen_revision=10**6, actor=BROWSER, now=now)


def test_a_link_opens_the_draft_as_often_as_needed(draft):
    token = mailed(draft)

    assert [resumed(token), resumed(token)] == [draft, draft]


def test_a_link_is_stored_hashed(draft):
    token = mailed(draft)

    [link] = DraftLink.objects.all()
    assert len(token) >= 43
    assert token.encode() not in bytes(link.token_hash)


def test_the_message_names_no_person_and_says_when_the_draft_expires(draft):
    mailed(draft)

    address, says = read_contents(Message.objects.get(topic="draft_link"))
    assert address == "aino@example.com"
    assert (says["first_name"], says["last_day"]) == ("", "2026-12-24")
    assert set(says) == {"first_name", "last_day", "token"}


def test_a_newer_link_ends_the_previous_one(draft):
    former = mailed(draft)
    latest = mailed(draft, address="other@example.com", now=later(minutes=1))

    with pytest.raises(DraftLinkSpent):
        resumed(former)
    assert resumed(latest) == draft


def test_a_link_expires_with_its_draft(draft):
    token = mailed(draft)

    assert resumed(token, now=LAST_MOMENT) == draft
    with pytest.raises(DraftLinkDead):
        resumed(token, now=TOO_LATE)


def test_a_change_of_the_draft_extends_its_link(draft):
    token = mailed(draft)

    touched(draft, now=LAST_MOMENT)

    assert resumed(token, now=TOO_LATE) == draft


def test_the_link_of_a_draft_that_was_sent_says_so(draft):
    former, latest = mailed(draft), mailed(draft, now=later(minutes=1))
    send_application(application_id=draft, actor=BROWSER, now=later(minutes=2))

    for token in (former, latest):
        with pytest.raises(DraftWasSent):
            resumed(token)


def test_a_sent_application_gets_no_link():
    application = sent(AINO)

    with pytest.raises(NoSuchApplication):
        mail_draft_link(
            application_id=application.pk, address=AINO.email, language="en", actor=BROWSER, now=NOW
        )


def test_a_made_up_token_opens_nothing(draft):
    token = mailed(draft)

    for wrong in ("", "x", token[:-1], token + "x", token.swapcase()):
        with pytest.raises(NoSuchDraftLink):
            draft_of_link(wrong, now=NOW)


def refused_a_link(draft, why, *, address="aino@example.com", network="", now=NOW):
    """Ask for a link and expect a refusal; return when to ask again."""
    with pytest.raises(why) as refused:
        mail_draft_link(
            application_id=draft, address=address, language="en", network=network, actor=BROWSER, now=now
        )
    return refused.value.facts["again_at"]


def test_a_mailbox_gets_a_few_links_a_day_in_any_spelling_and_for_any_drafts():
    drafts = [drafted(complete(AINO)) for _draft in range(6)]
    for number, draft in enumerate(drafts[:5]):
        mailed(draft, address=f"Anybody+{number}@example.com")

    again_at = refused_a_link(drafts[5], DraftLinksUsedUp, address="anybody@example.com")

    assert again_at == later(days=1)
    assert Application.objects.filter(pk=drafts[5]).exists()
    assert Message.objects.filter(topic="draft_link").count() == 5
    mailed(drafts[5], address="anybody@example.com", now=again_at)


def test_a_draft_sends_a_few_links_a_day_to_any_addresses(draft):
    for number in range(5):
        token = mailed(draft, address=f"a{number}@example.com", now=later(seconds=number))

    refused_a_link(draft, DraftLinksUsedUp, address="other@example.com", now=later(minutes=1))

    assert resumed(token) == draft


def test_a_network_address_gets_a_limited_number_of_links_an_hour(settings):
    settings.MAX_DRAFT_LINKS_PER_ADDRESS = 3
    drafts = [drafted(complete(AINO)) for _draft in range(4)]
    for number in range(3):
        mailed(drafts[number], address=f"a{number}@example.com")

    assert refused_a_link(drafts[3], DraftLinksFromHereUsedUp, address="b@example.com") == later(hours=1)
    mail_draft_link(
        application_id=drafts[3],
        address="b@example.com",
        language="en",
        network="192.0.2.7",
        actor=BROWSER,
        now=NOW,
    )


def test_strangers_send_a_limited_number_of_messages_of_any_topic_to_one_mailbox(settings):
    settings.MAX_DAILY_VISITOR_MESSAGES = 4
    mailed(drafted(complete(AINO)), address=AINO.email)
    sent(AINO)
    mail_account_link(email=AINO.email, language="fi", address="192.0.2.1", now=NOW)
    mailed(drafted(complete(AINO)), address=AINO.email)

    refused_a_link(drafted(complete(AINO)), DraftLinksUsedUp, address=AINO.email)
    mail_account_link(email=AINO.email, language="fi", address="192.0.2.1", now=later(hours=1))
    application = sent(AINO)

    assert application.sent_at is not None
    assert Message.objects.exclude(delivery="cancelled").count() == 4


def test_mailing_and_resuming_are_recorded_without_addresses(draft):
    resumed(mailed(draft))

    kinds = Event.objects.filter(application_id=draft).values_list("kind", "facts")
    assert list(kinds) == [("draft-link-sent", {}), ("draft-resumed", {})]


def test_drafts_are_deleted_30_days_after_their_last_change(draft):
    token = mailed(draft)
    younger = drafted(complete(AINO), now=later(days=1))

    before, after = delete_old_drafts(now=LAST_MOMENT), delete_old_drafts(now=TOO_LATE)

    assert (before, after) == (0, 1)
    assert list(Application.objects.values_list("pk", flat=True)) == [younger]
    with pytest.raises(NoSuchDraftLink):
        resumed(token, now=TOO_LATE)
    assert Event.objects.get(kind="drafts-deleted").facts == {"count": 1}


def test_deleting_twice_deletes_once(draft):
    assert [delete_old_drafts(now=TOO_LATE), delete_old_drafts(now=TOO_LATE)] == [1, 0]


def test_many_old_drafts_are_deleted_in_portions(monkeypatch):
    monkeypatch.setattr("kanssa.applications.aggregate.drafts._BATCH", 2)
    for _draft in range(5):
        drafted(complete(AINO))

    assert delete_old_drafts(now=TOO_LATE) == 5


def test_a_sent_application_is_never_deleted_with_the_drafts():
    application = sent(AINO, EINO)
    edited(application, None, lambda content: content, now=later(hours=1))

    assert delete_old_drafts(now=NOW + timedelta(days=400)) == 0
    assert Application.objects.filter(pk=application.pk).exists()
