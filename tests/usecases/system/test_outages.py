"""An outage on the last day of a time to confirm extends it to the next open day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kanssa.applications.models import OURS, Outage, Pulse
from kanssa.applications.states import State
from kanssa.evidence.models import Event
from kanssa.identification import registry
from kanssa.identification.protocol import Finding
from kanssa.messages.models import Message
from kanssa.usecases.system.measure_own_outage import measure_own_outage
from kanssa.values.actor import SYSTEM
from kanssa.worker.outages import measure_brokers
from kanssa.worker.timers import run_timers
from tests.cast import AINO, EINO, arrived, completed, confirmed, joined, later, loaded_application, sent

pytestmark = pytest.mark.django_db


def waiting():
    """Aino's application with Eino, who has not confirmed; and the end of its time."""
    application = sent(AINO, EINO)
    confirmed(application, arrived(AINO))
    return application, loaded_application(application).application.confirm_by


def outage(begin, *, minutes, service="bank"):
    end = begin + timedelta(minutes=minutes)
    return Outage.objects.create(service=service, begun_at=begin, ended_at=end)


def state_of(application, *, now):
    return loaded_application(application, now=now).state


@pytest.mark.parametrize("service", ["bank", OURS])
def test_an_outage_on_evening_30_extends_the_time_to_the_next_open_day(service):
    application, end = waiting()
    outage(end - timedelta(hours=3), minutes=90, service=service)

    run_timers(now=end + timedelta(minutes=1))

    loaded = loaded_application(application, now=end + timedelta(minutes=1))
    assert loaded.state is State.SENT
    assert loaded.application.confirm_by >= end + timedelta(days=1)
    joined(application, EINO, now=end + timedelta(hours=10))
    assert state_of(application, now=end + timedelta(hours=10)) is State.VALID
    assert Event.objects.filter(kind="clock-extends", application_id=application.pk).count() == 1


def test_the_extended_time_ends_when_no_further_outage_comes():
    application, end = waiting()
    outage(end - timedelta(hours=3), minutes=90)
    run_timers(now=end + timedelta(minutes=1))
    later_end = loaded_application(application, now=end + timedelta(minutes=1)).application.confirm_by

    run_timers(now=later_end + timedelta(minutes=1))

    assert state_of(application, now=later_end + timedelta(minutes=1)) is State.LAPSED


def test_only_adults_whose_confirmation_is_missing_are_told():
    application, end = waiting()
    eino = arrived(EINO)
    completed(application, eino, email="eino-own@example.com")
    outage(end - timedelta(hours=3), minutes=90)

    run_timers(now=end + timedelta(minutes=1))

    told = [each.applicant_id for each in Message.objects.filter(topic="time_extended")]
    assert told == [application.applicants.get(person_id=eino.person_id).pk]


def test_a_short_outage_and_one_on_another_day_extend_nothing():
    application, end = waiting()
    outage(end - timedelta(hours=3), minutes=9)
    outage(end - timedelta(days=2), minutes=300)

    assert state_of(application, now=end) is State.LAPSED


def test_a_time_is_not_extended_without_end():
    application, end = waiting()
    outage(end - timedelta(hours=1), minutes=60 * 24 * 60)

    assert state_of(application, now=end + timedelta(days=60)) is State.LAPSED


def test_failures_close_together_are_one_outage():
    for minutes in (0, 5, 10, 60):
        Outage.objects.record_failure("bank", at=later(minutes=minutes))

    lengths = [each.ended_at - each.begun_at for each in Outage.objects.order_by("begun_at")]
    assert lengths == [timedelta(minutes=10), timedelta(0)]


def test_a_silent_worker_is_measured_as_an_outage_of_ours():
    Pulse.objects.create(pk=1, wall_at=timezone.now() - timedelta(hours=2))

    measure_own_outage(actor=SYSTEM, now=later())
    measure_own_outage(actor=SYSTEM, now=later(minutes=1))

    ours = Outage.objects.get()
    assert ours.service == OURS
    assert ours.ended_at == later()
    assert timedelta(hours=2) <= ours.ended_at - ours.begun_at < timedelta(hours=2, minutes=1)


def test_nothing_lapses_on_a_page_while_the_worker_is_silent_over_the_midnight():
    application, end = waiting()
    Pulse.objects.create(pk=1, wall_at=timezone.now() - timedelta(hours=2))

    assert state_of(application, now=end + timedelta(hours=1)) is State.SENT
    assert state_of(application, now=end + timedelta(hours=3)) is State.LAPSED


def test_a_broker_with_a_fault_is_noted_and_one_without_is_not(monkeypatch):
    class Examined:
        def __init__(self, level):
            self.level = level

        def examine(self, *, now):
            return [Finding(self.level, "a sentence")]

    methods = {"bank": Examined("fault"), "mobile": Examined("soon")}
    monkeypatch.setattr(registry, "methods", lambda: methods)

    measure_brokers(now=later())

    assert list(Outage.objects.values_list("service", flat=True)) == ["bank"]
