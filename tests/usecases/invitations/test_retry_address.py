"""“This address is right, try again”: for the person, the main applicant and the clerk, within the caps."""

import pytest

from kanssa.applications.aggregate.corrections import store_correction
from kanssa.applications.reading import queries
from kanssa.applications.reading.delivery_troubles import DeliveryTrouble
from kanssa.applications.refusals import (
    AddressTriedEnough,
    InvitationsUsedUp,
    InvitationTooSoon,
    NoAddressToTry,
    NotTheirAddress,
)
from kanssa.evidence.models import Event
from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.queue import queue_message, read_contents
from kanssa.messages.reply_classification import classify_reply
from kanssa.messages.topics import Topic
from kanssa.usecases.confirmation.correct_own_details import correct_own_details
from kanssa.usecases.desk.casework.resend_invitation_from_desk import resend_invitation_from_desk
from kanssa.usecases.desk.casework.retry_address_from_desk import retry_address_from_desk
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.usecases.invitations.resend_invitation import resend_invitation
from kanssa.usecases.invitations.retry_own_address import retry_own_address
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM, Actor
from kanssa.values.role import Role
from tests.cast import AINO, EINO, applicant_of, arrived, edited, joined, later, sent
from tests.staff import member
from tests.web.staff.desk.test_desk import without_email

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited():
    """Send an application and identify Aino, which invites Eino."""
    application = sent(AINO, EINO)
    return application, arrived(AINO, sent_here=application)


def invitations():
    return Message.objects.filter(topic="invitation").order_by("written_at")


def warning_to(application, who):
    """Queue a message to an adult at their own address after they identified."""
    applicant = applicant_of(application, who)
    queue_message(
        Topic.EXPIRY,
        cause="test",
        address=EINO.email,
        language="fi",
        payload={},
        now=later(minutes=1),
        application_id=application.pk,
        applicant_id=applicant.pk,
    )
    return Message.objects.get(cause="test")


def came_back(message, said="550 5.1.1 User unknown", *, now=None):
    Message.objects.filter(pk=message.pk).update(
        sent_at=later(minutes=1), delivery="handed-over", send_at=None
    )
    verdict = classify_reply(Stage.REPORT, text=said)
    record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=now or later(minutes=20))


def visible_to(who, application, *, now=None):
    return queries.status(application.pk, identified=who, now=now or later(hours=1))


def troubles_seen_by(aino, application):
    return list(visible_to(aino, application).troubled.values())


def eino_of(application):
    return application.applicants.get(is_main=False)


def by_main(aino, application, *, now):
    resend_invitation(
        application_id=application.pk,
        applicant_id=eino_of(application).pk,
        identified=aino,
        actor=aino.actor,
        now=now,
    )


def by_clerk(do, application, *, now):
    clerk = member(Role.CLERK)
    applicant = eino_of(application).pk
    return do(application_id=application.pk, applicant_id=applicant, staff=clerk, now=now)


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ("550 5.1.1 User unknown", DeliveryTrouble.BOUNCED),
        ("550 5.7.1 Blocked by our block list", DeliveryTrouble.HELD),
        ("552 5.2.2 Mailbox full", DeliveryTrouble.DELAYED),
        ("450 4.4.7 Message expired", DeliveryTrouble.DELAYED),
    ],
)
def test_only_no_such_address_says_that_the_address_is_wrong(invited, said, trouble):
    application, aino = invited

    came_back(invitations().get(), said)

    assert troubles_seen_by(aino, application) == [trouble]
    assert eino_of(application).address_troubles.exists() is (trouble is DeliveryTrouble.BOUNCED)


def test_the_main_applicant_can_send_a_new_link_to_an_address_that_bounced(invited):
    application, aino = invited
    came_back(invitations().get())

    by_main(aino, application, now=later(minutes=30))

    assert [read_contents(each)[0] for each in invitations() if each.delivery == "waiting"] == [EINO.email]
    assert troubles_seen_by(aino, application) == []
    assert not eino_of(application).address_troubles.exists()


def test_the_clerk_can_send_a_new_link_to_an_address_that_bounced(invited):
    application, _aino = invited
    came_back(invitations().get())

    by_clerk(resend_invitation_from_desk, application, now=later(minutes=30))

    assert invitations().count() == 2
    assert not eino_of(application).address_troubles.exists()


@pytest.mark.parametrize(
    "ask", [by_main, lambda _aino, *a, **k: by_clerk(resend_invitation_from_desk, *a, **k)]
)
def test_each_refusal_to_send_has_its_own_reason(invited, ask):
    application, aino = invited
    token = read_contents(invitations().get())[1]["token"]

    with pytest.raises(InvitationTooSoon):
        ask(aino, application, now=later(minutes=5))
    for hour in range(1, 5):
        ask(aino, application, now=later(hours=hour))
    with pytest.raises(InvitationsUsedUp):
        ask(aino, application, now=later(hours=6))
    ask(aino, application, now=later(hours=30))
    token = read_contents(invitations().last())[1]["token"]
    refuse_invitation(token=token, actor=Actor("link"), now=later(hours=31))
    with pytest.raises(NotTheirAddress):
        ask(aino, application, now=later(hours=60))


