"""No other adult can tell what one adult did in private: two runs are equal, byte by byte."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from kanssa.applications.models import Application
from kanssa.evidence.models import Event
from tests.noninterference.hidden_acts import HIDDEN_ACTS, answers_the_proposal, identifies
from tests.noninterference.lives import lives
from tests.noninterference.pinned import pinned_randomness
from tests.noninterference.planted_leaks import PLANTED
from tests.noninterference.public_acts import (
    PUBLIC_ACTS,
    another_leaves,
    discards,
    edits_the_household,
    hidden_adult_confirms,
    main_applicant_confirms,
    others_confirm,
    the_others_go_on,
    types_another_name,
    types_nonsense,
)
from tests.noninterference.scene import STEP, Household, Scene, page_clock, sent
from tests.noninterference.two_runs import Act, Life, leak_in

pytestmark = pytest.mark.django_db
_AS_DRAWN = settings(
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # shrinking takes longer than reading the life that failed
)


@settings(_AS_DRAWN, max_examples=20)
@given(life=lives())
def test_the_others_see_the_same_whatever_one_adult_did_in_private(life: Life) -> None:
    assert leak_in(life) == ""


@pytest.mark.long
@settings(_AS_DRAWN, max_examples=500)
@given(life=lives())
def test_the_others_of_500_households_see_the_same(life: Life) -> None:
    assert leak_in(life) == ""


@pytest.mark.parametrize("leak", PLANTED)
def test_a_planted_leak_is_found(leak: str) -> None:
    assert leak_in(PLANTED[leak].life) == ""

    with PLANTED[leak].plant():
        assert leak_in(PLANTED[leak].life) != ""


TYPICAL = Household(("hilma",), 0, "own", "fi", is_main_identified=True)
LEAVE_NO_EVENT = {"opens_the_link"}
"""Hidden acts that only read."""


@pytest.mark.parametrize("act", HIDDEN_ACTS, ids=lambda act: act.__name__)
def test_every_hidden_act_is_done(act: Act) -> None:
    """An act that is refused would hide nothing."""
    with pinned_randomness() as randomness:
        scene = sent(TYPICAL, randomness)
        if act is answers_the_proposal:
            identifies(scene)
            types_another_name(scene)
        before = Event.objects.exclude(kind="refused").count()
        with page_clock(scene):
            act(scene)

    done = Event.objects.exclude(kind="refused").count() > before
    assert done is (act.__name__ not in LEAVE_NO_EVENT)


@pytest.mark.parametrize("act", PUBLIC_ACTS, ids=lambda act: act.__name__)
def test_every_public_act_is_done(act: Act) -> None:
    """An act on a page that is not there would show nothing to compare."""
    with pinned_randomness() as randomness:
        scene = sent(TYPICAL, randomness)
        scene.now += timedelta(days=1)  # renewed on the day of sending, nothing happens
        with page_clock(scene):
            if act is the_others_go_on:
                another_leaves(scene)
            if act is discards:
                wait_for_a_change(scene)
            before = rows_of(scene)
            act(scene)

    assert rows_of(scene) != before or act is types_nonsense


def wait_for_a_change(scene: Scene) -> None:
    """Let everyone confirm, then let a change wait."""
    for each in (main_applicant_confirms, others_confirm, hidden_adult_confirms, edits_the_household):
        each(scene)
        scene.now += STEP


def rows_of(scene: Scene) -> list[object]:
    return [Event.objects.exclude(kind="refused").count(), scene.now, draft_of(scene)]


def draft_of(scene: Scene) -> object:
    return Application.objects.get(pk=scene.application.pk).draft_revision
