"""Edits, declines and refused links neither flood a person with messages nor cut them off."""

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
    return sum(read_contents(message)[0] == email for message in Message.objects.filter(topic=topic))


def test_a_series_of_changes_is_announced_at_once_and_again_after_an_hour():
    application, aino, _eino = valid_of_two()

    for number in range(5):
        edited(application, aino, household_change(number + 1), now=later(minutes=number + 1))
    assert written("change", EINO) == 1

    edited(application, aino, household_change(9), now=later(minutes=62))
    assert written("change", EINO) == 2


def test_a_change_after_the_confirmation_of_the_last_one_is_announced_at_once():
    application, aino, eino = valid_of_two()
    edited(application, aino, household_change(1), now=later(minutes=1))
    confirmed(application, eino, now=later(minutes=2))

    edited(application, aino, household_change(2), now=later(minutes=3))

    assert written("change", EINO) == 2


def test_declining_one_change_does_not_stop_the_announcement_of_another():
    application, aino, eino = valid_of_two()
    edited(application, aino, household_change(1))
    declined(application, eino, now=later(minutes=1))
    discarded(application, aino, now=later(hours=2))

    edited(application, aino, household_change(2), now=later(hours=3))

    assert written("change", EINO) == 2
    assert applicant_of(application, eino).declined_at is None


def test_an_adult_who_declined_a_change_learns_of_its_lapse_but_is_not_reminded():
    application, aino, eino = valid_of_two(email=OWN)
    edited(application, aino, household_change(1))
    declined(application, eino)

    run_timers(now=later(days=4))
    assert written("reminder", OWN) == 0

    run_timers(now=loaded_application(application).application.confirm_by)
    assert written("change_lapsed", OWN) == 1


def test_an_adult_who_declined_and_never_confirmed_is_not_asked_again_by_edits():
    application = sent(AINO, EINO)
    aino, eino = arrived(AINO, sent_here=application), arrived(EINO)
    confirmed(application, aino)
    completed(application, eino, email=OWN)
    declined(application, eino)

    edited(application, aino, household_change(1))
    run_timers(now=later(days=4))

    assert written("change", OWN) == written("reminder", OWN) == written("change", EINO) == 0


def test_an_adult_with_a_new_application_of_their_own_is_not_reminded_of_the_old():
    application, _aino, _eino = valid_of_two()
    own = sent(EINO, now=later(days=1))
    eino = arrived(EINO, sent_here=own, now=later(days=1))
    confirmed(own, eino, now=later(days=1))
    assert loaded_application(application, now=later(days=1)).state is State.SENT

    run_timers(now=later(days=5))

    assert written("reminder", EINO) == 0
    assert written("reminder", AINO) == 1


def test_saving_ones_own_address_again_allows_mail_after_a_refused_link():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    [applicant_id] = [
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    ]
    token = link_of(applicant_id)
    eino = joined(application, EINO)
    not_for_me(token, now=later(minutes=1))

    corrected(application, eino, {"gross_income": 1}, now=later(minutes=2))
    assert not accepts_mail_at(applicant_of(application, eino), EINO.email)
    corrected(application, eino, {"email": EINO.email}, now=later(minutes=3))

    assert accepts_mail_at(applicant_of(application, eino), EINO.email)


def test_a_refused_link_says_so_and_suggests_no_other():
    application = sent(AINO, EINO)
    arrived(AINO, sent_here=application)
    [eino] = [
        key for key, applicant in loaded_application(application).applicants.items() if not applicant.is_main
    ]
    token = link_of(eino)
    not_for_me(token)

    with pytest.raises(InvitationRefused):
        not_for_me(token, now=later(minutes=1))


def test_the_main_applicant_cannot_discard_anothers_correction():
    application, aino, eino = valid_of_two()
    corrected(application, eino, {"gross_income": 12345})

    with pytest.raises(NothingWaits):
        discarded(application, aino)


def test_renewing_with_a_resident_of_age_needs_their_details_first():
    application = sent(AINO)
    aino = arrived(AINO)
    edited(application, aino, with_resident("2008-12-10"))
    confirmed(application, aino)

    with pytest.raises(DraftIncomplete):
        renewed(application, aino, now=later(days=20))

    renewed(application, aino, now=later(days=10))


def test_each_of_several_adults_gets_their_own_announcement():
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    for role in (EINO, HILMA):
        who = arrived(role)
        completed(application, who)
        confirmed(application, who)
    edited(application, aino, household_change(1), now=later(minutes=1))

    edited(application, aino, household_change(2), now=later(minutes=5))

    assert written("change", EINO) == written("change", HILMA) == 1
