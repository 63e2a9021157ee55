"""Random lives of applications, on the real database, checked against the rules of DOMAIN.md.

The oracle reads the rows that actions leave (versions' parts, confirmations, times) and knows
nothing of how the code derives a state from them.
"""

import os
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kanssa.applications.aggregate.loaded_application import LoadedApplication
from kanssa.applications.content.digests import digest_that_concerns
from kanssa.applications.models import Applicant, Application, Confirmation, Seat
from kanssa.messages.models import Message
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.values.refusal import Refusal
from kanssa.worker.timers import run_timers
from tests import actions
from tests.cast import AINO, EINO, HILMA, NOW, arrived, completed, confirmed, edited, loaded_application, sent

ACTIVE_STATES = {"sent", "valid"}
PEOPLE = {"aino": AINO, "eino": EINO, "hilma": HILMA}
# Each person is on two applications, so that confirming one may end the confirmation of another.
APPLICATIONS = {"x": (AINO, EINO), "y": (EINO, HILMA), "z": (AINO,)}
CHILD = "2009-01-15"

names = st.sampled_from(sorted(PEOPLE))
which = st.sampled_from(sorted(APPLICATIONS))
amounts = st.integers(1, 3).map(lambda number: number * 100)
durations = st.one_of(
    st.integers(1, 4).map(lambda days: timedelta(days=days)),
    st.sampled_from([10, 14, 25, 30, 31, 44, 45, 60, 90, 91, 92, 366]).map(lambda days: timedelta(days=days)),
    st.just(timedelta(seconds=1)),
)


