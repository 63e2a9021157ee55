"""A copy carries what its copier typed, and the shared wishes; nothing that a former main applicant typed."""

import pytest

from kanssa.applications.aggregate.drafts import draft_content_of
from kanssa.applications.models import Application
from tests.actions import accepted_main, copied, own_household, with_resident, withdrawn
from tests.cast import (
    AINO,
    EINO,
    HOUSEHOLD,
    applicant_of,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    sent,
)

pytestmark = pytest.mark.django_db


def taken_over():
    """Aino's application, of which Eino accepted the main applicant's place since she is valid elsewhere."""
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    edited(application, aino, with_resident("2019-05-01"))
    confirmed(application, aino)
    eino = joined(application, EINO)
    own = sent(AINO, now=later(days=1))
    confirmed(own, arrived(AINO, now=later(days=1)), now=later(days=1))
    accepted_main(application, eino, now=later(days=1))
    return application, aino, eino


def copy_of(application, who):
    withdrawn(application, who, now=later(days=3))
    return draft_content_of(Application.objects.get(pk=copied(application, who, now=later(days=4))))


def test_who_took_over_copies_neither_the_home_nor_the_need_nor_the_children_of_another():
    application, _aino, eino = taken_over()

    draft = copy_of(application, eino)

    assert draft.home == draft.need == draft.residents == {}
    assert draft.wishes == HOUSEHOLD["wishes"]
    assert draft.application == {"kind": "ordinary", "language": "fi"}
    assert draft.adults[draft.main_applicant_id]["hetu"] == EINO.hetu


def test_what_they_typed_since_is_theirs_and_is_copied():
    application, aino, eino = taken_over()
    aino_id = applicant_of(application, aino).pk

    edited(
        application,
        eino,
        lambda content: own_household(content.without_adult(aino_id)),
        now=later(days=2),
    )

    draft = copy_of(application, eino)
    assert draft.home == {"tenure": "rented-other"}
    assert draft.need == {"reasons": ["separation"]}


def test_the_one_who_sent_it_copies_everything_they_typed():
    application = sent(AINO)
    aino = arrived(AINO, sent_here=application)
    edited(application, aino, with_resident("2019-05-01"))

    draft = copy_of(application, aino)

    assert draft.home == HOUSEHOLD["home"]
    assert draft.need == HOUSEHOLD["need"]
    assert [facts["first_names"] for facts in draft.residents.values()] == ["Onni"]
