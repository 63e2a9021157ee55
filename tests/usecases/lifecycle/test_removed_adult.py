"""An adult who is removed keeps their own part, and gets back what their confirmation had replaced."""

import pytest

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Applicant, Application, Confirmation, Seat
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, TooLateToCopy
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.worker.timers import run_timers
from tests.actions import departed, departure_undone, light_change, own_part_copied, with_adult, without
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    OTHER_DETAILS,
    OTSO,
    applicant_of,
    arrived,
    confirmed,
    edited,
    identified,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db


def valid_of_two(*, now=None):
    now = now or later()
    application = sent(AINO, EINO, now=now)
    aino = arrived(AINO, sent_here=application, now=now)
    confirmed(application, aino, now=now)
    return application, aino, joined(application, EINO, now=now)


def removed(application, aino, who, *, now):
    """Let Aino remove an adult and confirm, so that the application is valid without them."""
    edited(application, aino, without(applicant_of(application, who).pk), now=now)
    confirmed(application, aino, now=now)


def draft_of(draft_id):
    return draft_content_of(Application.objects.get(pk=draft_id))


def state_of(application, *, now):
    return loaded_application(application, now=now).state


def test_a_removed_adult_copies_only_their_own_part_and_the_shared_wishes():
    application, aino, eino = valid_of_two()
    removed(application, aino, eino, now=later(days=1))

    draft = draft_of(own_part_copied(application, eino, now=later(days=30)))

    own = draft.adults[draft.main_applicant_id]
    assert len(draft.adults) == 1
    assert own["hetu"] == EINO.hetu
    assert own["gross_income"] == OTHER_DETAILS["gross_income"]
    assert draft.wishes == {"rooms_first": "2", "highest_rent": 900, "areas": ["whole-city"]}
    assert draft.home == draft.need == draft.expecting == draft.residents == {}
    assert draft.application == {"language": "fi"}


def test_of_an_adult_who_never_confirmed_what_another_typed_is_not_copied():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = arrived(EINO)
    removed(application, aino, eino, now=later(days=1))

    draft = draft_of(own_part_copied(application, eino, now=later(days=2)))

    own = draft.adults[draft.main_applicant_id]
    assert own["hetu"] == EINO.hetu
    assert "email" not in own


def test_pressing_twice_gives_one_copy():
    application, aino, eino = valid_of_two()
    removed(application, aino, eino, now=later(days=1))

    first = own_part_copied(application, eino, now=later(days=2))

    assert own_part_copied(application, eino, now=later(days=3)) == first


def test_the_copy_is_offered_for_thirty_days():
    application, aino, eino = valid_of_two()
    removed(application, aino, eino, now=later(days=1))

    with pytest.raises(TooLateToCopy):
        own_part_copied(application, eino, now=later(days=32))


def test_who_takes_part_and_who_never_did_copy_no_own_part():
    application, _aino, eino = valid_of_two()

    with pytest.raises(NotAllowedNow):
        own_part_copied(application, eino)
    with pytest.raises(NoSuchApplication):
        own_part_copied(application, identified(OTSO))


def test_a_removed_adults_confirmation_ends_and_what_it_had_replaced_is_valid_again():
    own = sent(EINO)
    confirmed(own, arrived(EINO))
    shared, aino, eino = valid_of_two(now=later(days=1))
    assert state_of(own, now=later(days=1)) is State.REPLACED

    removed(shared, aino, eino, now=later(days=2))
    run_timers(now=later(days=2, minutes=1))

    assert state_of(own, now=later(days=2, minutes=1)) is State.VALID
    assert state_of(shared, now=later(days=2, minutes=1)) is State.VALID
    assert Confirmation.objects.get(application=shared, person_id=eino.person_id).ended_because == "removed"
    assert Seat.objects.get(person_id=eino.person_id).application_id == own.pk
    assert Seat.objects.get(person_id=aino.person_id).application_id == shared.pk


def test_nothing_revives_while_the_removal_waits_to_be_confirmed():
    own = sent(EINO)
    confirmed(own, arrived(EINO))
    shared, aino, eino = valid_of_two(now=later(days=1))

    edited(shared, aino, without(applicant_of(shared, eino).pk), now=later(days=2))
    run_timers(now=later(days=2, minutes=1))

    assert state_of(own, now=later(days=2, minutes=1)) is State.REPLACED


def test_what_has_no_time_left_does_not_revive():
    own = sent(EINO)
    confirmed(own, arrived(EINO))
    shared, aino, eino = valid_of_two(now=later(days=80))

    removed(shared, aino, eino, now=later(days=120))
    run_timers(now=later(days=121))

    assert state_of(own, now=later(days=121)) is State.REPLACED


def test_only_the_confirmation_of_the_removed_adult_revives():
    former = sent(EINO, HILMA)
    confirmed(former, arrived(EINO))
    joined(former, HILMA)
    shared, aino, eino = valid_of_two(now=later(days=1))
    hilma = arrived(HILMA, now=later(days=1))
    edited(shared, aino, with_adult(HILMA), now=later(days=1, hours=1))
    for who in (aino, eino):
        confirmed(shared, who, now=later(days=1, hours=2))
    joined(shared, HILMA, now=later(days=1, hours=3))

    removed(shared, aino, eino, now=later(days=2))
    confirmed(shared, hilma, now=later(days=2))
    run_timers(now=later(days=2, minutes=1))

    assert state_of(shared, now=later(days=2, minutes=1)) is State.VALID
    # Hilma is valid with Aino: it would take that away unasked.
    assert state_of(former, now=later(days=2, minutes=1)) is State.REPLACED


def test_running_it_again_changes_nothing():
    own = sent(EINO)
    confirmed(own, arrived(EINO))
    shared, aino, eino = valid_of_two(now=later(days=1))
    removed(shared, aino, eino, now=later(days=2))
    run_timers(now=later(days=2, minutes=1))
    messages = Message.objects.count()

    run_timers(now=later(days=2, minutes=2))

    assert Message.objects.count() == messages
    assert not Applicant.objects.filter(revival_due_at__isnull=False).exists()


def test_the_confirmation_of_an_adult_whose_departure_may_be_undone_does_not_end():
    application, aino, eino = valid_of_two()
    eino_id = applicant_of(application, eino).pk
    departed(application, eino_id, now=later(days=1))
    edited(application, aino, light_change(800), now=later(days=2))
    confirmed(application, aino, now=later(days=2))
    assert Applicant.objects.get(pk=eino_id).removed_at is not None

    departure_undone(application, eino_id, now=later(days=3))

    assert state_of(application, now=later(days=3)) is State.VALID
