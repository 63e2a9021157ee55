"""The rate limits of usernames and slips are exact from 16 processes at once."""

import pytest

from kanssa.accounts.applicant_refusals import (
    LinksFromHereUsedUp,
    TooManySignIns,
    WrongActivationCode,
    WrongCredentials,
)
from kanssa.accounts.models import ActivationCode
from kanssa.applications.models import Application
from kanssa.applications.refusals import (
    DraftLinksFromHereUsedUp,
    DraftLinksUsedUp,
    TooManyDrafts,
    TooManySearches,
)
from kanssa.evidence.models import Event
from kanssa.identification.refusals import TooManyIdentifications
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.usecases.accounts.mail_account_link import mail_account_link
from kanssa.usecases.desk.serving.issue_activation_code import issue_activation_code
from kanssa.values.role import Role
from tests.accounts.sixteen_processes import run_in_16_processes
from tests.cast import AINO, NOW, complete, drafted, identified
from tests.staff import member

pytestmark = pytest.mark.django_db(transaction=True)

MAILBOX = "aino@example.com"


def slip_and_link():
    clerk = member(Role.CLERK)
    code = issue_activation_code(served=identified(AINO), staff=clerk, now=NOW)
    mail_account_link(email=MAILBOX, language="fi", address="192.0.2.1", now=NOW)
    return code, read_contents(Message.objects.get(topic="account_link"))[1]["token"]


def test_of_48_wrong_passwords_of_one_account_from_one_address_exactly_five_are_compared():
    outcomes = run_in_16_processes("by_password", times=3, email=MAILBOX, address="192.0.2.1")

    assert outcomes.count(WrongCredentials.code) == 5
    assert outcomes.count(TooManySignIns.code) == 43
    assert Event.objects.filter(kind="refused", facts__contains={"deed": "sign_in"}).count() == 48


def test_of_128_wrong_passwords_of_one_account_from_as_many_addresses_exactly_100_are_compared():
    outcomes = run_in_16_processes("by_password", times=8, email=MAILBOX, address="10.0.#.%")

    assert outcomes.count(WrongCredentials.code) == 100
    assert outcomes.count(TooManySignIns.code) == 28


def test_an_address_of_16_processes_guesses_thirty_times_and_then_twice_at_each_account():
    outcomes = run_in_16_processes("by_password", times=5, email="guess-#@example.com", address="192.0.2.1")

    assert 16 * 2 <= outcomes.count(WrongCredentials.code) <= 30 + 16 * 2
    assert outcomes.count(WrongCredentials.code) + outcomes.count(TooManySignIns.code) == 80


def test_of_16_wrong_codes_of_one_slip_exactly_five_are_compared():
    code, token = slip_and_link()

    outcomes = run_in_16_processes(
        "by_code", times=1, token=token, code=f"{code[:4]}-2222-2222", address="192.0.2.#"
    )

    assert outcomes.count(WrongActivationCode.code) == 16
    assert ActivationCode.objects.get().tries == 5


def test_the_right_code_from_16_processes_opens_one_account():
    code, token = slip_and_link()

    outcomes = run_in_16_processes("by_code", times=1, token=token, code=code, address="192.0.2.#")

    assert outcomes.count("in") == 1
    assert Event.objects.filter(kind="account-opened").count() == 1


def test_of_80_drafts_begun_from_one_address_at_once_exactly_60_begin():
    outcomes = run_in_16_processes("by_beginning", times=5, address="192.0.2.1")

    assert (outcomes.count("in"), outcomes.count(TooManyDrafts.code)) == (60, 20)
    assert Application.objects.count() == 60


def test_of_16_draft_links_to_one_mailbox_at_once_exactly_five_are_mailed():
    draft = drafted(complete(AINO))

    outcomes = run_in_16_processes(
        "by_draft_link", times=1, application_id=str(draft), address=MAILBOX, network="192.0.2.#"
    )

    assert (outcomes.count("in"), outcomes.count(DraftLinksUsedUp.code)) == (5, 11)
    assert Message.objects.filter(topic="draft_link").count() == 5


def test_of_48_draft_links_requested_from_one_address_at_once_exactly_30_pass_its_limit():
    outcomes = run_in_16_processes(
        "by_draft_link",
        times=3,
        application_id=str(drafted(complete(AINO))),
        address="a#-%@example.com",
        network="192.0.2.1",
    )

    assert outcomes.count(DraftLinksFromHereUsedUp.code) == 18


def test_of_144_identifications_begun_from_one_address_at_once_exactly_120_go_on():
    outcomes = run_in_16_processes("by_identifying", times=9, address="192.0.2.1")

    assert outcomes.count(TooManyIdentifications.code) == 24


def test_of_48_account_links_requested_from_one_address_at_once_exactly_30_are_mailed():
    outcomes = run_in_16_processes("by_account_link", times=3, email="a#-%@example.com", address="192.0.2.1")

    assert (outcomes.count("in"), outcomes.count(LinksFromHereUsedUp.code)) == (30, 18)


def test_of_320_searches_of_one_clerk_at_once_exactly_300_are_made():
    outcomes = run_in_16_processes("by_searching", times=20, typed="Korhonen")

    assert (outcomes.count("in"), outcomes.count(TooManySearches.code)) == (300, 20)
    assert Event.objects.filter(kind="searched").count() == 300
