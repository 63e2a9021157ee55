"""A person who does not want to be asked again by a main applicant gets nothing, and no one else sees it."""

from dataclasses import replace
from uuid import uuid4

import pytest

from kanssa.applications.casework.case_rows import read_case_rows
from kanssa.applications.casework.matching import merge_people
from kanssa.applications.casework.printed_letters import printed_letter_kind
from kanssa.applications.models import Applicant, AskingRefusal
from kanssa.applications.notifications.asking_refusals import refuses_to_be_asked
from kanssa.applications.reading.sessions import read_session
from kanssa.evidence.models import Event
from kanssa.messages.delivery_states import Delivery
from kanssa.messages.models import Message
from kanssa.people.models import Person, hetu_lookup
from kanssa.usecases.confirmation.allow_asking import allow_asking
from kanssa.values.hetu import Hetu
from kanssa.worker import deliveries
from kanssa.worker.timers import run_timers
from tests.actions import declined, resent
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    CastMember,
    applicant_of,
    arrived,
    confirmed,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailed(monkeypatch) -> list[tuple[str, bytes]]:
    """Let the worker hand its mails over to this list."""
    mails: list[tuple[str, bytes]] = []

    class Relay:
        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def hand_over(self, email):
            mails.append((email.recipient, email.content))

    monkeypatch.setattr(deliveries, "Relay", Relay)
    return mails


def refused(application, who):
    declined(application, who, refuses_asking=True, now=later(hours=1))


def after_a_refusal(mailed, *others):
    """Let Eino refuse Aino's requests, then Aino name him on an application of her own again."""
    first = sent(AINO, EINO)
    arrived(AINO, sent_here=first)
    refused(first, arrived(EINO))
    again = sent(AINO, EINO, *others, now=later(days=1))
    aino = arrived(AINO, sent_here=again, now=later(days=1))
    deliveries.deliver_waiting(now=later(days=1))
    return again, aino


def to_eino(mailed):
    return [content for recipient, content in mailed if recipient == EINO.email]


def test_four_applications_after_a_decline_send_the_person_nothing(mailed):
    first = sent(AINO, EINO)
    arrived(AINO, sent_here=first)
    refused(first, arrived(EINO))

    for number in range(1, 5):
        day = later(days=number)
        application = sent(AINO, EINO, now=day)
        aino = arrived(AINO, sent_here=application, now=day)
        [eino] = application.applicants.filter(is_main=False)
        resent(application, eino.pk, aino, now=later(days=number, hours=2))
        deliveries.deliver_waiting(now=day)
    for number in range(5, 9):
        run_timers(now=later(days=number))
        deliveries.deliver_waiting(now=later(days=number))

    reminded = Applicant.objects.filter(hetu_lookup=hetu_lookup(Hetu(EINO.hetu)))
    assert Message.objects.filter(topic="reminder", applicant_id__in=reminded).count() == 5
    assert to_eino(mailed) == []
    assert mailed, "Aino gets hers"


def test_what_is_kept_back_looks_sent(mailed):
    application, _aino = after_a_refusal(mailed)

    link = Message.objects.get(topic="invitation", application_id=application.pk)

    assert link.delivery == Delivery.HANDED_OVER
    assert link.sent_at == later(days=1)


def test_the_printed_letter_is_kept_back_too(mailed):
    application, _aino = after_a_refusal(mailed, HILMA)
    loaded = loaded_application(application, now=later(days=1))

    refusers = read_case_rows(loaded, reader=uuid4()).refusers
    kinds = {
        loaded.facts_of(key)["email"]: printed_letter_kind(applicant, loaded, refuses=key in refusers)
        for key, applicant in loaded.applicants.items()
    }

    assert kinds[EINO.email] is None
    assert kinds[HILMA.email] is not None


def test_others_on_the_same_application_are_asked(mailed):
    after_a_refusal(mailed, HILMA)

    assert HILMA.email in [recipient for recipient, _content in mailed]


def test_another_main_applicant_may_ask(mailed):
    after_a_refusal(mailed)
    others = sent(HILMA, EINO, now=later(days=2))
    arrived(HILMA, sent_here=others, now=later(days=2))

    deliveries.deliver_waiting(now=later(days=2))

    assert len(to_eino(mailed)) == 1


