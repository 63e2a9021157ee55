"""Limits on messages per mailbox, which never keep one application's messages from another's."""

import pytest
from django.conf import settings
from django.db.models import F

from kanssa.applications.reading.delivery_troubles import DeliveryTrouble, invitation_troubles
from kanssa.applications.refusals import InvitationsUsedUp
from kanssa.messages.health import mail_health
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from tests.actions import confirmation_withdrawn, corrected, resent
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    OTSO,
    CastMember,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db

VICTIM = "victim@example.com"
ATTACKER = OTSO
FRIEND = CastMember("Lindqvist", "Hilma Maria", HILMA.hetu, VICTIM)
NAMED = CastMember(EINO.last_name, EINO.first_names, EINO.hetu, VICTIM)


def carry(now):
    """Let the worker send the messages that are due."""
    due = Message.objects.filter(delivery="waiting", send_at__lte=now)
    due.update(delivery="handed-over", sent_at=F("send_at"), send_at=None)


def left(topic=None, *, by):
    """Count the messages sent to the victim's mailbox by then."""
    carry(by)
    messages = Message.objects.filter(sent_at__isnull=False)
    found = messages.filter(topic=topic) if topic else messages.exclude(topic="received")
    return sum(read_contents(each)[0].replace("+", "").startswith("victim") for each in found)


def co_applicant_of(application):
    [key] = [
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    ]
    return key


def address_of(key, email):
    return lambda content: content.with_adult(key, {"email": email})


def change_to_and_fro(application, who, key, emails, *, times=10):
    for number in range(times):
        now = later(seconds=number + 1)
        edited(application, who, address_of(key, emails[number % len(emails)].format(number)), now=now)
        carry(now)


def begun(main, *others):
    application = sent(main, *others)
    return application, arrived(main, sent_here=application)


def test_another_applications_invitations_do_not_delay_the_first_of_this_one():
    application, attacker = begun(ATTACKER, FRIEND)
    change_to_and_fro(application, attacker, co_applicant_of(application), ["z@example.com", VICTIM])

    own, _aino = begun(AINO, NAMED)

    link = Message.objects.get(topic="invitation", application_id=own.pk)
    assert (link.delivery, link.send_at) == ("waiting", NOW)


def test_another_applications_invitations_do_not_prevent_a_new_link():
    application, attacker = begun(ATTACKER, FRIEND)
    change_to_and_fro(application, attacker, co_applicant_of(application), ["z@example.com", VICTIM])
    own, aino = begun(AINO, NAMED)
    for number in range(1, settings.MAX_DAILY_INVITATIONS):
        resent(own, co_applicant_of(own), aino, now=later(hours=number))

    with pytest.raises(InvitationsUsedUp):
        resent(own, co_applicant_of(own), aino, now=later(hours=9))


def test_one_address_changed_back_and_forth_gets_one_link_and_the_next_after_the_pause():
    application, attacker = begun(ATTACKER, FRIEND)
    change_to_and_fro(application, attacker, co_applicant_of(application), ["z@example.com", VICTIM])

    assert left("invitation", by=later(minutes=9)) == 1
    assert left("invitation", by=later(minutes=11)) == 2
    assert left("invitation", by=later(days=3)) == 2


def test_tagged_addresses_of_one_mailbox_share_its_limit():
    application, attacker = begun(ATTACKER, FRIEND)
    change_to_and_fro(application, attacker, co_applicant_of(application), ["victim+{}@example.com"])

    assert left("invitation", by=later(minutes=9)) == 1


def test_changing_ones_own_address_back_and_forth_warns_the_former_one_once_in_a_pause():
    application, aino = begun(AINO)
    key = loaded_application(application).main_applicant.pk
    change_to_and_fro(application, aino, key, [VICTIM, "own@example.com"], times=12)

    assert left("contact_changed", by=later(minutes=9)) == 1
    assert left("contact_changed", by=later(days=3)) <= settings.MAX_DAILY_MESSAGES_PER_TOPIC


def test_correcting_ones_own_address_back_and_forth_warns_the_former_one_once_in_a_pause():
    application, _aino = begun(AINO, EINO)
    eino = joined(application, EINO)
    for number, email in enumerate([VICTIM, EINO.email] * 5):
        corrected(application, eino, {"email": email}, now=later(seconds=number + 1))
        carry(later(seconds=number + 1))

    assert left("contact_changed", by=later(minutes=9)) == 1


def test_confirming_and_withdrawing_repeatedly_notifies_once_in_a_pause():
    alone = CastMember(AINO.last_name, AINO.first_names, AINO.hetu, VICTIM)
    application, aino = begun(alone)
    for number in range(6):
        confirmed(application, aino, now=later(seconds=2 * number + 1))
        carry(later(seconds=2 * number + 1))
        confirmation_withdrawn(application, aino, now=later(seconds=2 * number + 2))

    assert left("all_confirmed", by=later(minutes=9)) == 1
    assert left("all_confirmed", by=later(days=3)) <= 2


def test_repeated_messages_and_first_messages_have_separate_daily_limits():
    begun(ATTACKER, FRIEND)
    _repeat(Message.objects.get(topic="invitation"), settings.MAX_DAILY_REPEATED_MESSAGES)

    own, aino = begun(AINO, NAMED)
    resent(own, co_applicant_of(own), aino, now=later(hours=1))

    links = Message.objects.filter(application_id=own.pk, topic="invitation").order_by("written_at")
    assert [link.planned_at for link in links] == [NOW, later(days=1)]


def _repeat(message, times):
    for number in range(times):
        message.pk, message.cause, message.share = None, f"again:{number}", "repeated"
        message._state.adding = True
        message.save(force_insert=True)


def test_a_link_over_todays_limit_is_postponed_and_the_status_says_so(settings):
    settings.MAX_DAILY_FIRST_MESSAGES = 1
    begun(ATTACKER, FRIEND)
    own, _aino = begun(AINO, NAMED)
    key = co_applicant_of(own)

    link = Message.objects.get(application_id=own.pk, topic="invitation")

    assert (link.delivery, link.send_at) == ("waiting", later(days=1))
    assert invitation_troubles(loaded_application(own)) == {key: DeliveryTrouble.LATER}
    assert invitation_troubles(loaded_application(own, now=later(days=1, seconds=1))) == {}


def test_a_postponed_message_is_not_late(settings):
    settings.MAX_DAILY_FIRST_MESSAGES = 1
    begun(ATTACKER, FRIEND)
    begun(AINO, NAMED)
    carry(NOW)

    assert mail_health(later(hours=12)).oldest_waiting is None
