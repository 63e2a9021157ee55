"""A page saves the draft that it has just read; whatever came in between is kept."""

import pytest

from kanssa.applications.models import Application
from kanssa.applications.reading import queries
from kanssa.applications.refusals import AlreadySent
from kanssa.usecases.drafts.save_draft import save_draft
from kanssa.usecases.drafts.send_application import send_application
from tests.cast import AINO, BROWSER, NOW, complete, drafted

pytestmark = pytest.mark.django_db


def with_home(**answers):
    return lambda content: content.with_section("home", answers)


def with_wishes(**answers):
    return lambda content: content.with_section("wishes", answers)


def save(draft, change, **more):
    return save_draft(
        application_id=draft.id, change=change, seen_revision=draft.revision, actor=BROWSER, now=NOW, **more
    )


@pytest.fixture
def draft():
    return queries.draft_of(drafted(complete(AINO)), now=NOW)


def test_a_save_of_the_draft_that_was_read_is_its_next_revision(draft):
    saved = save(draft, with_home(tenure="owned"), read=draft)

    after = queries.draft_of(draft.id, now=NOW)
    assert not saved.overwrote_newer
    assert (after.revision, after.content) == (draft.revision + 1, saved.content)
    assert after.content.home["tenure"] == "owned"


def test_a_save_in_between_is_kept_and_told(draft):
    save(draft, with_wishes(highest_rent=700))

    saved = save(draft, with_home(tenure="owned"), read=draft)

    after = queries.draft_of(draft.id, now=NOW).content
    assert saved.overwrote_newer
    assert (after.home["tenure"], after.wishes["highest_rent"]) == ("owned", 700)


def test_a_draft_that_was_sent_in_between_does_not_change(draft):
    send_application(application_id=draft.id, actor=BROWSER, now=NOW)

    with pytest.raises(AlreadySent):
        save(draft, with_home(tenure="owned"), read=draft)

    assert Application.objects.get().draft is None


def test_the_language_of_the_application_follows_its_answer(draft):
    save(draft, lambda content: content.with_section("application", {"language": "sv"}), read=draft)

    assert Application.objects.get().language == "sv"
