"""Whatever is Saga's own stands in nothing that another adult of the application can reach."""

from uuid import UUID, uuid4

import pytest

from kanssa.applications.content.form import PERSON, FieldKind
from kanssa.applications.reading import queries
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.values.refusal import Refusal
from tests.actions import (
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    corrected,
    declined,
    departed,
    discarded,
    household_change,
    without,
)
from tests.cast import AINO, EINO, NOW, SAGA, applicant_of, arrived, completed, confirmed, edited, later, sent

pytestmark = pytest.mark.django_db

NUMBERS = {FieldKind.EUROS, FieldKind.NUMBER}
NAMES = {"last_name", "first_names"}
UNMARKED = {
    *NAMES,
    "one_name",
    "hetu",
    "no_hetu",
    "born",
    "nationality",
    "no_fixed_address",
    "contact_language",
}


def marks(first=9_870_001):
    """An answer to each question of a person, that stands nowhere else."""
    return {
        field.name: first + number if field.kind in NUMBERS else f"canary-{field.name}-{first}@example.com"
        for number, field in enumerate(PERSON)
        if field.name not in UNMARKED
    }


def family():
    """Aino applies with Eino and Saga; everything of Saga's is marked, twice over."""
    application = sent(AINO, EINO, SAGA)
    aino = arrived(AINO, sent_here=application)
    eino, saga = arrived(EINO), arrived(SAGA)
    completed(application, eino)
    corrected(application, saga, marks(9_880_001))
    corrected(application, saga, marks())
    return application, aino, eino, saga


def reached_by(application, reader, *, now=NOW):
    """All that one adult can read of an application: every query, every letter to them, opened."""
    asked = [
        lambda: queries.review(application.pk, identified=reader, now=now),
        lambda: queries.status(application.pk, identified=reader, now=now),
        lambda: queries.own_details(application.pk, identified=reader, now=now),
        lambda: queries.applications_of(reader, now=now),
        lambda: queries.active_applications_of(reader, now=now),
        lambda: queries.draft_of(application.pk, identified=reader, now=now),
    ]
    applicants = application.applicants.filter(person_id=reader.person_id).values_list("pk", flat=True)
    letters = Message.objects.filter(applicant_id__in=list(applicants), sealed__isnull=False)
    texts = [str(read_contents(letter)[1]) for letter in letters]
    for ask in asked:
        try:
            texts.append(repr(ask()))
        except Refusal as refusal:
            texts.append(f"{refusal} {refusal.facts}")
    return "\n".join(texts)


def assert_nothing_of_hers(application, *readers, now=NOW, excluding=()):
    secret = {str(value) for each in (marks(), marks(9_880_001)) for value in each.values()} - set(excluding)
    for reader in readers:
        text = reached_by(application, reader, now=now)
        assert len(text) > 500
        assert not {mark for mark in secret if mark in text}


def edit_began(application, aino, *, now=NOW):
    start_edit(application_id=application.pk, identified=aino, actor=aino.actor, now=now)


def test_the_marks_are_what_she_herself_reads():
    application, _aino, _eino, saga = family()

    assert all(str(mark) in reached_by(application, saga) for mark in marks().values())


def test_before_anybody_edits_or_confirms():
    application, aino, eino, _saga = family()

    assert_nothing_of_hers(application, aino, eino)


def test_while_the_main_applicant_edits_and_in_the_differences_that_they_make():
    application, aino, eino, saga = family()
    for who in (aino, eino, saga):
        confirmed(application, who)
    edit_began(application, aino)
    assert_nothing_of_hers(application, aino, eino)
    edited(application, aino, household_change(5), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))


def test_when_she_corrects_what_she_had_confirmed_and_when_that_is_discarded():
    application, aino, eino, saga = family()
    for who in (aino, eino, saga):
        confirmed(application, who)
    corrected(application, saga, marks(9_880_001), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    edited(application, aino, household_change(5), now=later(hours=2))
    discarded(application, aino, now=later(hours=3))
    edit_began(application, aino, now=later(hours=4))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=4))


def test_when_she_corrects_and_a_change_of_the_household_asks_the_others_to_compare():
    application, aino, eino, saga = family()
    for who in (aino, eino, saga):
        confirmed(application, who)
    corrected(application, saga, marks(9_880_001), now=later(hours=1))
    edited(application, aino, household_change(5), now=later(hours=2))

    changes = queries.review(application.pk, identified=eino, now=later(hours=2)).changes
    assert [change.field.name for change in changes] == ["cost"]
    assert_nothing_of_hers(application, aino, eino, now=later(hours=2))


def test_when_she_declines_nothing_at_all_differs_for_the_others():
    application, aino, eino, saga = family()
    before = [reached_by(application, who) for who in (aino, eino)]

    declined(application, saga)

    assert [reached_by(application, who) for who in (aino, eino)] == before
    assert_nothing_of_hers(application, aino, eino)


def test_when_she_takes_back_her_confirmation_or_it_is_annulled():
    application, aino, eino, saga = family()
    given = {who: confirmed(application, who) for who in (aino, eino, saga)}
    confirmation_withdrawn(application, saga, now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    again = confirmed(application, saga, now=later(hours=2))
    annulled(again, now=later(hours=3))
    assert given[saga] != again
    assert_nothing_of_hers(application, aino, eino, now=later(hours=3))


def test_when_she_is_left_out_and_named_again():
    application, aino, eino, saga = family()
    for who in (aino, eino, saga):
        confirmed(application, who)
    edited(application, aino, without(applicant_of(application, saga).pk), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    with_code_as_typed = {SAGA.hetu}
    named_again(application, aino)
    text = reached_by(application, aino, now=later(hours=3))
    assert not {str(mark) for mark in marks().values() if str(mark) in text} - with_code_as_typed


def named_again(application, aino):
    applicant = UUID(int=uuid4().int)
    edited(application, aino, lambda content: content.with_adult(applicant, SAGA.named), now=later(hours=2))


def test_when_the_main_place_passes_from_her_to_another_who_then_edits():
    application = sent(SAGA, AINO, EINO)
    saga, aino, eino = arrived(SAGA, sent_here=application), arrived(AINO), arrived(EINO)
    corrected(application, saga, marks())
    for who in (aino, eino):
        completed(application, who)
    edit_began(application, saga)
    departed(application, applicant_of(application, saga).pk, now=later(hours=1))
    edit_began(application, aino, now=later(hours=2))

    assert applicant_of(application, aino).is_main
    assert_nothing_of_hers(application, aino, eino, now=later(hours=2))


def test_in_letters_of_the_clock():
    application, aino, eino, _saga = family()
    for days in (4, 15, 26, 60):
        clock_advanced(application, later(days=days))
    assert Message.objects.filter(topic="reminder").exists()
    assert Message.objects.filter(topic="lapsed").exists()
    assert_nothing_of_hers(application, aino, eino, now=later(days=60))
