"""A second factor opens everything after a password, and is changed by a new identification alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings

from kanssa.accounts.applicant_refusals import (
    NewIdentificationRequired,
    NoUsername,
    ReauthenticationRequired,
    TooManySecondFactors,
    TooManySignIns,
    WrongCredentials,
    WrongSecondFactor,
)
from kanssa.accounts.models import Account
from kanssa.accounts.own_account import own_account, pending_authenticator
from kanssa.applications.refusals import NotIdentified, NotInYourPower
from kanssa.evidence.models import Event
from kanssa.identification.sessions import active_session
from kanssa.messages.models import Message
from kanssa.messages.queue import read_contents
from kanssa.people.models import Person
from kanssa.usecases.accounts.begin_authenticator import begin_authenticator
from kanssa.usecases.accounts.change_password import change_password
from kanssa.usecases.accounts.make_code_list import make_code_list
from kanssa.usecases.accounts.reauthenticate_by_second_factor import reauthenticate_by_second_factor
from kanssa.usecases.accounts.remove_second_factor import remove_second_factor
from kanssa.usecases.accounts.set_up_authenticator import set_up_authenticator
from tests.cast import AINO, OTSO, arrived, confirmed, identified, sent
from tests.staff import code_of
from tests.usecases.accounts.test_accounts import (
    CLERK,
    HOME,
    MAILBOX,
    NEW_PASSWORD,
    PASSWORD,
    TOMORROW,
    came,
    opened,
    reset,
)

pytestmark = pytest.mark.django_db

LATER = TOMORROW + timedelta(minutes=5)


def act(action, who, *, now=TOMORROW, **more):
    return action(identified=who, actor=who.actor, now=now, **more)


def authenticator_of(who, *, now=TOMORROW):
    """Set up an authenticator; return its secret."""
    act(begin_authenticator, who, now=now)
    secret = pending_authenticator(who.person_id).in_groups.replace(" ", "")
    act(set_up_authenticator, who, now=now, code=code_of(secret, now))
    return secret


def prove(who, code, *, now=LATER, address=HOME):
    return act(reauthenticate_by_second_factor, who, now=now, code=code, address=address)


def test_the_authenticators_code_opens_everything_after_a_password():
    aino = opened(identified(AINO))
    secret, by_password = authenticator_of(aino), came(now=LATER)
    application = sent(AINO)
    arrived(AINO, sent_here=application)
    with pytest.raises(ReauthenticationRequired):
        confirmed(application, by_password, now=LATER)

    proven = prove(by_password, code_of(secret, LATER))

    assert confirmed(application, proven, now=LATER)
    assert active_session(by_password.id, now=LATER) is None


def test_each_code_of_the_list_opens_once():
    codes = act(make_code_list, opened(identified(AINO)))

    prove(came(now=LATER), codes[0])

    with pytest.raises(WrongSecondFactor):
        prove(came(now=LATER), codes[0])
    prove(came(now=LATER), codes[1].upper().replace("-", " "))
    assert own_account(identified(AINO).person_id).unused_codes == len(codes) - 2


def test_a_code_of_the_authenticator_opens_once():
    secret = authenticator_of(opened(identified(AINO)))
    prove(came(now=LATER), code_of(secret, LATER))

    with pytest.raises(WrongSecondFactor):
        prove(came(now=LATER), code_of(secret, LATER))


def test_a_new_list_ends_the_earlier_one_and_nothing_is_stored_in_plain_text():
    aino = opened(identified(AINO))
    earlier, newer = act(make_code_list, aino), act(make_code_list, aino)

    with pytest.raises(WrongSecondFactor):
        prove(came(now=LATER), earlier[0])
    stored = " ".join(str(each.facts) for each in Event.objects.all())
    assert not any(code in stored or code.replace("-", "") in stored for code in newer)


def test_a_second_factor_cannot_change_the_second_factor():
    codes = act(make_code_list, opened(identified(AINO)))
    proven = prove(came(now=LATER), codes[0])

    for action in (begin_authenticator, make_code_list, remove_second_factor):
        with pytest.raises(NewIdentificationRequired):
            act(action, proven, now=LATER)


def test_a_password_alone_cannot_set_up_a_second_factor():
    opened(identified(AINO))

    for action in (begin_authenticator, make_code_list, remove_second_factor):
        with pytest.raises(ReauthenticationRequired):
            act(action, came(now=LATER), now=LATER)


def test_a_bank_session_may_set_up_the_second_factor_of_its_persons_account():
    opened(identified(AINO))

    secret = authenticator_of(identified(AINO))

    assert prove(came(now=LATER), code_of(secret, LATER)).is_strong


def test_after_a_reset_a_second_factor_opens_nothing():
    codes = act(make_code_list, opened(identified(AINO)))
    by_reset = reset(now=LATER)

    with pytest.raises(NewIdentificationRequired):
        prove(by_reset, codes[0], now=LATER)
    again = came(password=NEW_PASSWORD, now=LATER)
    with pytest.raises(NewIdentificationRequired):
        prove(again, codes[0], now=LATER)


def test_under_a_non_disclosure_order_a_second_factor_opens_nothing_and_uses_up_no_code():
    aino = opened(identified(AINO))
    codes = act(make_code_list, aino)
    Person.objects.get(pk=aino.person_id).record_non_disclosure(is_protected=True, of="clerk")

    with pytest.raises(NewIdentificationRequired):
        prove(came(now=LATER), codes[0])
    assert own_account(aino.person_id).unused_codes == len(codes)


def test_an_order_that_is_recorded_later_closes_the_session_of_a_second_factor():
    aino = opened(identified(AINO))
    proven = prove(came(now=LATER), act(make_code_list, aino)[0])
    Person.objects.get(pk=aino.person_id).record_non_disclosure(is_protected=True, of="clerk")

    assert not active_session(proven.id, now=LATER).is_strong


def test_wrong_codes_are_limited_and_recorded():
    act(make_code_list, opened(identified(AINO)))
    by_password = came(now=LATER)
    for _ in range(10):
        with pytest.raises(WrongSecondFactor):
            prove(by_password, "000000")

    with pytest.raises(TooManySecondFactors):
        prove(by_password, "000000")
    assert Event.objects.filter(kind="refused", facts__code="too-many-second-factors").exists()


def test_another_persons_code_proves_nothing():
    act(make_code_list, opened(identified(AINO)))
    codes_of_otso = act(make_code_list, opened(identified(OTSO), email="otso@example.com"))

    with pytest.raises(WrongSecondFactor):
        prove(came(now=LATER), codes_of_otso[0])


def test_a_removed_second_factor_opens_nothing():
    aino = opened(identified(AINO))
    secret, codes = authenticator_of(aino), act(make_code_list, aino)

    act(remove_second_factor, aino)

    for code in (codes[0], code_of(secret, LATER)):
        with pytest.raises(WrongSecondFactor):
            prove(came(now=LATER), code)


def test_an_earlier_authenticator_works_until_a_code_proves_the_new_one():
    aino = opened(identified(AINO))
    earlier = authenticator_of(aino)
    act(begin_authenticator, aino)
    with pytest.raises(WrongSecondFactor):
        act(set_up_authenticator, aino, code="000000")

    assert prove(came(now=LATER), code_of(earlier, LATER)).is_strong


def test_closing_the_account_ends_its_second_factor():
    aino = opened(identified(AINO))
    act(make_code_list, aino)
    Account.objects.filter(pk=aino.person_id).delete()

    with pytest.raises(NoUsername):
        act(make_code_list, identified(AINO))


def test_each_change_is_told_to_the_mailbox_and_recorded():
    aino = opened(identified(AINO))

    authenticator_of(aino)
    act(make_code_list, aino, now=LATER)
    act(remove_second_factor, aino, now=LATER + timedelta(seconds=1))

    told = [read_contents(each) for each in Message.objects.filter(topic="second_factor_changed")]
    assert {(to, says["what"]) for to, says in told} == {
        (MAILBOX, what) for what in ("authenticator", "codes", "removed")
    }
    kinds = Event.objects.filter(kind__startswith="second-factor").values_list("kind", flat=True)
    assert sorted(kinds) == ["second-factor-removed", "second-factor-set-up", "second-factor-set-up"]


# The password


def changed(who, *, current=PASSWORD, password=NEW_PASSWORD, now=LATER):
    act(change_password, who, now=now, current=current, password=password, address=HOME)


def test_a_changed_password_ends_the_other_sessions_and_is_told():
    aino, elsewhere = opened(identified(AINO)), came(now=LATER)

    changed(aino)

    assert active_session(elsewhere.id, now=LATER) is None
    assert active_session(aino.id, now=LATER) is not None
    with pytest.raises(WrongCredentials):
        came(now=LATER)
    assert came(password=NEW_PASSWORD, now=LATER)
    [message] = Message.objects.filter(topic="password_changed")
    assert read_contents(message)[0] == MAILBOX


def test_a_password_is_changed_only_with_the_current_one_and_tries_are_limited():
    aino = opened(identified(AINO))
    for _ in range(settings.MAX_GUESSES_PER_ACCOUNT_AND_ADDRESS):
        with pytest.raises(WrongCredentials):
            changed(aino, current="väärä salasana kokonaan")

    with pytest.raises(TooManySignIns):
        changed(aino)
    assert came(address="203.0.113.9", now=LATER)


def test_a_password_alone_does_not_change_the_password():
    opened(identified(AINO))

    with pytest.raises(ReauthenticationRequired):
        changed(came(now=LATER))


def test_a_session_that_ended_meanwhile_changes_nothing():
    aino = opened(identified(AINO))
    reset(now=LATER)

    with pytest.raises(WrongCredentials):
        changed(aino)
    with pytest.raises(NotIdentified):
        changed(aino, current=NEW_PASSWORD, password=PASSWORD)


def test_a_clerk_changes_neither_password_nor_second_factor():
    served = replace(opened(identified(AINO)), by_staff=CLERK.user_id)

    with pytest.raises(NotInYourPower):
        changed(served)
    with pytest.raises(NotInYourPower):
        act(make_code_list, served)
