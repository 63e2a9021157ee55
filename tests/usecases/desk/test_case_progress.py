"""The progress of a document check on an opened case, and the next step of a clerk."""

from dataclasses import replace
from uuid import uuid4

import pytest

from kanssa.usecases.desk.casework.open_case import CaseCheck
from tests.cast import NOW

IDENTIFIED = CaseCheck(
    check_id=uuid4(),
    applicant_id=uuid4(),
    at=NOW,
    kind="passport",
    refused_because="",
    acting="",
    is_annulment_asked=False,
    can_be_decided=False,
    is_decision_asked=False,
    decision="",
    is_used=False,
    is_told=False,
    has_left=False,
)
REFUSED = replace(IDENTIFIED, refused_because="not-accepted", can_be_decided=True)


@pytest.mark.parametrize(
    ("decision", "is_asked", "progress", "can_ask"),
    [
        ("", False, "", True),
        ("", True, "annulment-asked", False),
        ("kept", False, "kept", True),
        ("kept", True, "annulment-asked", False),
        ("annulled", True, "annulled", False),
    ],
)
def test_an_identification_can_be_questioned_unless_it_is_annulled_or_in_question(
    decision, is_asked, progress, can_ask
):
    check = replace(IDENTIFIED, decision=decision, is_annulment_asked=is_asked)

    assert check.progress == progress
    assert check.can_ask_annulment is can_ask
    assert check.next_step == ""


@pytest.mark.parametrize(
    ("facts", "progress", "next_step"),
    [
        ({}, "", "ask"),
        ({"can_be_decided": False}, "", ""),
        ({"is_decision_asked": True}, "decision-asked", ""),
        ({"is_decision_asked": True, "decision": "identify"}, "identify", "identify"),
        ({"is_decision_asked": True, "decision": "identify", "is_used": True}, "identify", ""),
        ({"is_decision_asked": True, "decision": "identify", "has_left": True}, "identify", ""),
        ({"is_decision_asked": True, "decision": "refuse"}, "refuse", ""),
    ],
)
def test_after_a_refusal_a_clerk_asks_once_and_identifies_once_by_the_decision(facts, progress, next_step):
    check = replace(REFUSED, **facts)

    assert (check.progress, check.next_step) == (progress, next_step)
    assert not check.can_ask_annulment


@pytest.mark.parametrize(
    ("decision", "is_decided"), [("", False), ("kept", False), ("annulled", True), ("refuse", True)]
)
def test_a_person_is_told_of_decisions_that_change_something_for_them(decision, is_decided):
    assert replace(IDENTIFIED, decision=decision).is_decided is is_decided
