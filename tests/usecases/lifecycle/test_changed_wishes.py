"""A light change binds no one unseen: every adult who confirmed is told, and sees old beside new."""

import pytest

from kanssa.applications.reading import queries
from kanssa.applications.refusals import SomethingChanged
from kanssa.applications.states import State
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.confirmation.acknowledge_changes import acknowledge_changes
from tests.actions import confirmation_withdrawn, discarded, household_change, light_change
from tests.cast import (
    AINO,
    EINO,
    applicant_of,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)

pytestmark = pytest.mark.django_db


def valid_of_two():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    return application, aino, joined(application, EINO)


def told(role):
    found = Message.objects.filter(topic="wishes_changed")
    return [contents for each in found if (contents := read_contents(each))[0] == role.email]


def seen_by(application, who, *, now=None):
    status = queries.status(application.pk, identified=who, now=now or later(days=1))
    return [(each.field.name, each.before, each.after) for each in status.light_changes]


def read(application, who, *, now, version_id=None):
    acknowledge_changes(
        application_id=application.pk,
        applicant_id=applicant_of(application, who).pk,
        version_id=version_id or loaded_application(application, now=now).current.version.pk,
        identified=who,
        actor=who.actor,
        now=now,
    )


def test_moved_wishes_are_told_to_who_confirmed_and_shown_old_beside_new():
    application, aino, eino = valid_of_two()

    edited(application, aino, light_change(1500), now=later(hours=1))

    assert len(told(EINO)) == 1
    assert told(AINO) == []
    assert seen_by(application, eino) == [("highest_rent", 900, 1500)]
    assert loaded_application(application).state is State.VALID


def test_the_message_names_none_of_what_was_changed():
    application, aino, _eino = valid_of_two()

    edited(application, aino, light_change(1500), now=later(hours=1))

    says = told(EINO)[0][1]
    assert "1500" not in str(says)
    assert set(says) == {
        "first_name",
        "reference",
        "visit_code",
        "confirm_by",
        "valid_until",
        "is_main",
        "is_alone",
    }


def test_several_changes_in_a_row_are_one_message_and_one_difference():
    application, aino, eino = valid_of_two()

    for number in range(3):
        edited(application, aino, light_change(1000 + number), now=later(minutes=number + 1))

    assert len(told(EINO)) == 1
    assert seen_by(application, eino) == [("highest_rent", 900, 1002)]


def test_a_change_after_the_pause_is_told_again():
    application, aino, _eino = valid_of_two()
    edited(application, aino, light_change(1000), now=later(minutes=1))

    edited(application, aino, light_change(1100), now=later(hours=2))

    assert len(told(EINO)) == 2


def test_wishes_moved_there_and_back_are_nothing_to_tell():
    application, aino, eino = valid_of_two()
    edited(application, aino, light_change(1000), now=later(minutes=1))

    edited(application, aino, light_change(900), now=later(hours=2))

    assert len(told(EINO)) == 1
    assert seen_by(application, eino) == []


def test_changes_that_were_read_are_not_shown_again_but_the_next_one_is_told_at_once():
    application, aino, eino = valid_of_two()
    edited(application, aino, light_change(1000), now=later(minutes=1))

    read(application, eino, now=later(minutes=2))
    assert seen_by(application, eino, now=later(minutes=2)) == []
    assert loaded_application(application).state is State.VALID

    edited(application, aino, light_change(1100), now=later(minutes=3))
    assert len(told(EINO)) == 2
    assert seen_by(application, eino) == [("highest_rent", 1000, 1100)]


def test_reading_an_overtaken_page_does_not_hide_what_came_after_it():
    application, aino, eino = valid_of_two()
    edited(application, aino, light_change(1000), now=later(minutes=1))
    shown = loaded_application(application).current.version.pk
    edited(application, aino, light_change(1100), now=later(minutes=2))

    read(application, eino, now=later(minutes=3), version_id=shown)

    assert seen_by(application, eino) == [("highest_rent", 1000, 1100)]


def test_a_version_of_another_application_was_read_by_no_one_here():
    application, _aino, eino = valid_of_two()
    other = sent(AINO)

    with pytest.raises(SomethingChanged):
        read(application, eino, now=later(minutes=1), version_id=other.current_version_id)


def test_who_took_the_confirmation_back_sees_the_change_before_confirming_again():
    application, aino, eino = valid_of_two()
    edited(application, aino, light_change(1500), now=later(minutes=1))

    confirmation_withdrawn(application, eino, now=later(minutes=2))
    assert seen_by(application, eino) == []

    confirmed(application, eino, now=later(minutes=3))
    edited(application, aino, light_change(1600), now=later(minutes=4))
    assert seen_by(application, eino) == [("highest_rent", 1500, 1600)]


def test_an_adult_who_has_not_confirmed_gets_no_message_of_wishes():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    arrived(EINO)

    edited(application, aino, light_change(1500), now=later(minutes=1))

    assert told(EINO) == []


def test_who_must_confirm_a_change_anyway_gets_one_message_and_not_two():
    application, aino, eino = valid_of_two()

    edited(
        application,
        aino,
        lambda content: light_change(1500)(household_change(700)(content)),
        now=later(minutes=1),
    )

    assert (
        Message.objects.filter(topic="change", applicant_id=applicant_of(application, eino).pk).count() == 1
    )
    assert told(EINO) == []


def test_a_discarded_change_moves_the_wishes_back_and_is_told_to_who_had_confirmed_it():
    application, aino, eino = valid_of_two()
    edited(
        application,
        aino,
        lambda content: light_change(1500)(household_change(700)(content)),
        now=later(minutes=1),
    )
    confirmed(application, eino, now=later(minutes=2))

    discarded(application, aino, now=later(minutes=3))

    assert len(told(EINO)) == 1
    assert seen_by(application, eino) == [("highest_rent", 1500, 900)]


def test_nothing_of_another_adult_shows_among_the_changed_wishes():
    application, aino, eino = valid_of_two()

    edited(
        application,
        aino,
        lambda content: light_change(1500)(
            content.with_adult(content.main_applicant_id, {"phone": "0401234567"})
        ),
        now=later(minutes=1),
    )

    assert seen_by(application, eino) == [("highest_rent", 900, 1500)]
