"""Strategies: households, and lives of theirs."""

from hypothesis import strategies as st

from tests.noninterference.hidden_acts import HIDDEN_ACTS
from tests.noninterference.public_acts import PUBLIC_ACTS
from tests.noninterference.scene import MAILBOXES, Household
from tests.noninterference.two_runs import Life

households = st.builds(
    Household,
    others=st.sampled_from([(), ("hilma",), ("hilma", "otso")]),
    position=st.integers(0, 2),
    mailbox=st.sampled_from(sorted(MAILBOXES)),
    language=st.sampled_from(["fi", "sv", "en"]),
    # Most of the life of an application comes after that.
    is_main_identified=st.sampled_from([True, True, True, False]),
)
_hidden = st.lists(st.sampled_from(HIDDEN_ACTS), max_size=2).map(tuple)
_first = st.lists(st.sampled_from(HIDDEN_ACTS), min_size=1, max_size=3).map(tuple)
_public = st.sampled_from(PUBLIC_ACTS)


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw a life: at least one hidden act comes before the first public one."""
    rest = draw(st.lists(st.tuples(_hidden, _public), max_size=3))
    return Life(draw(households), ((draw(_first), draw(_public)), *rest), draw(_hidden))
