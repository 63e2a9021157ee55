"""Races repeated as often as the rule asks, which takes longer than other tests may."""

import pytest

from tests.usecases.confirmation.test_edit_against_confirm import edit_meets_confirm

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_thousand_edits_against_a_thousand_confirmations_bind_no_adult_to_an_unseen_version():
    came_out = edit_meets_confirm(1000)

    assert came_out == {("material", "refused"), ("material", "confirmed"), ("light", "confirmed")}
