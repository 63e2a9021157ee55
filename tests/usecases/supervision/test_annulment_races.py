"""An annulled identification proves nothing, even to actions at the same moment; real transactions."""

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kanssa.accounts.activation_codes import codes_of
from kanssa.applications.models import Confirmation
from kanssa.identification.models import DeskCheck, Identification
from kanssa.identification.sessions import ACCOUNT
from kanssa.usecases.confirmation.accept_terms import accept_terms
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.usecases.supervision.annul_desk_check import annul_desk_check
from kanssa.values.hetu import Hetu
from kanssa.values.refusal import Refusal
from kanssa.values.role import Role
from tests.cast import AINO, NOW, arrived, confirmed, sent
from tests.e2e.generated_people import identity_code
from tests.usecases.accounts.test_accounts import came, opened
from tests.usecases.confirmation.test_confirmation_races import at_once
from tests.usecases.desk.documents.test_identify_in_person import PASSPORT, checked, clerk, main_of

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


@pytest.fixture(params=range(ROUNDS))
def impostor(request):
    """Identify an impostor as a main applicant already identified by a bank; return the application too."""
    born = date(1960, 1, 1) + timedelta(days=request.param * 31)
    who = replace(AINO, hetu=identity_code(born, 900 + request.param))
    application = sent(who)
    arrived(who)
    check = replace(PASSPORT, born=Hetu(who.hetu).born)
    identified = checked(application, main_of(application), check, staff=clerk()).identified
    accept_terms(identified=identified, version="2026-01-01", language="fi", actor=identified.actor, now=NOW)
    return application, identified


def annul():
    valma = clerk(Role.SUPERVISOR)
    check = DeskCheck.objects.get()

    def annulled():
        annul_desk_check(check_id=check.pk, grounds="forged", words="Forged.", staff=valma, now=NOW)

    return annulled


def tried(action):
    def done():
        with suppress(Refusal):
            action()

    return done


def test_no_confirmation_survives_an_identification_annulled_meanwhile(impostor):
    application, identified = impostor

    at_once(annul(), tried(lambda: confirmed(application, identified)))

    assert not Confirmation.objects.filter(ended_at=None, identification__annulled_at__isnull=False).exists()


def test_no_slip_survives_an_identification_annulled_meanwhile(impostor):
    _application, identified = impostor
    saga = clerk()

    at_once(
        annul(),
        tried(lambda: issue_activation_code(served=identified, staff=saga, now=NOW)),
    )

    assert all(each.status != "waiting" for each in codes_of(identified.person_id, now=NOW))


def test_no_session_survives_an_account_removed_with_the_identification_meanwhile(impostor):
    _application, identified = impostor
    opened(identified, now=NOW)

    at_once(annul(), tried(lambda: came(now=NOW)))

    assert not Identification.objects.filter(method=ACCOUNT, ended_at=None).exists()
