"""Every `record(…)` in the code names a kind of the catalogue, and no fact that the kind does not name."""

import pytest

from kanssa.applications.states import TimedTransition
from kanssa.applications.transitions.locking import _EVENT_OF_TRANSITION
from kanssa.evidence.events import EventKind
from kanssa.evidence.record import record
from kanssa.values.actor import SYSTEM
from tests.cast import NOW
from tools.events_page import recorded_facts


# The facts of a refusal are passed as a dictionary, which every test of a refusal sends through `record`.
@pytest.mark.parametrize("kind", [each for each in EventKind if each is not EventKind.REFUSED])
def test_a_kind_is_recorded_with_exactly_the_facts_that_it_names(kind):
    assert recorded_facts()[kind.name] == kind.facts


@pytest.mark.parametrize("kind", EventKind)
def test_a_kind_has_one_sentence_and_a_stored_name_that_fits(kind):
    assert kind.sentence.endswith(".")
    assert kind.sentence[:-1].count(".") == 0
    assert len(kind.value) <= 60


def test_stored_names_are_unique():
    assert len(EventKind) == len(EventKind.__members__)


def test_each_timed_transition_has_its_event():
    assert set(_EVENT_OF_TRANSITION) == set(TimedTransition)
    assert {kind.value for kind in _EVENT_OF_TRANSITION.values()} == {
        f"clock-{each}" for each in TimedTransition
    }


def test_an_unknown_fact_is_refused():
    with pytest.raises(TypeError, match="housed holds no rent"):
        record(EventKind.HOUSED, actor=SYSTEM, now=NOW, rent=900)
