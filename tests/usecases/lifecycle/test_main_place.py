"""The main applicant's place is offered to the adults who remain, and never assigned."""

import pytest

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Confirmation
from kanssa.applications.reading import queries
from kanssa.applications.refusals import (
    AlreadySent,
    MainPlaceNotOffered,
    MainPlaceOpen,
    NoSuchApplication,
    SomeoneElse,
)
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.worker.timers import run_timers
from tests.actions import (
    accepted_main,
    annulled,
    confirmation_withdrawn,
    continued,
    departed,
    departure_undone,
    discarded,
    household_change,
    left,
    light_change,
    own_household,
    renewed,
    resent,
    with_adult,
    withdrawn,
)
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
    valid_of_three,
)

pytestmark = pytest.mark.django_db

DAY_1, DAY_2, DAY_3 = later(days=1), later(days=2), later(days=3)


def becomes_valid_alone(role, *, now):
    application = sent(role, now=now)
    return confirmed(application, arrived(role, now=now), now=now)


def offered():
    written = Message.objects.filter(topic="main_offered")
    return sorted(read_contents(each)[0] for each in written if each.sealed)


def main_of(application, now=DAY_3):
    return loaded_application(application, now=now).main_applicant.person_id


def leaves(application, aino):
    left(application, aino, now=DAY_1)


def withdraws(application, aino):
    withdrawn(application, aino, now=DAY_1)


def dies(application, aino):
    departed(application, applicant_of(application, aino).pk, now=DAY_1)


def is_valid_elsewhere(application, aino):
    becomes_valid_alone(AINO, now=DAY_1)


GONE = [leaves, withdraws, dies, is_valid_elsewhere]


@pytest.mark.parametrize("gone", GONE)
def test_the_place_unasked_is_nobodys_until_an_adult_accepts_it(gone):
    application, aino, eino, hilma = valid_of_three()

    gone(application, aino)

    assert main_of(application) == aino.person_id
    assert offered() == [EINO.email, HILMA.email]
    assert not Confirmation.objects.filter(person__in=[eino.person_id, hilma.person_id]).exclude(
        ended_at=None
    )
    accepted_main(application, hilma, now=DAY_2)
    assert main_of(application) == hilma.person_id
    with pytest.raises(MainPlaceNotOffered):
        accepted_main(application, eino, now=DAY_3)


@pytest.mark.parametrize("gone", GONE)
def test_while_the_place_is_open_nothing_of_the_main_applicant_can_be_done(gone):
    application, aino, eino, _hilma = valid_of_three()
    key = applicant_of(application, eino).pk
    gone(application, aino)

    for act in (
        lambda: edited(application, aino, light_change(900), now=DAY_2),
        lambda: edited(application, eino, light_change(900), now=DAY_2),
        lambda: renewed(application, aino, now=DAY_2),
        lambda: discarded(application, aino, now=DAY_2),
        lambda: withdrawn(application, aino, now=DAY_2),
        lambda: resent(application, key, aino, now=DAY_2),
        lambda: continued(application, aino, now=DAY_2),
    ):
        with pytest.raises(MainPlaceOpen):
            act()


def test_the_others_can_confirm_while_the_place_is_open():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = arrived(EINO)
    completed(application, eino)
    becomes_valid_alone(AINO, now=DAY_1)

    confirmed(application, eino, now=DAY_2)

    assert loaded_application(application, now=DAY_2).effective_confirmation_of(
        applicant_of(application, eino).pk
    )


def test_the_time_to_confirm_goes_on_while_the_place_is_open():
    application = sent(AINO, EINO)
    left(application, arrived(AINO, sent_here=application), now=DAY_1)
    end = loaded_application(application, now=DAY_1).application.confirm_by

    assert loaded_application(application, now=end).state is State.LAPSED


def test_adults_who_have_confirmed_are_offered_the_place_first():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    joined(application, EINO)
    hilma = arrived(HILMA)
    completed(application, hilma)
    left(application, aino, now=DAY_1)
    assert offered() == [EINO.email]
    with pytest.raises(MainPlaceNotOffered):
        accepted_main(application, hilma, now=later(days=6))

    run_timers(now=later(days=9))

    accepted_main(application, hilma, now=later(days=9))
    assert main_of(application, later(days=9)) == hilma.person_id


def test_an_offer_never_shows_that_an_earlier_confirmation_was_taken_back():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    eino = joined(application, EINO)
    hilma = arrived(HILMA)
    edited(application, aino, household_change(7), now=later(hours=1))
    left(application, aino, now=DAY_1)
    before = queries.status(application.pk, identified=hilma, now=DAY_3)

    confirmation_withdrawn(application, eino, now=DAY_2)

    assert queries.status(application.pk, identified=hilma, now=DAY_3) == before


