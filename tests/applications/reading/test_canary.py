"""Nothing of Hilma's own details reaches another adult of the application."""

from uuid import UUID, uuid4

import pytest

from kanssa.applications.content.form import PERSON, FieldKind
from kanssa.applications.reading import queries
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.lifecycle.start_edit import start_edit
from kanssa.values.refusal import Refusal
from tests.actions import (
    accepted_main,
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    continued,
    corrected,
    declined,
    departed,
    discarded,
    household_change,
    left,
    without,
)
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    applicant_of,
    arrived,
    completed,
    confirmed,
    edited,
    later,
    sent,
)

pytestmark = pytest.mark.django_db

NUMBERS = {FieldKind.EUROS, FieldKind.NUMBER}
NAMES = {"last_name", "first_names"}
UNMARKED = {
    *NAMES,
    "one_name",
    "by_hand",
    "hetu",
    "no_hetu",
    "born",
    "nationality",
    "no_fixed_address",
    "contact_language",
}


def marks(first=9_870_001):
    """Return one answer per question about a person, each found nowhere else."""
    return {
        field.name: first + number if field.kind in NUMBERS else f"canary-{field.name}-{first}@example.com"
        for number, field in enumerate(PERSON)
        if field.name not in UNMARKED
    }


def family():
    """Send Aino's application with Eino and Hilma, and mark all of Hilma's details, twice over."""
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    eino, hilma = arrived(EINO), arrived(HILMA)
    completed(application, eino)
    corrected(application, hilma, marks(9_880_001))
    corrected(application, hilma, marks())
    return application, aino, eino, hilma


def reached_by(application, reader, *, now=NOW):
    """Collect all that one adult can read of an application: every query, every message to them, opened."""
    asked = [
        lambda: queries.review(application.pk, identified=reader, now=now),
        lambda: queries.status(application.pk, identified=reader, now=now),
        lambda: queries.own_details(application.pk, identified=reader, now=now),
        lambda: queries.applications_of(reader, now=now),
        lambda: queries.active_applications_of(reader, now=now),
        lambda: queries.draft_of(application.pk, identified=reader, now=now),
    ]
    applicants = application.applicants.filter(person_id=reader.person_id).values_list("pk", flat=True)
    messages = Message.objects.filter(applicant_id__in=list(applicants), sealed__isnull=False)
    texts = [str(read_contents(message)[1]) for message in messages]
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


def test_she_reads_her_own_marks_herself():
    application, _aino, _eino, hilma = family()

    assert all(str(mark) in reached_by(application, hilma) for mark in marks().values())


def test_nothing_shows_before_any_edit_or_confirmation():
    application, aino, eino, _hilma = family()

    assert_nothing_of_hers(application, aino, eino)


def test_nothing_shows_while_the_main_applicant_edits_or_in_the_differences():
    application, aino, eino, hilma = family()
    for who in (aino, eino, hilma):
        confirmed(application, who)
    edit_began(application, aino)
    assert_nothing_of_hers(application, aino, eino)
    edited(application, aino, household_change(5), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))


def test_nothing_shows_when_she_corrects_confirmed_details_or_that_is_discarded():
    application, aino, eino, hilma = family()
    for who in (aino, eino, hilma):
        confirmed(application, who)
    corrected(application, hilma, marks(9_880_001), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    edited(application, aino, household_change(5), now=later(hours=2))
    discarded(application, aino, now=later(hours=3))
    edit_began(application, aino, now=later(hours=4))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=4))


def test_nothing_shows_when_she_corrects_and_a_household_change_makes_the_others_compare():
    application, aino, eino, hilma = family()
    for who in (aino, eino, hilma):
        confirmed(application, who)
    corrected(application, hilma, marks(9_880_001), now=later(hours=1))
    edited(application, aino, household_change(5), now=later(hours=2))

    changes = queries.review(application.pk, identified=eino, now=later(hours=2)).changes
    assert [change.field.name for change in changes] == ["cost"]
    assert_nothing_of_hers(application, aino, eino, now=later(hours=2))


def test_declining_changes_nothing_at_all_for_the_others():
    application, aino, eino, hilma = family()
    before = [reached_by(application, who) for who in (aino, eino)]

    declined(application, hilma)

    assert [reached_by(application, who) for who in (aino, eino)] == before
    assert_nothing_of_hers(application, aino, eino)


def test_nothing_shows_when_her_confirmation_is_withdrawn_or_annulled():
    application, aino, eino, hilma = family()
    given = {who: confirmed(application, who) for who in (aino, eino, hilma)}
    confirmation_withdrawn(application, hilma, now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    again = confirmed(application, hilma, now=later(hours=2))
    annulled(again, now=later(hours=3))
    assert given[hilma] != again
    assert_nothing_of_hers(application, aino, eino, now=later(hours=3))


def test_nothing_shows_when_she_is_removed_and_named_again():
    application, aino, eino, hilma = family()
    for who in (aino, eino, hilma):
        confirmed(application, who)
    edited(application, aino, without(applicant_of(application, hilma).pk), now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    with_code_as_typed = {HILMA.hetu}
    named_again(application, aino)
    text = reached_by(application, aino, now=later(hours=3))
    assert not {str(mark) for mark in marks().values() if str(mark) in text} - with_code_as_typed


def named_again(application, aino):
    applicant = UUID(int=uuid4().int)
    edited(application, aino, lambda content: content.with_adult(applicant, HILMA.named), now=later(hours=2))


def test_nothing_shows_when_another_becomes_main_applicant_after_her_and_edits():
    application = sent(HILMA, AINO, EINO)
    hilma, aino, eino = arrived(HILMA, sent_here=application), arrived(AINO), arrived(EINO)
    corrected(application, hilma, marks())
    for who in (aino, eino):
        completed(application, who)
    edit_began(application, hilma)
    departed(application, applicant_of(application, hilma).pk, now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    accepted_main(application, aino, now=later(hours=2))
    edit_began(application, aino, now=later(hours=2))

    assert applicant_of(application, aino).is_main
    assert_nothing_of_hers(application, aino, eino, now=later(hours=2))


def test_nothing_shows_when_she_leaves_and_the_others_continue():
    application, aino, eino, hilma = family()
    for who in (aino, eino, hilma):
        confirmed(application, who)
    edit_began(application, aino)
    left(application, hilma, now=later(hours=1))
    assert_nothing_of_hers(application, aino, eino, now=later(hours=1))
    continued(application, aino, now=later(hours=2))

    assert_nothing_of_hers(application, aino, eino, now=later(hours=2))


def test_nothing_shows_in_messages_of_the_clock():
    application, aino, eino, _hilma = family()
    for days in (4, 15, 26, 60):
        clock_advanced(application, later(days=days))
    assert Message.objects.filter(topic="reminder").exists()
    assert Message.objects.filter(topic="lapsed").exists()
    assert_nothing_of_hers(application, aino, eino, now=later(days=60))
