"""Pages about e-mail that did not arrive, and the button that says that the address is right."""

import pytest
from django.utils.translation import override

from kanssa.messages.delivery_states import Stage
from kanssa.messages.models import Message
from kanssa.messages.queue import queue_message
from kanssa.messages.reply_classification import classify_reply
from kanssa.messages.topics import Topic
from kanssa.usecases.system.record_bounce import record_bounce
from kanssa.values.actor import SYSTEM
from tests.cast import AINO, EINO, NOW, arrived, later, sent
from tests.web.browser import Browser, text_of
from tests.web.staff.desk.test_desk import desk, opened  # noqa: F401 a fixture

pytestmark = pytest.mark.django_db

SERVER_REPLIES = {
    "bounced": "550 5.1.1 User unknown",
    "held": "550 5.7.1 Blocked by our block list",
    "delayed": "552 5.2.2 Mailbox full",
}
OF_A_LINK = {
    "bounced": "The e-mail address of Eino Ensio Korhonen does not exist",
    "held": "We could not deliver the message to Eino Ensio Korhonen The fault is ours",
    "delayed": "The message to Eino Ensio Korhonen has not arrived yet",
}
AGAIN = {
    "bounced": "This address is right, try again",
    "held": "Try again",
    "delayed": "This address is right, try again",
}
OF_ONESELF = {
    "bounced": "The mail server says that your e-mail address does not exist.",
    "held": "We could not deliver our message to you The fault is ours, not your address’s.",
    "delayed": "Our message to you has not arrived yet",
}
OF_AN_ADULT = {
    "bounced": "The mail server says that the e-mail address does not exist.",
    "held": "We could not deliver a message. The fault is ours",
    "delayed": "A message has not arrived yet.",
}


def came_back(message, trouble):
    Message.objects.filter(pk=message.pk).update(sent_at=NOW, delivery="handed-over", send_at=None)
    verdict = classify_reply(Stage.REPORT, text=SERVER_REPLIES[trouble])
    record_bounce(message_id=message.pk, verdict=verdict, actor=SYSTEM, now=later(minutes=1))


@pytest.fixture
def application():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    return application


def status_of(browser, application):
    return " ".join(text_of(browser.get(f"e-service/{application.pk}/")).split())


@pytest.mark.parametrize("trouble", SERVER_REPLIES)
def test_the_main_applicant_sees_the_delivery_problem_of_a_link_and_tries_again(
    browser, clock, application, trouble
):
    came_back(Message.objects.get(topic="invitation"), trouble)
    browser.identify("aino")
    eino = application.applicants.get(is_main=False).pk

    status = status_of(browser, application)
    browser.send(f"e-service/{application.pk}/invite/{eino}/")

    assert OF_A_LINK[trouble] in status
    assert [each for each in OF_A_LINK.values() if each in status] == [OF_A_LINK[trouble]]
    assert f"{AGAIN[trouble]} : Eino Ensio Korhonen" in status
    assert ("Correct the address of Eino Ensio Korhonen" in status) is (trouble != "held")
    assert not any(each in status_of(browser, application) for each in OF_A_LINK.values())
    assert Message.objects.filter(topic="invitation", delivery="waiting").count() >= 1


@pytest.mark.parametrize("trouble", SERVER_REPLIES)
def test_a_person_sees_their_own_delivery_problem_and_tries_again(browser, application, trouble):
    came_back(Message.objects.get(topic="received"), trouble)
    browser.identify("aino")

    status = status_of(browser, application)
    answer = browser.send(f"e-service/{application.pk}/try-address/")

    assert OF_ONESELF[trouble] in status
    assert AGAIN[trouble] in status
    assert ("Correct my contact details" in status) is (trouble != "held")
    assert answer.status_code == 302
    after = status_of(browser, application)
    assert "We are trying your e-mail address again" in after
    assert OF_ONESELF[trouble] not in after
    assert Message.objects.get(topic="received").delivery == "waiting"


@pytest.mark.parametrize("trouble", SERVER_REPLIES)
def test_a_clerk_sees_the_delivery_problem_and_tries_again(desk, application, trouble):  # noqa: F811 the fixture
    came_back(Message.objects.get(topic="invitation"), trouble)
    folder = opened(desk, application)
    eino = application.applicants.get(is_main=False).pk

    case = " ".join(text_of(desk.get(folder)).split())
    desk.send(f"{folder}{eino}/try-address/")

    assert OF_AN_ADULT[trouble] in case
    assert f"{AGAIN[trouble]} : Eino Ensio Korhonen" in case
    assert OF_AN_ADULT[trouble] not in " ".join(text_of(desk.get(folder)).split())


@pytest.mark.parametrize("action", ["new-link", "try-address"])
def test_a_clerk_who_gave_no_reason_sends_nothing(desk, application, action):  # noqa: F811 the fixture
    message = Message.objects.get(topic="invitation")
    came_back(message, "bounced")
    eino = application.applicants.get(is_main=False).pk

    answer = desk.send(f"staff/desk/case/{application.pk}/{eino}/{action}/")

    assert answer["Location"] == f"/en/staff/desk/case/{application.pk}/why/"
    assert Message.objects.get(topic="invitation").delivery == "no-such-address"


def test_the_daily_limit_of_retries_is_stated_truthfully(browser, application, settings):
    settings.MAX_DAILY_ADDRESS_RETRIES = 1
    came_back(Message.objects.get(topic="received"), "delayed")
    browser.identify("aino")
    browser.send(f"e-service/{application.pk}/try-address/")

    answer = browser.send(f"e-service/{application.pk}/try-address/")

    assert answer.status_code == 429
    assert "We have tried this e-mail address as often as we can today." in text_of(answer)


def test_another_adult_does_not_see_the_delivery_problem(application):
    eino = Browser()
    eino.identify("eino")
    queue_message(
        Topic.REMINDER,
        cause="test",
        address=AINO.email,
        language="fi",
        payload={},
        now=NOW,
        application_id=application.pk,
        applicant_id=application.applicants.get(is_main=True).pk,
    )

    came_back(Message.objects.get(cause="test"), "bounced")

    with override("en"):
        status = status_of(eino, application)
    assert "does not exist" not in status
    assert "try again" not in status