class Lives(RuleBasedStateMachine):
    """Three people and three applications; every action of the table, and the clock."""

    def __init__(self):
        super().__init__()
        # One transaction per life, rolled back at its end.
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now = NOW
        self.applications = {key: sent(*roles) for key, roles in APPLICATIONS.items()}
        self.who = {}
        for name, role in PEOPLE.items():
            self.who[name] = arrived(role, now=self.now)
        for key, roles in APPLICATIONS.items():
            for role in roles[1:]:
                completed(self.applications[key], self.person(role), now=self.now)
        self.ended = set()
        self.messages = set()
        self.excuse = None
        self.mains = mains()

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def person(self, role):
        return next(self.who[name] for name, each in PEOPLE.items() if each is role)

    def do(self, excuse, action, *args, **kwargs):
        """Run an action, or see it refused; `excuse` names the confirmations that it may end."""
        self.now += timedelta(seconds=1)
        self.excuse = excuse
        before = rows()
        try:
            with transaction.atomic():
                action(*args, now=self.now, **kwargs)
        except Refusal:
            assert rows() == before
        except Applicant.DoesNotExist:
            assert rows() == before

    @rule(key=which, name=names)
    def confirm(self, key, name):
        self.do(("confirmed", key, name), confirmed, self.applications[key], self.who[name])

    @rule(key=which, name=names, amount=amounts)
    def edit_lightly(self, key, name, amount):
        self.do(None, edited, self.applications[key], self.who[name], actions.light_change(amount))

    @rule(key=which, name=names, amount=amounts)
    def edit_the_household(self, key, name, amount):
        self.do(None, edited, self.applications[key], self.who[name], actions.household_change(amount))

    @rule(key=which, name=names, amount=amounts)
    def edit_own_part(self, key, name, amount):
        self.do(None, edited, self.applications[key], self.who[name], actions.main_applicant_change(amount))

    @rule(key=which, name=names, other=names)
    def name_another(self, key, name, other):
        taken = {
            row.person_id
            for row in loaded_application(self.applications[key], now=self.now).applicants.values()
        }
        if self.who[other].person_id not in taken:
            self.do(None, edited, self.applications[key], self.who[name], actions.with_adult(PEOPLE[other]))

    @rule(key=which, name=names, other=names)
    def leave_out(self, key, name, other):
        row = Applicant.objects.filter(
            application=self.applications[key], person_id=self.who[other].person_id, removed_at=None
        ).first()
        if row is not None:
            self.do(None, edited, self.applications[key], self.who[name], actions.without(row.pk))

    @rule(key=which, name=names)
    def name_a_child(self, key, name):
        self.do(None, edited, self.applications[key], self.who[name], actions.with_resident(CHILD, uuid4()))

    @rule(key=which, name=names, amount=amounts)
    def correct(self, key, name, amount):
        self.do(None, actions.corrected, self.applications[key], self.who[name], {"gross_income": amount})

    @rule(key=which, name=names, amount=amounts)
    def begin_to_correct(self, key, name, amount):
        who, application = self.who[name], self.applications[key]

        def begin(*, now):
            applicant = Applicant.objects.get(
                application=application, person_id=who.person_id, removed_at=None
            )
            save_own_details(
                application_id=application.pk,
                applicant_id=applicant.pk,
                facts={"gross_income": amount},
                identified=who,
                actor=who.actor,
                now=now,
            )

        self.do(None, begin)

    @rule(key=which, name=names)
    def identify_again(self, key, name):
        self.now += timedelta(seconds=1)
        self.excuse = None
        self.who[name] = arrived(PEOPLE[name], sent_here=self.applications[key], now=self.now)

    @rule(key=which, name=names)
    def renew(self, key, name):
        self.do(None, actions.renewed, self.applications[key], self.who[name])

    @rule(key=which, name=names)
    def discard(self, key, name):
        self.do(None, actions.discarded, self.applications[key], self.who[name])

    @rule(key=which, name=names)
    def answer_for_the_household(self, key, name):
        self.do(None, edited, self.applications[key], self.who[name], actions.own_household)

    @rule(key=which, name=names, refuses_asking=st.booleans())
    def decline(self, key, name, refuses_asking):
        self.do(
            None,
            actions.declined,
            self.applications[key],
            self.who[name],
            refuses_asking=refuses_asking,
        )

    @rule(key=which, name=names, other=names)
    def hand_over_an_invitation(self, key, name, other):
        row = Applicant.objects.filter(
            application=self.applications[key],
            person_id=self.who[other].person_id,
            removed_at=None,
            is_main=False,
        ).first()
        if row is not None:
            by_hand = actions.invited_by_hand(row.pk)
            self.do(None, edited, self.applications[key], self.who[name], by_hand)

    @rule(key=which, name=names, at_period_end=st.booleans())
    def take_back(self, key, name, at_period_end):
        excuse = None if at_period_end else ("taken back", key, name)
        self.do(
            excuse,
            actions.confirmation_withdrawn,
            self.applications[key],
            self.who[name],
            at_period_end=at_period_end,
        )

    @precondition(lambda self: self.now > NOW + timedelta(days=5))
    @rule(key=which, name=names)
    def leave(self, key, name):
        self.do(("left", key, name), actions.left, self.applications[key], self.who[name])

    @rule(key=which, name=names)
    def continue_without_leavers(self, key, name):
        self.do(None, actions.continued, self.applications[key], self.who[name])

    @rule(key=which, name=names)
    def accept_the_main_place(self, key, name):
        self.do(("accepted", key, name), actions.accepted_main, self.applications[key], self.who[name])

    @precondition(lambda self: self.now > NOW + timedelta(days=20))
    @rule(key=which, name=names)
    def withdraw(self, key, name):
        # While another adult holds a confirmation, only their own part ends.
        self.do(("left", key, name), actions.withdrawn, self.applications[key], self.who[name])

    @precondition(lambda self: self.now > NOW + timedelta(days=20))
    @rule(key=which)
    def house(self, key):
        self.do(None, actions.housed, self.applications[key])

    @rule(key=which, name=names)
    def depart(self, key, name):
        row = Applicant.objects.filter(
            application=self.applications[key], person_id=self.who[name].person_id, removed_at=None
        ).first()
        if row is not None:
            self.do(None, actions.departed, self.applications[key], row.pk)

    @rule(key=which, name=names)
    def take_departure_back(self, key, name):
        row = Applicant.objects.filter(
            application=self.applications[key], person_id=self.who[name].person_id, left_at__isnull=False
        ).first()
        if row is not None:
            self.do(None, actions.departure_undone, self.applications[key], row.pk)

    @rule(key=which, index=st.integers(0, 3))
    def annul(self, key, index):
        given = list(Confirmation.objects.filter(application=self.applications[key]).order_by("confirmed_at"))
        if index < len(given):
            self.do(("annulled",), actions.annulled, given[-1 - index].pk)

    @rule(duration=durations, times=st.integers(0, 2))
    def time_passes(self, duration, times):
        """Move the clock and run the timers `times` times."""
        self.now += duration
        self.excuse = None
        for _time in range(times):
            run_timers(now=self.now)
        if times:
            waiting = Application.objects.filter(due_at__lte=self.now)
            assert not waiting.exists()
            written = Message.objects.count()
            run_timers(now=self.now)
            assert Message.objects.count() == written

    @invariant()
    def an_application_is_valid_while_every_adult_has_an_active_confirmation_and_time_is_left(self):
        for row in Application.objects.exclude(state="draft"):
            seen = LoadedApplication.of(row.pk, now=self.now)
            if row.ended_as:
                assert seen.state == row.ended_as
                continue
            is_valid = is_held(row, self.now) and row.valid_until is not None and self.now < row.valid_until
            has_run_out = row.to_confirm_since and row.valid_until and row.valid_until <= row.to_confirm_since
            assert (seen.state == "valid") == bool(is_valid and not has_run_out)

    @invariant()
    def a_confirmation_ends_only_for_an_allowed_reason(self):
        for each in Confirmation.objects.exclude(ended_at=None).exclude(pk__in=self.ended):
            self.ended.add(each.pk)
            match each.ended_because:
                case "used-elsewhere":
                    assert Confirmation.objects.filter(
                        application_id=each.ended_for, person_id=each.person_id
                    ).exists()
                case "withdrawn":
                    key, name = self.excuse[1:]
                    assert self.excuse[0] == "taken back"
                    assert self.applications[key].pk == each.application_id
                    assert self.who[name].person_id == each.person_id
                case "left":
                    key, name = self.excuse[1:]
                    assert self.excuse[0] == "left"
                    assert self.applications[key].pk == each.application_id
                    assert self.who[name].person_id == each.person_id
                case "removed":
                    assert each.applicant.removed_at is not None
                case "annulled":
                    assert self.excuse == ("annulled",)
                case "too-old":
                    assert each.ends_by <= self.now
                case other:
                    raise AssertionError(other)

    @invariant()
    def no_person_becomes_main_applicant_without_accepting(self):
        for key, application in self.applications.items():
            main = mains()[application.pk]
            if main != self.mains[application.pk]:
                assert self.excuse[:2] == ("accepted", key)
                assert self.who[self.excuse[2]].person_id == main
        self.mains = mains()

    @invariant()
    def no_adult_confirms_what_only_a_former_main_applicant_answered_for(self):
        for each in Confirmation.objects.select_related("version"):
            took_over = Applicant.objects.filter(
                application=each.application_id, is_main=True, main_accepted_at__lt=each.confirmed_at
            ).first()
            if took_over is not None and each.confirmed_at > took_over.main_accepted_at:
                made = each.application.versions.filter(
                    made_at__gt=took_over.main_accepted_at,
                    made_at__lte=each.version.made_at,
                    made_by_id=took_over.person_id,
                )
                assert made.exists()

    @invariant()
    def no_application_is_withdrawn_from_under_a_confirmation(self):
        for row in Application.objects.filter(state="withdrawn"):
            main = row.applicants.get(is_main=True)
            parts = {part.applicant_id: part for part in row.current_version.parts.all()}
            held = row.confirmations.filter(ended_at=None, applicant__left_at=None).exclude(applicant=main)
            for each in held.filter(applicant__in=[key for key in parts if key]):
                assert bytes(each.digest) != digest_in(parts, each.applicant_id)

    @invariant()
    def no_person_is_on_two_valid_applications(self):
        seated = {}
        for row in Application.objects.filter(state="valid"):
            if LoadedApplication.of(row.pk, now=self.now).state != "valid":
                continue
            adults = set(
                row.confirmed_version.parts.exclude(applicant=None).values_list(
                    "applicant__person_id", flat=True
                )
            )
            for person in adults:
                assert person not in seated
                seated[person] = row.pk
            held = set(Seat.objects.filter(application=row).values_list("person_id", flat=True))
            assert held == adults

    @invariant()
    def a_confirmation_binds_the_digest_of_its_version(self):
        for each in Confirmation.objects.select_related("version"):
            parts = {part.applicant_id: part for part in each.version.parts.all()}
            if each.applicant_id in parts:
                assert bytes(each.digest) == digest_in(parts, each.applicant_id)

    @invariant()
    def no_reminder_after_declining_and_no_message_to_a_failed_address(self):
        for message in Message.objects.exclude(pk__in=self.messages):
            self.messages.add(message.pk)
            applicant = Applicant.objects.filter(pk=message.applicant_id).first()
            if applicant is None:
                continue
            lookup = bytes(message.address_lookup)
            if message.topic in ("reminder", "change") and not was_invited(applicant, lookup):
                assert applicant.declined_at is None
            sides = set(
                applicant.address_troubles.filter(address_lookup=lookup).values_list("side", flat=True)
            )
            assert sides != {"own", "typed"}


