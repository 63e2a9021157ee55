"""A new main applicant answers for the household themselves: no adult assures what another typed."""

import pytest

from kanssa.applications.content.content import ASSURANCES
from kanssa.applications.models import Confirmation
from kanssa.applications.reading import queries
from kanssa.applications.refusals import AnswersDue, DraftIncomplete
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.lifecycle.edit_application import edit_application
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.worker.timers import run_timers
from tests.actions import (
    accepted_main,
    clock_advanced,
    corrected,
    departed,
    discarded,
    left,
    light_change,
    own_household,
    renewed,
)
from tests.cast import (
    EINO,
    HILMA,
    HOUSEHOLD,
    applicant_of,
    confirmed,
    edited,
    later,
    loaded_application,
    valid_of_three,
)

pytestmark = pytest.mark.django_db

DAY_1, DAY_2, DAY_3, DAY_4 = (later(days=number) for number in range(1, 5))


def taken_over():
    """Aino has left, and Eino has accepted the place."""
    application, aino, eino, hilma = valid_of_three()
    left(application, aino, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)
    return application, aino, eino, hilma


def taken_over_while_valid():
    """Aino has died, and Eino has accepted the place: the application is still valid."""
    application, aino, eino, hilma = valid_of_three()
    departed(application, applicant_of(application, aino).pk, now=DAY_1)
    accepted_main(application, eino, now=DAY_2)
    return application, eino, hilma


def content_of(application, now=DAY_3):
    return loaded_application(application, now=now).current.content


def test_the_home_need_and_money_of_the_former_main_applicant_leave_with_them():
    application, aino, _eino, _hilma = taken_over()

    content = content_of(application)

    assert content.home == content.need == {}
    assert applicant_of(application, aino).pk not in content.adults
    assert not any(content.application.get(name) for name in ASSURANCES)
    assert content.wishes["rooms_first"] == "2"


def test_accepting_ends_no_confirmation():
    _application, _aino, eino, hilma = taken_over()

    given = Confirmation.objects.filter(person__in=[eino.person_id, hilma.person_id])
    assert given.count() == 2
    assert not given.exclude(ended_at=None).exists()


def test_no_adult_confirms_before_the_new_main_applicant_has_answered():
    application, _aino, eino, hilma = taken_over()

    for who in (eino, hilma):
        with pytest.raises(AnswersDue):
            confirmed(application, who, now=DAY_3)
    with pytest.raises(AnswersDue):
        renewed(application, eino, now=DAY_3)


def test_the_edit_of_the_new_main_applicant_needs_the_household_and_their_own_assurances():
    application, _aino, eino, _hilma = taken_over()
    ids = {"application_id": application.pk, "identified": eino, "actor": eino.actor, "now": DAY_3}
    start_edit(**ids)

    with pytest.raises(DraftIncomplete) as refused:
        edit_application(**ids)

    missing = {(each.section, each.field) for each in refused.value.facts["faults"]}
    assert {("home", "tenure"), *(("application", name) for name in ASSURANCES)} <= missing


def test_the_others_are_asked_again_when_the_household_is_answered():
    application, _aino, eino, hilma = taken_over()
    assert not Message.objects.filter(topic="change").exists()

    edited(application, eino, own_household, now=DAY_3)

    [message] = Message.objects.filter(topic="change")
    assert read_contents(message)[0] == HILMA.email
    confirmed(application, hilma, now=DAY_4)
    confirmed(application, eino, now=DAY_4)
    assert loaded_application(application, now=DAY_4).state is State.VALID


def test_only_the_new_main_applicant_is_reminded_while_the_answers_are_due():
    taken_over()

    run_timers(now=later(days=5))

    reminded = [read_contents(each)[0] for each in Message.objects.filter(topic="reminder")]
    assert reminded == [EINO.email]


def test_the_valid_application_of_a_dead_main_applicant_stays_valid_meanwhile():
    application, _eino, _hilma = taken_over_while_valid()

    loaded = loaded_application(application, now=DAY_3)

    assert loaded.state is State.VALID
    assert loaded.has_waiting_version
    assert loaded.current.content.home == {}


def test_answers_that_lapsed_or_were_discarded_are_asked_again():
    for ends in (discarded_change, lapsed_change):
        application, eino, hilma = taken_over_while_valid()
        edited(application, eino, own_household, now=DAY_3)

        now = ends(application, eino)

        assert loaded_application(application, now=now).state is State.VALID
        with pytest.raises(AnswersDue):
            renewed(application, eino, now=now)
        corrected(application, hilma, {"phone": "+358401234567"}, now=now)
        with pytest.raises(AnswersDue):
            renewed(application, eino, now=now)
        ids = {"application_id": application.pk, "identified": eino}
        start_edit(**ids, actor=eino.actor, now=now)
        assert queries.draft_of(**ids, now=now).content.home == {}


def discarded_change(application, eino):
    discarded(application, eino, now=DAY_4)
    return DAY_4


def lapsed_change(application, _eino):
    now = later(days=40)
    clock_advanced(application, now)
    return now


def test_the_same_answers_typed_by_the_new_main_applicant_are_answers_of_theirs():
    application, eino, _hilma = taken_over_while_valid()
    edited(application, eino, own_household, now=DAY_3)
    discarded(application, eino, now=DAY_4)

    edited(
        application,
        eino,
        lambda c: c.with_section("home", HOUSEHOLD["home"]).with_section("need", HOUSEHOLD["need"]),
        now=DAY_4,
    )

    renewed(application, eino, now=later(days=5))


def test_a_later_edit_keeps_what_the_new_main_applicant_answered():
    application, _aino, eino, _hilma = taken_over()
    edited(application, eino, own_household, now=DAY_3)

    edited(application, eino, light_change(950), now=DAY_4)

    assert content_of(application, DAY_4).need == {"reasons": ["separation"]}
