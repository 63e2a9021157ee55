"""The limits of usernames and slips are exact from 16 processes at once."""

import pytest

from kanssa.accounts.account_refusals import TooManySignIns, WrongActivationCode, WrongCredentials
from kanssa.accounts.models import ActivationCode
from kanssa.evidence.models import Event
from kanssa.messages.letters import contents_of
from kanssa.messages.models import Message
from kanssa.usecases.issue_activation_code import issue_activation_code
from kanssa.usecases.mail_account_link import mail_account_link
from kanssa.values.role import Role
from tests.accounts.sixteen import told_to_16_processes
from tests.cast import AINO, NOW, identified
from tests.staff import member

pytestmark = pytest.mark.django_db(transaction=True)

MAILBOX = "aino@example.com"


def slip_and_link():
    clerk = member(Role.CLERK)
    code = issue_activation_code(served=identified(AINO), staff=clerk, actor=clerk.actor, now=NOW)
    mail_account_link(email=MAILBOX, language="fi", address="192.0.2.1", now=NOW)
    return code, contents_of(Message.objects.get(topic="account_link"))[1]["token"]


def test_of_48_wrong_passwords_of_one_account_exactly_five_are_looked_at():
    told = told_to_16_processes("by_password", times=3, email=MAILBOX, address="192.0.2.#")

    assert told.count(WrongCredentials.code) == 5
    assert told.count(TooManySignIns.code) == 43
    assert Event.objects.filter(kind="refused", facts__deed="sign_in").count() == 48


def test_of_48_wrong_passwords_from_one_address_exactly_thirty_are_looked_at():
    told = told_to_16_processes("by_password", times=3, email="guess-#@example.com", address="192.0.2.1")

    assert told.count(WrongCredentials.code) == 30
    assert told.count(TooManySignIns.code) == 18


def test_of_16_wrong_codes_of_one_slip_exactly_five_are_compared():
    code, token = slip_and_link()

    told = told_to_16_processes(
        "by_code", times=1, token=token, code=f"{code[:4]}-2222-2222", address="192.0.2.#"
    )

    assert told.count(WrongActivationCode.code) == 16
    assert ActivationCode.objects.get().tries == 5


def test_the_right_code_from_16_processes_opens_one_account():
    code, token = slip_and_link()

    told = told_to_16_processes("by_code", times=1, token=token, code=code, address="192.0.2.#")

    assert told.count("in") == 1
    assert Event.objects.filter(kind="account-opened").count() == 1
