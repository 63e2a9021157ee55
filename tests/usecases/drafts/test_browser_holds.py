"""A browser's access to a draft ends by itself or with its person's sign-out."""

import pytest

from kanssa.applications.aggregate.browser_holds import held_by
from kanssa.usecases.drafts.end_browser_hold import end_browser_hold
from kanssa.usecases.drafts.keep_browser_hold import keep_browser_hold
from kanssa.usecases.drafts.open_browser_hold import open_browser_hold
from kanssa.usecases.identification.sign_out import sign_out
from tests.cast import AINO, NOW, complete, drafted, identified

pytestmark = pytest.mark.django_db


def test_access_ends_with_the_persons_sign_out_in_any_browser():
    draft, aino = drafted(complete(AINO)), identified(AINO)
    hold = open_browser_hold(application_id=draft, now=NOW)
    keep_browser_hold(hold_id=hold, identified=aino, now=NOW)
    before = held_by(hold)

    sign_out(identified=aino, actor=aino.actor, now=NOW)

    assert (before, held_by(hold)) == (draft, None)


def test_released_access_opens_nothing_and_other_accesses_go_on():
    draft = drafted(complete(AINO))
    one, other = (open_browser_hold(application_id=draft, now=NOW) for _browser in range(2))

    end_browser_hold(hold_id=one, now=NOW)

    assert (held_by(one), held_by(other)) == (None, draft)
