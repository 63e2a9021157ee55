"""Timed transitions and their messages: each on its day, each once."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanssa.applications.aggregate.periods import confirmation_ends_from, confirming_time_from, validity_from
from kanssa.applications.states import State
from kanssa.calendar.days import HELSINKI, coming_of_age, day_of, end_of, is_adult, last_day_before
from kanssa.messages.models import Message
from kanssa.office.current import is_open_on
from kanssa.office.information import default_office
from kanssa.worker.timers import run_timers
from tests.actions import clock_advanced, renewed, with_adult, with_resident
from tests.cast import (
    AINO,
    EINO,
    HILMA,
    NOW,
    OTSO,
    TODAY,
    CastMember,
    arrived,
    confirmed,
    edited,
    joined,
    later,
    loaded_application,
    sent,
)

CODES = [EINO.hetu, HILMA.hetu, OTSO.hetu, "131052-308T"]
BETWEEN = {"min_value": datetime(2024, 1, 1), "max_value": datetime(2040, 12, 31)}  # noqa: DTZ001 as Hypothesis wants
MOMENTS = st.datetimes(timezones=st.just(HELSINKI), **BETWEEN)
CHANGES_OF_CLOCKS = [date(2027, 3, 28), date(2027, 10, 31), date(2028, 2, 29), date(2026, 12, 31)]


def days_of(topic, applicant=None):
    messages = Message.objects.filter(topic=topic)
    if applicant is not None:
        messages = messages.filter(applicant_id=applicant.pk)
    return sorted((day_of(message.written_at) - TODAY).days for message in messages)


def every_day(until, *, times=2, hour=9, minute=1):
    """Run the timers each day, twice each time."""
    day = TODAY
    while day <= until:
        for _time in range(times):
            run_timers(now=datetime(day.year, day.month, day.day, hour, minute, tzinfo=HELSINKI))
        day += timedelta(days=1)


@pytest.mark.django_db
def test_reminders_leave_on_days_3_14_and_25_to_the_missing_applicant_and_the_main_applicant():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    main, other = application.applicants.order_by("position")

    every_day(TODAY + timedelta(days=29))

    assert days_of("reminder", main) == [3, 14, 25]
    assert days_of("reminder", other) == [3, 14, 25]


@pytest.mark.django_db
def test_expiry_is_announced_14_and_3_days_before_the_last_day():
    application = sent(AINO)
    confirmed(application, arrived(AINO))
    last = last_day_before(loaded_application(application).application.valid_until)

    every_day(last + timedelta(days=2))

    days = (last - TODAY).days
    assert days_of("expiry") == [days - 14, days - 3]
    application.refresh_from_db()
    assert application.state == State.EXPIRED


@pytest.mark.django_db
@pytest.mark.parametrize("week_from", [0, 2, 10, 20, 23, 26])
def test_a_week_without_timers_ends_in_one_reminder_at_most_per_person(week_from):
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))
    every_day(TODAY + timedelta(days=week_from), times=1)
    before = Message.objects.count()

    run_timers(now=later(days=week_from + 8))

    addressed = [message.applicant_id for message in Message.objects.order_by("written_at")[before:]]
    assert len(addressed) == len(set(addressed))


@pytest.mark.django_db
def test_months_without_timers_end_in_the_final_state_and_no_reminders():
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO, sent_here=application))

    run_timers(now=later(days=200))

    application.refresh_from_db()
    assert application.state == State.LAPSED
    assert last_day_before(application.ended_at) == day_of(later(days=30)) + timedelta(days=4)
    assert not Message.objects.filter(topic="reminder").exists()


@pytest.mark.django_db
def test_a_confirmation_is_carried_over_renewals_for_12_months_and_no_longer():
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    joined(application, EINO)
    for months in (2, 4, 6, 8, 10, 11.5):
        renewed(application, aino, now=later(days=30 * months))
    end = confirmation_ends_from(NOW)

    assert loaded_application(application, now=end - timedelta(microseconds=1)).state is State.VALID
    clock_advanced(application, end)

    assert loaded_application(application, now=end).state is State.SENT
    assert loaded_application(application, now=end).application.confirm_by == confirming_time_from(end)


@pytest.mark.django_db
def test_the_main_applicant_is_notified_30_days_before_a_resident_comes_of_age():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    edited(application, aino, with_resident("2009-02-10"), now=NOW)
    confirmed(application, aino)

    every_day(date(2027, 2, 12))

    assert [day_of(message.written_at) for message in Message.objects.filter(topic="coming_of_age")] == [
        date(2027, 1, 11)
    ]
    assert loaded_application(application, now=later(days=80)).state is State.VALID


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)))
def test_a_resident_comes_of_age_on_their_18th_birthday(born):
    day = coming_of_age(born)

    assert is_adult(born, on=day)
    assert not is_adult(born, on=day - timedelta(days=1))


@pytest.mark.parametrize("year", [2004, 2008, 2012])
def test_a_resident_born_on_29_february_comes_of_age_on_1_march(year):
    assert coming_of_age(date(year, 2, 29)) == date(year + 18, 3, 1)


@given(MOMENTS)
@settings(max_examples=300)
@pytest.mark.django_db
def test_every_deadline_is_a_helsinki_midnight_and_the_30_days_end_on_an_office_day(moment):
    for end in (confirming_time_from(moment), validity_from(moment), confirmation_ends_from(moment)):
        assert end == end_of(last_day_before(end))
    last = last_day_before(confirming_time_from(moment))
    assert is_open_on(last, default_office())
    assert last >= day_of(moment) + timedelta(days=30)
    assert last_day_before(validity_from(moment)) >= day_of(moment) + timedelta(days=90)


@pytest.mark.django_db
@pytest.mark.parametrize("day", CHANGES_OF_CLOCKS)
def test_the_last_moment_counts_on_nights_of_clock_and_calendar_changes(day):
    last = last_day_before(confirming_time_from(datetime(day.year, day.month, day.day, 12, tzinfo=HELSINKI)))
    start = datetime(day.year, day.month, day.day, 0, 30, tzinfo=HELSINKI)
    application = sent(AINO, now=start)
    end = loaded_application(application, now=start).application.confirm_by

    assert last_day_before(end) == last
    confirmed(application, arrived(AINO, now=start), now=end - timedelta(microseconds=1))

    application.refresh_from_db()
    assert application.state == State.VALID


@pytest.mark.django_db
def test_a_resident_who_comes_of_age_may_exceed_the_limit_of_adults():
    application = sent(AINO)
    aino = arrived(AINO)
    full = [
        CastMember("Full", f"Person{number}", hetu, f"p{number}@example.com")
        for number, hetu in enumerate(CODES)
    ]
    for each in full:
        edited(application, aino, with_adult(each))
    child = uuid4()
    edited(application, aino, with_resident("2008-12-10", child))
    reached_by = {"hetu": "101208A9018", "email": "onni@example.com"}

    edited(application, aino, lambda content: content.with_adult(child, reached_by), now=later(days=20))

    assert len(loaded_application(application, now=later(days=20)).current.content.adults) == 6