@pytest.mark.parametrize(
    "said", ["550 5.1.1 User unknown", "550 5.7.1 Blocked by our block list", "552 5.2.2 Mailbox full"]
)
def test_after_a_refusal_a_new_link_leaves_at_once_within_the_daily_cap(invited, said):
    application, aino = invited

    for minute in range(2, 6):
        came_back(invitations().last(), said, now=later(minutes=minute))
        by_main(aino, application, now=later(minutes=minute))

    latest = invitations().last()
    assert (latest.delivery, latest.send_at) == ("waiting", later(minutes=5))
    came_back(latest, said, now=later(minutes=6))
    with pytest.raises(InvitationsUsedUp):
        by_main(aino, application, now=later(minutes=6))


def test_a_correction_back_to_an_address_that_bounced_is_tried_at_once(invited):
    application, aino = invited
    came_back(invitations().get(), now=later(minutes=2))
    eino = eino_of(application).pk
    for minute, address in ((3, "wrong@example.com"), (4, EINO.email)):
        change = {"email": address}
        edited(
            application,
            aino,
            lambda c, change=change: c.with_adult(eino, change),
            now=later(minutes=minute),
        )

    by_main(aino, application, now=later(minutes=5))

    assert read_contents(invitations().last())[0] == EINO.email
    with pytest.raises(InvitationTooSoon):
        by_main(aino, application, now=later(minutes=6))


def test_a_clerk_cannot_override_not_for_me(invited):
    application, _aino = invited
    token = read_contents(invitations().get())[1]["token"]
    refuse_invitation(token=token, actor=Actor("link"), now=later(minutes=2))

    with pytest.raises(NotTheirAddress):
        by_clerk(retry_address_from_desk, application, now=later(hours=1))


def test_the_clerk_can_resend_messages_that_did_not_arrive(invited):
    application, _aino = invited
    came_back(invitations().get())

    again = by_clerk(retry_address_from_desk, application, now=later(minutes=30))

    assert again == 1
    assert invitations().get().delivery == "waiting"
    assert not eino_of(application).address_troubles.exists()
    assert Event.objects.get(kind="address-tried-again").facts == {"messages": 1}


@pytest.fixture
def own(invited):
    """Identify Eino, and let a message to him bounce."""
    application, _aino = invited
    eino = joined(application, EINO)
    came_back(warning_to(application, eino))
    return application, eino


def by_oneself(application, who, *, now):
    applicant = applicant_of(application, who).pk
    ids = {"application_id": application.pk, "applicant_id": applicant}
    return retry_own_address(**ids, identified=who, actor=who.actor, now=now)


def test_a_failed_link_is_no_trouble_of_an_adult_who_identified_another_way(invited):
    application, _aino = invited
    came_back(invitations().get(), "452 4.2.2 Mailbox full")
    eino = arrived(EINO, now=later(minutes=30))

    assert visible_to(eino, application).own_trouble is None
    assert by_oneself(application, eino, now=later(minutes=31)) == 0


def test_a_person_can_say_that_their_address_is_right(own):
    application, eino = own
    before = visible_to(eino, application).own_trouble

    again = by_oneself(application, eino, now=later(minutes=30))

    assert (before, again) == (DeliveryTrouble.BOUNCED, 1)
    assert visible_to(eino, application).own_trouble is None


def test_saving_the_same_address_says_that_it_is_right(own):
    application, eino = own
    applicant = applicant_of(application, eino)
    store_correction(applicant, {"email": EINO.email})

    correct_own_details(
        application_id=application.pk,
        applicant_id=applicant.pk,
        identified=eino,
        actor=eino.actor,
        now=later(minutes=30),
    )

    assert visible_to(eino, application).own_trouble is None
    assert Message.objects.get(cause="test").delivery == "waiting"


def test_an_address_is_tried_again_five_times_a_day(own):
    application, eino = own
    for minute in range(21, 26):
        by_oneself(application, eino, now=later(minutes=minute))

    with pytest.raises(AddressTriedEnough):
        by_oneself(application, eino, now=later(minutes=27))


def test_without_an_address_there_is_none_to_retry():
    application = sent(without_email(AINO))
    aino = arrived(AINO, sent_here=application)

    with pytest.raises(NoAddressToTry):
        by_oneself(application, aino, now=later(minutes=1))


@pytest.mark.parametrize(
    "said", ["550 5.1.1 User unknown", "550 5.7.1 Blocked by our block list", "552 5.2.2 Mailbox full"]
)
def test_the_main_applicant_sees_the_same_of_a_link_after_the_other_has_identified(invited, said):
    application, aino = invited
    came_back(invitations().get(), said)
    before = visible_to(aino, application)

    eino = arrived(EINO, now=later(minutes=30))
    came_back(warning_to(application, eino), now=later(minutes=31))
    with_his_trouble = visible_to(aino, application)
    by_oneself(application, eino, now=later(minutes=40))

    after = visible_to(aino, application)
    assert list(before.troubled.values()) != []
    assert after.troubled == with_his_trouble.troubled == before.troubled


def test_a_new_address_has_no_trouble_yet(invited):
    application, aino = invited
    came_back(invitations().get())
    eino = eino_of(application).pk

    edited(
        application, aino, lambda c: c.with_adult(eino, {"email": "right@example.com"}), now=later(minutes=30)
    )

    assert troubles_seen_by(aino, application) == []