def test_an_adult_who_confirms_meanwhile_is_offered_the_place_too():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    joined(application, EINO)
    left(application, aino, now=DAY_1)

    hilma = joined(application, HILMA, now=DAY_2)

    assert offered() == [EINO.email, HILMA.email]
    accepted_main(application, hilma, now=DAY_3)


def test_an_adult_who_identifies_later_is_offered_the_place():
    application = sent(AINO, EINO)
    left(application, arrived(AINO, sent_here=application), now=DAY_1)

    eino = arrived(EINO, now=DAY_2)

    accepted_main(application, eino, now=DAY_3)
    assert main_of(application) == eino.person_id


def test_the_offer_never_goes_to_an_address_that_only_another_adult_typed():
    application = sent(AINO, EINO)
    left(application, arrived(AINO, sent_here=application), now=DAY_1)

    arrived(EINO, now=DAY_2)

    assert offered() == []


def test_the_offer_is_written_once_however_often_the_application_is_saved():
    application, aino, _eino, hilma = valid_of_three()
    left(application, aino, now=DAY_1)

    confirmation_withdrawn(application, hilma, now=DAY_2)
    arrived(EINO, now=DAY_2)
    run_timers(now=later(days=9))

    assert offered() == [EINO.email, HILMA.email]


def test_the_place_is_offered_to_no_adult_while_it_is_not_open():
    application, aino, eino, _hilma = valid_of_three()

    for who in (aino, eino):
        with pytest.raises(MainPlaceNotOffered):
            accepted_main(application, who, now=DAY_1)
    with pytest.raises(NoSuchApplication):
        accepted_main(sent(AINO), eino, now=DAY_1)


def test_the_former_main_applicant_cannot_accept_the_place():
    application, aino, _eino, _hilma = valid_of_three()
    left(application, aino, now=DAY_1)

    with pytest.raises(MainPlaceNotOffered):
        accepted_main(application, aino, now=DAY_2)


def test_a_main_applicant_who_confirms_here_again_before_an_acceptance_keeps_the_place():
    application, aino, eino, _hilma = valid_of_three()
    becomes_valid_alone(AINO, now=DAY_1)

    confirmed(application, aino, now=DAY_2)

    assert main_of(application) == aino.person_id
    with pytest.raises(MainPlaceNotOffered):
        accepted_main(application, eino, now=DAY_3)
    renewed(application, aino, now=DAY_3)


def test_an_annulment_elsewhere_gives_the_place_back_only_while_no_adult_has_accepted_it():
    application, _aino, eino, _hilma = valid_of_three()
    forged = becomes_valid_alone(AINO, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)

    annulled(forged, now=DAY_3)

    assert main_of(application) == eino.person_id


def test_a_wrongly_recorded_main_applicant_gets_back_the_place_only_while_no_adult_has_accepted_it():
    application, aino, eino, _hilma = valid_of_three()
    key = applicant_of(application, aino).pk
    departed(application, key, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)

    departure_undone(application, key, now=DAY_3)

    assert main_of(application) == eino.person_id
    assert not Event.objects.get(kind="departure-taken-back").facts["is_main_again"]


def test_accepting_is_recorded_and_confirmed_to_the_new_main_applicant():
    application, aino, eino, _hilma = valid_of_three()
    left(application, aino, now=DAY_1)

    accepted_main(application, eino, now=DAY_2)

    event = Event.objects.get(kind="main-place-accepted")
    assert event.applicant_id == applicant_of(application, eino).pk
    [message] = Message.objects.filter(topic="now_main")
    assert read_contents(message)[0] == EINO.email
    with pytest.raises(SomeoneElse):
        renewed(application, arrived(HILMA, now=DAY_3), now=DAY_3)


def test_a_leaving_main_applicants_open_edit_is_deleted():
    application, aino, _eino, _hilma = valid_of_three()
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=DAY_1)

    left(application, aino, now=DAY_1)

    with pytest.raises(AlreadySent):
        draft_content_of(loaded_application(application, now=DAY_2).application)


def test_a_new_main_applicant_can_leave_too_and_the_place_is_offered_again():
    application, aino, eino, hilma = valid_of_three()
    left(application, aino, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)

    left(application, eino, now=DAY_2)

    assert offered().count(HILMA.email) == 2
    accepted_main(application, hilma, now=DAY_3)


def test_the_new_main_applicant_can_name_adults():
    application, aino, eino, _hilma = valid_of_three()
    left(application, aino, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)

    edited(application, eino, lambda content: own_household(with_adult(AINO)(content)), now=DAY_3)

    assert len(loaded_application(application, now=DAY_3).current.digests) == 3
