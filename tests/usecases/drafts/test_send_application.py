import pytest

from kanssa.applications.models import Application
from kanssa.applications.refusals import DraftIncomplete
from kanssa.calendar.days import last_day_before
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.usecases.drafts.send_application import send_application
from tests.cast import AINO, BROWSER, EINO, NOW, complete, drafted, later, sent

pytestmark = pytest.mark.django_db


def test_sending_makes_version_1_and_removes_the_draft():
    application = sent(AINO, EINO)

    assert application.versions.get().number == 1
    assert application.draft is None
    assert application.applicants.count() == 2
    assert Event.objects.get(kind="sent").facts["hash"] == bytes(application.versions.get().hash).hex()


def test_the_time_to_confirm_is_30_days_and_ends_on_an_office_day():
    application = sent(AINO)

    assert last_day_before(application.confirm_by).isoformat() == "2026-12-28"


def test_a_draft_with_a_fault_is_not_sent():
    content = complete(AINO).with_adult(complete(AINO).main_applicant_id, {})
    application_id = drafted(content)

    with pytest.raises(DraftIncomplete) as refused:
        send_application(application_id=application_id, actor=BROWSER, now=NOW)

    assert refused.value.facts["faults"]
    assert Application.objects.get().draft is not None


def test_an_unproven_address_gets_only_a_few_messages_a_day(settings):
    settings.MAX_DAILY_RECEIPT_MESSAGES = 3
    for minute in range(5):
        sent(AINO, now=later(minutes=minute))

    sent(AINO, now=later(days=2))

    assert Application.objects.count() == 6
    assert Message.objects.filter(topic="received").count() == 4