def mains():
    """Return the main applicant's person of each application."""
    return dict(Applicant.objects.filter(is_main=True).values_list("application_id", "person_id"))


def was_invited(applicant, lookup):
    """Return whether an adult got a link at this address, where nothing may show that they declined."""
    links = Message.objects.filter(applicant_id=applicant.pk, topic="invitation", address_lookup=lookup)
    return links.exists()


def rows():
    """Read all values that actions may change, and the number of messages."""
    return (
        list(
            Application.objects.order_by("pk").values_list(
                "pk", "state", "current_version", "confirmed_version", "confirm_by", "valid_until"
            )
        ),
        list(Confirmation.objects.order_by("pk").values_list("pk", "ended_at", "ends_by")),
        list(
            Applicant.objects.order_by("pk").values_list(
                "pk", "person", "is_main", "declined_at", "removed_at", "left_at"
            )
        ),
        Message.objects.count(),
    )


def is_held(row, now):
    """Return whether each adult of the version last confirmed by all has an active confirmation."""
    if row.confirmed_version is None:
        return False
    parts = {part.applicant_id: part for part in row.confirmed_version.parts.all()}
    active = {
        (each.applicant_id, bytes(each.digest))
        for each in Confirmation.objects.filter(application=row, ended_at=None, ends_by__gt=now)
    }
    return all((adult, digest_in(parts, adult)) in active for adult in parts if adult is not None)


def digest_in(parts, adult):
    household, own = bytes(parts[None].material_digest), bytes(parts[adult].material_digest)
    return digest_that_concerns(household=household, own=own)


def live(examples, steps):
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],  # shrinking takes longer than reading the failed run
        ),
    )


@pytest.mark.django_db
def test_random_lives_keep_the_rules():
    live(int(os.environ.get("KANSSA_LIVES", "12")), 25)
