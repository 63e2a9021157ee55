"""Addresses with impossible filters or pages are answered without an error of ours."""

import pytest

from tests.web.browser import Browser
from tests.web.staff.supervision.test_supervision import FOLDER, at_the_office

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address",
    [
        "decided/?before=" + "9" * 30,
        "decided/?before=" + "9" * 5000,
        "protected/?before=" + "9" * 5000,
        "checks/all/?until=9999-12-31",
        "checks/all/?since=0001-01-01",
        "checks/all/?desk=%00",
        "checks/all/?at=0001-01-01T00:00:00%2B14:00&after=00000000-0000-0000-0000-000000000001",
    ],
    ids=["big", "long", "protected", "until", "since", "nul", "after"],
)
def test_an_odd_address_is_answered(address):
    office = at_the_office(Browser())
    answer = office.get(f"{FOLDER}{address}")
    assert answer.status_code < 500
