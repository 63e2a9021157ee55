"""Nobody is pestered by edits, silenced by one answer, or cut off by somebody else's click."""

import pytest

from kanssa.applications.aggregate.address_troubles import accepts_mail_at
from kanssa.applications.refusals import DraftIncomplete, InvitationRefused, NothingWaits
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.worker.timers import run_timers
from tests.actions import (
    corrected,
    declined,
    discarded,
    household_change,
    link_of,
    not_for_me,
    renewed,
    with_resident,
)
from tests.cast import (
    AINO,
    EINO,
    SAGA,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db


OWN = "eino-own@example.com"


def valid_of_two(**own):
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO, **own)


def written(topic, to):
    email = to if isinstance(to, str) else to.email
    return sum(read_contents(letter)[0] == email for letter in Message.objects.filter(topic=topic))


def test_of_changes_in_a_row_the_first_is_told_and_after_an_hour_the_next():
    application, aino, _eino = valid_of_two()

    for number in range(5):
        edited(application, aino, household_change(number + 1), now=later(minutes=number + 1))
    assert written("change", EINO) == 1

    edited(application, aino, household_change(9), now=later(minutes=62))
    assert written("change", EINO) == 2


def test_a_change_that_comes_after_the_last_one_was_confirmed_is_told_at_once():
    application, aino, eino = valid_of_two()
    edited(application, aino, household_change(1), now=later(minutes=1))
    confirmed(application, eino, now=later(minutes=2))

    edited(application, aino, household_change(2), now=later(minutes=3))

    assert written("change", EINO) == 2


def test_who_declined_a_change_is_asked_by_another():
    application, aino, eino = valid_of_two()
    edited(application, aino, household_change(1))
    declined(application, eino, now=later(minutes=1))
    discarded(application, aino, now=later(hours=2))

    edited(application, aino, household_change(2), now=later(hours=3))

    assert written("change", EINO) == 2
    assert applicant_of(application, eino).declined_at is None


def test_who_declined_a_change_hears_of_what_they_confirmed_but_is_not_reminded():
    application, aino, eino = valid_of_two(email=OWN)
    edited(application, aino, household_change(1))
    declined(application, eino)

    run_timers(now=later(days=4))
    assert written("reminder", OWN) == 0

    run_timers(now=loaded_application(application).application.confirm_by)
    assert written("change_lapsed", OWN) == 1


def test_who_never_confirmed_and_declines_is_not_asked_again_by_edits():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)
    confirmed(application, aino)
    completed(application, eino, email=OWN)
    declined(application, eino)

    edited(application, aino, household_change(1))
    run_timers(now=later(days=4))

    assert written("change", OWN) == written("reminder", OWN) == written("change", EINO) == 0


def test_who_moved_on_to_an_application_of_their_own_is_not_called_back():
    application, _aino, _eino = valid_of_two()
    own = sent(EINO, now=later(days=1))
    eino = arrived(EINO, sent_here=own, now=later(days=1))
    confirmed(own, eino, now=later(days=1))
    assert loaded_application(application, now=later(days=1)).state is State.SENT

    run_timers(now=later(days=5))

    assert written("reminder", EINO) == 0
    assert written("reminder", AINO) == 1


def test_ones_own_address_saved_again_takes_mail_though_somebody_refused_the_link():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    [eino_place] = [
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    ]
    token = link_of(eino_place)
    eino = joined(application, EINO)
    not_for_me(token, now=later(minutes=1))

    corrected(application, eino, {"gross_income": 1}, now=later(minutes=2))
    assert not accepts_mail_at(applicant_of(application, eino), EINO.email)
    corrected(application, eino, {"email": EINO.email}, now=later(minutes=3))

    assert accepts_mail_at(applicant_of(application, eino), EINO.email)


def test_a_link_that_was_refused_does_not_send_anybody_looking_for_another():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    [eino] = [
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    ]
    token = link_of(eino)
    not_for_me(token)

    with pytest.raises(InvitationRefused):
        not_for_me(token, now=later(minutes=1))


def test_what_somebody_else_corrected_is_not_the_main_applicants_to_take_back():
    application, aino, eino = valid_of_two()
    corrected(application, eino, {"gross_income": 12345})

    with pytest.raises(NothingWaits):
        discarded(application, aino)


def test_renewing_asks_first_who_the_one_of_age_is_and_how_to_reach_them():
    application = sent(AINO)
    aino = arrived(AINO)
    edited(application, aino, with_resident("2008-12-10"))
    confirmed(application, aino)

    with pytest.raises(DraftIncomplete):
        renewed(application, aino, now=later(days=20))

    renewed(application, aino, now=later(days=10))


def test_three_adults_are_told_apart_when_one_is_just_told():
    application = sent(AINO, EINO, SAGA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    for role in (EINO, SAGA):
        who = arrived(role)
        completed(application, who)
        confirmed(application, who)
    edited(application, aino, household_change(1), now=later(minutes=1))

    edited(application, aino, household_change(2), now=later(minutes=5))

    assert written("change", EINO) == written("change", SAGA) == 1
