"""The review of a person's own details: their latest input, and the main applicant's proposal."""

import re

import pytest

from kanssa.applications.aggregate.corrections import correction_of
from tests.cast import EINO, applicant_of, arrived, completed, loaded_application
from tests.web.account.test_same_before_and_after import (
    TYPED,
    Aino,
    identified_main,
    settle,
    types_another_address,
)
from tests.web.browser import Browser, text_of

pytestmark = pytest.mark.django_db

LATEST = "eino-latest@example.com"


def visited(browser, clock, *, is_complete=False, proposes=True):
    """Let Eino identify, and Aino then type another address of him if she `proposes`."""
    application = identified_main(browser)
    eino = arrived(EINO)
    if is_complete:
        completed(application, eino)
    if proposes:
        types_another_address(Aino(browser, application, clock))
    his = Browser()
    his.identify("eino")
    his.post("confirming/terms/")
    return application, his


def types(browser, application, email):
    answers = {"email": email, "contact_language": "fi"}
    browser.send(f"confirming/{application.pk}/own-details/contact/", **answers)


def review(browser, application):
    return browser.get(f"confirming/{application.pk}/").content.decode()


def applicant_id_of(application):
    return applicant_of(application, arrived(EINO))


def latest(application):
    him = applicant_id_of(application)
    return loaded_application(application).facts_of(him.pk) | correction_of(him)


def proposal_in(html):
    return re.search(r'<dl class="summary-list changes proposal">(.*?)</dl>', html, re.DOTALL)[1]


def test_the_review_shows_the_latest_input_while_details_are_missing(browser, clock):
    application, eino = visited(browser, clock, proposes=False)

    types(eino, application, LATEST)

    page = review(eino, application)
    assert LATEST in page
    assert EINO.email not in page
    assert "You see what you typed last" in page
    assert "Complete your own details first" in page


def test_unsaved_input_must_be_saved_before_confirming(browser, clock):
    application, eino = visited(browser, clock, is_complete=True, proposes=False)
    name = {"last_name": "Korhonen", "first_names": "Ensio"}
    eino.send(f"confirming/{application.pk}/own-details/name/", **name)

    page = review(eino, application)

    assert "Your latest changes are not in the application yet" in page
    assert "own-details/name/?back=review" in page
    assert "Confirm the application</button>" not in page
    eino.send(f"confirming/{application.pk}/own-details/name/?back=review", **name)
    page = review(eino, application)
    assert "You see what you typed last" not in page
    assert "Confirm the application</button>" in page


def test_a_proposal_is_compared_with_the_persons_latest_input(browser, clock):
    application, eino = visited(browser, clock)

    types(eino, application, LATEST)

    proposal = proposal_in(review(eino, application))
    assert LATEST in proposal
    assert TYPED in proposal
    assert EINO.email not in proposal


def test_a_proposal_equal_to_the_latest_input_is_not_shown(browser, clock):
    application, eino = visited(browser, clock)

    answers = {"email": TYPED, "contact_language": "sv"}
    eino.send(f"confirming/{application.pk}/own-details/contact/", **answers)

    assert "proposes other details" not in review(eino, application)


def test_accepting_an_outdated_proposal_does_not_overwrite_newer_input(browser, clock):
    application, eino = visited(browser, clock)
    mark = re.search(r'name="seen" value="([^"]+)"', review(eino, application))[1]
    types(eino, application, LATEST)

    answer = eino.send(f"confirming/{application.pk}/proposal/", seen=mark, choice="take")

    assert answer.status_code == 409
    assert latest(application)["email"] == LATEST


def test_accepting_a_proposal_changes_only_the_shown_differences(browser, clock):
    application, eino = visited(browser, clock)
    types(eino, application, TYPED)
    proposal = proposal_in(review(eino, application))
    assert TYPED not in proposal

    settle(eino, application, "take")

    assert latest(application)["email"] == TYPED
    assert latest(application)["contact_language"] == "sv"


def test_a_proposal_does_not_look_like_a_change(browser, clock):
    application, eino = visited(browser, clock, is_complete=True)

    page = review(eino, application)

    assert "Proposed details" in page
    assert "Proposed by the main applicant" in proposal_in(page)
    assert not re.search(r"<(del|ins)>", page)


@pytest.mark.parametrize(
    ("choice", "is_complete", "says"),
    [
        ("leave", True, "You kept your own details."),
        ("take", True, "The proposed details are now yours. Check them and confirm"),
        ("take", False, "The proposed details are now yours. They count when you have completed"),
    ],
)
def test_either_answer_to_a_proposal_is_acknowledged_once(browser, clock, choice, is_complete, says):
    application, eino = visited(browser, clock, is_complete=is_complete)

    settle(eino, application, choice)

    assert says in text_of(eino.get(f"confirming/{application.pk}/"))
    assert says not in text_of(eino.get(f"confirming/{application.pk}/"))
