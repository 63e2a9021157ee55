"""A bounced message marks the address of its recipient as not working."""

from uuid import uuid4

import pytest

from kanssa.applications.reading import queries
from kanssa.evidence.models import Event
from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.messages.reply_classification import classify_reply
from kanssa.usecases.invitations.refuse_invitation import refuse_invitation
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM, Actor
from kanssa.worker.timers import run_timers
from tests.cast import AINO, EINO, arrived, edited, later, loaded_application, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited():
    """Send an application and identify Aino, which invites Eino."""
    application = sent(AINO, EINO)
    return application, arrived(AINO, sent_here=application)


def invitation():
    return Message.objects.filter(topic="invitation").latest("written_at")


def bounced(message, *, code="5.1.1", now=None):
    verdict = classify_reply(Stage.REPORT, status=code)
    return record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=now or later(hours=1))


def trouble_seen_by(who, application):
    """Return the delivery troubles that the main applicant sees."""
    return set(queries.status(application.pk, identified=who, now=later(days=1)).troubled.values())


def eino_of(application):
    return next(
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    )


def test_the_main_applicant_sees_that_an_address_does_not_work(invited):
    application, aino = invited
    before = trouble_seen_by(aino, application)

    assert bounced(invitation())

    assert (before, trouble_seen_by(aino, application)) == (set(), {"bounced"})


def test_no_reminder_goes_to_an_address_that_does_not_work(invited):
    bounced(invitation())

    run_timers(now=later(days=4))

    reminded = [read_contents(message)[0] for message in Message.objects.filter(topic="reminder")]
    assert reminded == [AINO.email]


def test_a_bounce_is_recorded_once_with_its_status(invited):
    message = invitation()

    news = [bounced(message), bounced(message, code="5.2.2")]

    assert news == [True, False]
    [event] = Event.objects.filter(kind="letter-bounced")
    assert event.facts == {
        "message": str(message.pk),
        "topic": "invitation",
        "code": "5.1.1",
        "reason": "no-mailbox",
        "delivery": "no-such-address",
    }
    assert (event.application_id, event.applicant_id) == (message.application_id, message.applicant_id)


def test_a_corrected_address_is_not_blamed_for_the_former_one(invited):
    application, aino = invited
    bounced(invitation())

    eino = eino_of(application)
    edited(
        application, aino, lambda c: c.with_adult(eino, {"email": "right@example.com"}), now=later(hours=2)
    )

    assert trouble_seen_by(aino, application) == set()


def test_a_late_bounce_of_the_former_address_does_not_affect_the_new_one(invited):
    application, aino = invited
    former, eino = invitation(), eino_of(application)
    Message.objects.filter(pk=former.pk).update(sent_at=later(minutes=1))
    edited(
        application, aino, lambda c: c.with_adult(eino, {"email": "wrong@example.com"}), now=later(hours=2)
    )
    bounced(invitation(), now=later(hours=3))

    bounced(former, now=later(hours=4))

    assert trouble_seen_by(aino, application) == {"bounced"}


def test_not_for_me_outweighs_a_bounce(invited):
    application, aino = invited
    message = invitation()
    token = read_contents(message)[1]["token"]
    Message.objects.filter(pk=message.pk).update(sent_at=later(minutes=1))
    refuse_invitation(token=token, actor=Actor("link"), now=later(minutes=2))

    bounced(message)

    assert trouble_seen_by(aino, application) == {"not-for-me"}


def test_a_bounce_of_an_unknown_message_changes_nothing(invited):
    application, aino = invited

    assert not record_bounce(
        message_id=uuid4(),
        verdict=classify_reply(Stage.REPORT, status="5.1.1"),
        actor=SYSTEM,
        now=later(hours=1),
    )
    assert not Event.objects.filter(kind="letter-bounced").exists()
    assert trouble_seen_by(aino, application) == set()