def test_a_mailbox_that_the_main_applicant_has_on_the_application_shows_no_gap(mailed):
    first = sent(AINO, EINO)
    arrived(AINO, sent_here=first)
    refused(first, arrived(EINO))
    again = sent(AINO, replace(EINO, email=AINO.email), now=later(days=1))
    arrived(AINO, sent_here=again, now=later(days=1))

    deliveries.deliver_waiting(now=later(days=1))

    links = Message.objects.filter(topic="invitation", application_id=again.pk)
    assert links.count() == 1
    assert any(b"kutsu/" in content for recipient, content in mailed if recipient == AINO.email)


def test_the_refusal_holds_when_the_main_applicant_had_not_identified_yet(mailed):
    first = sent(AINO, EINO)
    refused(first, arrived(EINO))
    arrived(AINO, sent_here=first, now=later(hours=2))

    deliveries.deliver_waiting(now=later(hours=2))

    assert Message.objects.filter(topic="invitation").count() == 1
    assert to_eino(mailed) == []


class WithoutCode(CastMember):
    """An adult with a birth date in place of a code."""

    @property
    def named(self):
        known = {name: value for name, value in super().named.items() if name != "hetu"}
        return known | {"no_hetu": True, "born": "1987-05-03", "nationality": "SE"}


def test_a_person_named_without_a_code_is_recognised_by_the_mailbox(mailed):
    first = sent(AINO, EINO)
    arrived(AINO, sent_here=first)
    refused(first, arrived(EINO))
    codeless = WithoutCode(EINO.last_name, EINO.first_names, EINO.hetu, EINO.email)
    again = sent(AINO, codeless, HILMA, now=later(days=1))
    arrived(AINO, sent_here=again, now=later(days=1))

    deliveries.deliver_waiting(now=later(days=1))

    assert Message.objects.filter(topic="invitation", application_id=again.pk).count() == 2
    assert to_eino(mailed) == []


def test_a_person_who_confirms_a_later_application_hears_of_it(mailed):
    application, aino = after_a_refusal(mailed)
    eino = joined(application, EINO, now=later(days=1, hours=1))
    confirmed(application, aino, now=later(days=1, hours=2))

    deliveries.deliver_waiting(now=later(days=1, hours=2))

    assert eino is not None
    assert len(to_eino(mailed)) == 1


def test_the_person_can_take_it_back(mailed):
    application, aino = after_a_refusal(mailed)
    eino = arrived(EINO, now=later(days=2))
    [refusal] = read_session(eino.id, now=later(days=2)).refused_askers
    assert refusal.name == "Aino Inkeri Korhonen"

    for _press in range(2):
        allow_asking(refusal_id=refusal.id, identified=eino, actor=eino.actor, now=later(days=2))
    resent(application, applicant_of(application, eino).pk, aino, now=later(days=2))
    deliveries.deliver_waiting(now=later(days=2))

    assert not AskingRefusal.objects.exists()
    assert Event.objects.filter(kind="asking-allowed").count() == 1
    assert len(to_eino(mailed)) == 1


def test_refusing_twice_is_refusing_once(mailed):
    application, _aino = after_a_refusal(mailed)
    first = AskingRefusal.objects.get().asked_by.application

    refused(first, arrived(EINO, now=later(hours=2)))

    assert Event.objects.filter(kind="asking-refused").count() == 1
    assert AskingRefusal.objects.count() == 1
    assert application != first


def test_the_refusal_of_a_person_who_is_merged_into_another_row_holds(mailed):
    application, _aino = after_a_refusal(mailed)
    other = AskingRefusal.objects.get().person
    Applicant.objects.filter(person=other).update(person=None)
    known = Person.objects.create()

    merge_people(known, other)

    [eino] = application.applicants.filter(is_main=False)
    assert refuses_to_be_asked(eino.pk)


def test_no_one_else_can_take_it_back(mailed):
    _application, aino = after_a_refusal(mailed)
    refusal = AskingRefusal.objects.get()

    allow_asking(refusal_id=refusal.pk, identified=aino, actor=aino.actor, now=later(days=2))

    assert AskingRefusal.objects.exists()


def test_declining_alone_refuses_no_later_request(mailed):
    first = sent(AINO, EINO)
    arrived(AINO, sent_here=first)
    declined(first, arrived(EINO), now=later(hours=1))
    again = sent(AINO, EINO, now=later(days=1))
    arrived(AINO, sent_here=again, now=later(days=1))
    Message.objects.filter(application_id=first.pk).delete()

    deliveries.deliver_waiting(now=later(days=1))

    assert len(to_eino(mailed)) == 1


def test_a_main_applicant_cannot_refuse_their_own_requests():
    application = sent(AINO, EINO)

    refused(application, arrived(AINO))

    assert not AskingRefusal.objects.exists()
    assert Applicant.objects.get(is_main=True).declined_at is not None
