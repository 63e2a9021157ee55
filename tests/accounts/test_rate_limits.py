"""Rate limits are exact under concurrent requests."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from kanssa.accounts.models import StaffSignIn
from kanssa.accounts.rate_limits import count_attempt, uncount_attempt
from kanssa.accounts.second_factor_setup import pending_setup
from kanssa.accounts.staff import begin_sign_in, local_user
from kanssa.accounts.staff_refusals import TooManyAttempts, WrongCode, WrongPassword
from kanssa.evidence.models import Event
from kanssa.usecases.staff.check_staff_password import check_staff_password
from kanssa.usecases.staff.choose_staff_password import choose_staff_password
from kanssa.usecases.staff.set_up_second_factor import set_up_second_factor
from kanssa.usecases.staff.verify_second_factor import verify_second_factor
from kanssa.values.refusal import Refusal
from tests.accounts.sixteen_processes import run_in_16_processes
from tests.cast import NOW, later
from tests.staff import EMAIL, PASSWORD, code_of, opened

pytestmark = pytest.mark.django_db(transaction=True)

_QUARTER = timedelta(minutes=15)


def outcomes(operation, times):
    """Run the operation on `times` connections at once; return each result, or the code of its refusal."""
    start = Barrier(times)

    def run(_number):
        start.wait()
        try:
            return operation()
        except Refusal as refusal:
            return refusal.code
        finally:
            # An open connection of a thread would keep the test database from being emptied or dropped.
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def begun_account():
    """Open a local account with its second factor; return the authenticator's secret."""
    sign_in_id = choose_staff_password(token=opened(), password=PASSWORD, now=NOW)
    secret = pending_setup(sign_in_id, now=NOW).in_groups.replace(" ", "")
    set_up_second_factor(sign_in_id=sign_in_id, code=code_of(secret, NOW), now=NOW)
    return secret


def typed(password, *, email=EMAIL, address="192.0.2.1", device="", now=None):
    return check_staff_password(
        email=email, password=password, address=address, device=device, now=now or later(hours=1)
    )


def test_of_160_attempts_from_16_processes_exactly_the_allowed_20_pass():
    results = run_in_16_processes("by_try", times=10, purpose="doors", key="same")

    assert results.count("in") == 20
    assert results.count(TooManyAttempts.code) == 140


def test_of_40_wrong_passwords_at_once_exactly_five_are_compared():
    begun_account()

    results = outcomes(lambda: typed("wrong wrong wrong"), 40)

    assert results.count(WrongPassword.code) == 5
    assert results.count(TooManyAttempts.code) == 35
    assert (
        Event.objects.filter(kind="refused", facts__contains={"deed": "check_staff_password"}).count() == 40
    )


def test_of_40_wrong_codes_at_once_exactly_five_are_compared():
    begun_account()
    sign_in = begin_sign_in(local_user(EMAIL), way="local", now=NOW, is_whole=False)

    results = outcomes(lambda: verify_second_factor(sign_in_id=sign_in.pk, code="000000", now=NOW), 40)

    assert results.count(WrongCode.code) == 5
    assert results.count(TooManyAttempts.code) == 35


def test_the_right_code_typed_40_times_at_once_signs_in_once():
    secret = begun_account()
    now = later(hours=1)
    sign_ins = [begin_sign_in(local_user(EMAIL), way="local", now=now, is_whole=False) for _ in range(4)]

    results = outcomes(
        lambda: verify_second_factor(sign_in_id=sign_ins.pop().pk, code=code_of(secret, now), now=now), 4
    )

    assert results.count(None) == 1
    assert StaffSignIn.objects.filter(passed_at=now).count() == 1


def guessed(times, email=EMAIL, **where):
    for number in range(times):
        with pytest.raises(WrongPassword):
            typed("wrong wrong wrong", email=email.format(number), **where)


def test_five_wrong_passwords_from_one_address_block_it_and_no_other():
    begun_account()
    guessed(5)

    with pytest.raises(TooManyAttempts):
        typed(PASSWORD)
    assert typed(PASSWORD, address="198.51.100.7")
    guessed(1, "another@example.com")


def test_failures_from_many_addresses_block_strangers_and_not_the_owner_on_a_known_device():
    begun_account()
    for number in range(20):
        guessed(5, address=f"192.0.2.{number}")

    with pytest.raises(TooManyAttempts):
        typed(PASSWORD, address="203.0.113.9")
    assert typed(PASSWORD, address="203.0.113.9", device="marked")


def test_after_thirty_failures_at_an_address_the_right_password_still_works_there():
    begun_account()
    guessed(45, "guess-{}@example.com")

    assert typed(PASSWORD)


def test_wrong_codes_of_strangers_do_not_use_up_those_of_a_known_device():
    secret = begun_account()
    now = later(hours=1)
    sign_in = begin_sign_in(local_user(EMAIL), way="local", now=now, is_whole=False)
    for _time in range(5):
        with pytest.raises(WrongCode):
            verify_second_factor(sign_in_id=sign_in.pk, code="000000", now=now)

    with pytest.raises(TooManyAttempts):
        verify_second_factor(sign_in_id=sign_in.pk, code=code_of(secret, now), now=now)
    verify_second_factor(sign_in_id=sign_in.pk, code=code_of(secret, now), device="marked", now=now)
    assert StaffSignIn.objects.filter(passed_at=now).count() == 1


def test_attempts_are_allowed_again_a_quarter_of_an_hour_after_the_first():
    begun_account()
    for _time in range(5):
        with pytest.raises(WrongPassword):
            typed("wrong wrong wrong")

    with pytest.raises(TooManyAttempts):
        typed(PASSWORD, now=later(hours=1, minutes=14))
    assert typed(PASSWORD, now=later(hours=1, minutes=15))


def test_only_failures_use_up_the_limit():
    begun_account()

    for _time in range(12):
        assert typed(PASSWORD)


def test_no_address_is_stored_in_the_clear():
    count_attempt("doors", "192.0.2.1", most=1, window=_QUARTER, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_ratelimitcounter t")
        [(row,)] = cursor.fetchall()

    assert "192.0.2.1" not in row
    assert b"192.0.2.1".hex() not in row


def test_a_returned_attempt_is_available_again_and_counts_once():
    for _time in range(3):
        count_attempt("doors", "a", most=1, window=_QUARTER, now=NOW)
        uncount_attempt("doors", "a")
        uncount_attempt("doors", "a")

    count_attempt("doors", "a", most=1, window=_QUARTER, now=NOW)
    with pytest.raises(TooManyAttempts):
        count_attempt("doors", "a", most=1, window=_QUARTER, now=NOW)
