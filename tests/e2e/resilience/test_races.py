"""Races in the number that the rule asks for: longer than the other tests may take."""

import pytest

from tests.usecases.confirmation.test_edit_against_confirm import edit_meets_confirm

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_thousand_edits_against_a_thousand_confirmations_bind_nobody_to_what_they_did_not_see():
    came_out = edit_meets_confirm(1000)

    assert came_out == {("material", "refused"), ("material", "confirmed"), ("light", "confirmed")}
