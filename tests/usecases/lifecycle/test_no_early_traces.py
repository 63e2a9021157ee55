"""Other adults see nothing of what an adult has done before that adult has confirmed."""

from dataclasses import replace

import pytest
from django.db import transaction

from kanssa.applications.aggregate.visibility import other_adult
from kanssa.applications.models import Applicant
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.people.models import hetu_lookup
from kanssa.usecases.lifecycle.withdraw_application import withdraw_application
from kanssa.values.hetu import Hetu
from tests.actions import corrected, declined
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    OTHER_DETAILS,
    OTSO,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db

OWN = "eino-own@example.com"
NEW = "eino-new@example.com"


def of_main(facts):
    return lambda content: content.with_adult(content.main_applicant_id, facts)


def eino_on(application):
    return application.applicants.get(position=1).pk


def has_confirmed(application):
    eino = arrived(EINO)
    completed(application, eino)
    confirmed(application, eino)


EINO_DID = {
    "identified": lambda _application: arrived(EINO),
    "declined": lambda application: declined(application, arrived(EINO)),
    "completed": lambda application: completed(application, arrived(EINO)),
    "confirmed": has_confirmed,
}


@pytest.mark.parametrize("did", EINO_DID)
def test_the_sending_browser_edits_everything_until_the_main_applicant_identifies(did):
    application = sent(replace(AINO, hetu=OTSO.hetu), EINO)
    EINO_DID[did](application)

    edited(application, None, of_main({"hetu": AINO.hetu, "gross_income": 1}), now=later(hours=1))

    main = Applicant.objects.get(application=application, is_main=True)
    assert bytes(main.hetu_lookup) == hetu_lookup(Hetu(AINO.hetu))
    assert arrived(AINO, now=later(hours=2)).person_id == applicant_of(application, arrived(AINO)).person_id


@pytest.mark.parametrize("did", ["identified", "declined", "completed"])
def test_the_sending_browser_withdraws_until_the_main_applicant_identifies(did):
    application = sent(AINO, EINO)
    EINO_DID[did](application)

    withdraw_application(application_id=application.pk, identified=None, actor=BROWSER, now=later(hours=1))

    assert loaded_application(application, now=later(hours=1)).application.ended_as == "withdrawn"


def test_an_adults_own_corrections_show_to_the_others_with_their_confirmation():
    application = sent(AINO, EINO, HILMA)
    arrived(AINO, sent_here=application)
    arrived(HILMA)
    typed = other_adult(eino_on(application), loaded_application(application))
    eino = arrived(EINO)

    corrected(application, eino, OTHER_DETAILS | {"first_names": "Einari", "email": OWN})
    assert other_adult(eino_on(application), loaded_application(application)) == typed

    confirmed(application, eino)
    after = other_adult(eino_on(application), loaded_application(application))
    assert (after.name, after.missing) == ("Einari Korhonen", frozenset())


def addresses(topic):
    return [read_contents(each)[0] for each in Message.objects.filter(topic=topic)]


def test_an_old_address_that_another_typed_is_not_told_of_the_new_one():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)

    corrected(application, arrived(EINO), OTHER_DETAILS | {"email": OWN})

    assert addresses("contact_changed") == []


def test_an_old_address_that_the_person_gave_is_told_of_the_new_one():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    eino = arrived(EINO)
    corrected(application, eino, OTHER_DETAILS | {"email": OWN})

    corrected(application, eino, OTHER_DETAILS | {"email": NEW}, now=later(hours=1))

    assert addresses("contact_changed") == [OWN]


def links_after_new_addresses(application, aino, did):
    """Let Aino type ten addresses of Eino in a row; give the links, and when each leaves."""
    with transaction.atomic():
        did(application)
        for number in range(10):
            address = NEW.replace("@", f"+{number}@")
            edited(
                application,
                aino,
                lambda content, email=address: content.with_adult(eino_on(application), {"email": email}),
                now=later(minutes=number + 1),
            )
        links = Message.objects.filter(topic="invitation").order_by("written_at")
        found = [(each.delivery, each.send_at, each.failure) for each in links]
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("did", ["identified", "declined", "completed"])
def test_a_newly_typed_address_gets_the_same_capped_invitation_before_and_after_that_adult_identified(did):
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)

    before = links_after_new_addresses(application, aino, lambda _application: None)
    after = links_after_new_addresses(application, aino, EINO_DID[did])

    assert len(before) > 1
    assert after == before
    in_a_day = [send_at for _delivery, send_at, _why in before if send_at and send_at < later(days=1)]
    assert len(in_a_day) <= 5
