"""Two desks record one identity code at the same moment, in real transactions."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from kanssa.people.models import Person, hetu_lookup
from kanssa.usecases.desk.documents.record_identity_code import record_identity_code
from kanssa.values.hetu import Hetu
from kanssa.values.refusal import Refusal
from tests.cast import AINO, NOW, sent
from tests.e2e.generated_people import identity_code
from tests.usecases.confirmation.test_confirmation_races import at_once
from tests.usecases.desk.documents.test_identify_in_person import PASSPORT, checked, clerk, main_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


def served_without_code(born):
    """Identify a person by a document without an identity code."""
    application = sent(replace(AINO, hetu=identity_code(born, 950)))
    check = replace(PASSPORT, born=born, is_code_same=None)
    return application, checked(application, main_of(application), check, staff=clerk()).identified


def recording(hetu, application, served):
    saga = clerk()

    def recorded():
        try:
            record_identity_code(
                hetu=hetu,
                application_id=application.pk,
                served=served,
                staff=saga,
                now=NOW,
            )
        except Refusal as refusal:
            return refusal.code
        return "recorded"

    return recorded


@pytest.mark.parametrize("number", range(ROUNDS))
def test_one_of_two_desks_records_the_code_and_the_other_is_refused(number):
    born = date(1961, 1, 1) + timedelta(days=number * 31)
    hetu = Hetu(identity_code(born, 960))
    first, second = served_without_code(born), served_without_code(born)

    outcomes = at_once(recording(hetu, *first), recording(hetu, *second))

    assert sorted(outcomes) == ["person-known", "recorded"]
    assert Person.objects.filter(hetu_lookup=hetu_lookup(hetu)).count() == 1
