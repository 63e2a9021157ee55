"""The closed table of states: every action in every state, on applications brought there by actions alone."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps

from kanssa.applications.models import Application
from kanssa.applications.powers.table import STATES_BY_ACTION
from kanssa.applications.refusals import NoSuchApplication, NotAllowedNow, NothingWaits
from kanssa.applications.states import ACTIVE_STATES, TRANSITIONS, Action, State
from kanssa.applications.transitions import saving
from kanssa.identification.sessions import Identified
from kanssa.usecases.confirmation.acknowledge_changes import acknowledge_changes
from kanssa.usecases.confirmation.confirm_application import confirm_application
from kanssa.usecases.confirmation.save_own_details import save_own_details
from kanssa.usecases.desk.casework.extend_confirmation_time import extend_confirmation_time
from kanssa.usecases.drafts.send_application import send_application
from kanssa.usecases.supervision.undo_lapse import undo_lapse
from kanssa.values.refusal import Refusal
from tests.actions import (
    CLERK,
    SUPERVISOR,
    accepted_main,
    annulled,
    clock_advanced,
    confirmation_withdrawn,
    continued,
    copied,
    corrected,
    declined,
    departed,
    departure_undone,
    discarded,
    housed,
    household_change,
    left,
    link_of,
    not_for_me,
    own_part_copied,
    renewed,
    resent,
    withdrawn,
)
from tests.cast import (
    AINO,
    BROWSER,
    EINO,
    HILMA,
    NOW,
    arrived,
    complete,
    completed,
    confirmed,
    drafted,
    edited,
    later,
    loaded_application,
    sent,
)
from tools.source import trees

pytestmark = pytest.mark.django_db
SOON = timedelta(hours=1)


@dataclass
class Case:
    """Aino's application with Eino; except in `valid` also Hilma, who has not identified yet."""

    application: Application
    now: datetime
    aino: Identified | None = None
    eino: Identified | None = None

    @property
    def state(self):
        return loaded_application(self.application, now=self.now).state


def draft():
    return Case(Application.objects.get(pk=drafted(complete(AINO, EINO))), NOW)


def sent_to_three():
    """Send; Aino has confirmed, Eino has not, Hilma has a link."""
    application = sent(AINO, EINO, HILMA)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = arrived(EINO)
    completed(application, eino)
    return Case(application, later(hours=2), aino, eino)


def valid():
    """Make it valid, with a waiting change that adds Hilma."""
    application = sent(AINO, EINO)
    aino = arrived(AINO, sent_here=application)
    confirmed(application, aino)
    eino = arrived(EINO)
    completed(application, eino)
    confirmed(application, eino)
    edited(application, aino, lambda content: content.with_adult(uuid4(), HILMA.named))
    return Case(application, later(hours=2), aino, eino)


def valid_alone():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    return Case(application, later(hours=2), aino)


def withdrawn_one():
    case = sent_to_three()
    withdrawn(case.application, case.aino, now=case.now)
    return case


def lapsed():
    case = sent_to_three()
    case.now = loaded_application(case.application).application.confirm_by
    clock_advanced(case.application, case.now)
    return case


def expired():
    case = valid()
    discarded(case.application, case.aino)
    case.now = loaded_application(case.application).application.valid_until
    clock_advanced(case.application, case.now)
    return case


def replaced():
    case = valid()
    discarded(case.application, case.aino)
    for role in (AINO, EINO):
        own = sent(role, now=later(minutes=5))
        confirmed(own, arrived(role, now=later(minutes=6)), now=later(minutes=7))
    return case


def housed_one():
    case = valid()
    housed(case.application)
    return case


CASES: dict[State, Callable[[], Case]] = {
    State.DRAFT: draft,
    State.SENT: sent_to_three,
    State.VALID: valid,
    State.EXPIRED: expired,
    State.LAPSED: lapsed,
    State.WITHDRAWN: withdrawn_one,
    State.REPLACED: replaced,
    State.HOUSED: housed_one,
}

DRAFTED_BY = UUID(int=99)


def _send(case):
    send_application(application_id=case.application.pk, actor=BROWSER, now=case.now)


def _confirm(case):
    eino = _identified_as(case, EINO)
    applicant = _applicant_id(case, eino)
    confirm_application(
        application_id=case.application.pk,
        applicant_id=applicant,
        version_id=_version(case),
        identified=eino,
        actor=eino.actor,
        now=case.now,
    )


def _edit(case):
    edited(case.application, _identified_as(case, AINO), household_change(801), now=case.now)


def _correct(case):
    eino = _identified_as(case, EINO)
    ids = {"application_id": case.application.pk, "applicant_id": _applicant_id(case, eino)}
    if case.state not in ACTIVE_STATES:
        save_own_details(**ids, facts={"phone": "+358401"}, identified=eino, actor=eino.actor, now=case.now)
    corrected(case.application, eino, {"phone": "+358401234567"}, now=case.now)


def _annul(case):
    given = case.application.confirmations.filter(person=case.aino.person_id if case.aino else None).first()
    annulled(given.pk if given else DRAFTED_BY, now=case.now)


def _not_for_me(case):
    invited = case.application.applicants.filter(invitations__isnull=False).order_by("position").first()
    if invited is None:
        raise NoSuchApplication
    not_for_me(link_of(invited.pk), now=case.now)


def _resend(case):
    hilma = case.application.applicants.filter(removed_at=None).order_by("position").last()
    resent(case.application, hilma.pk if hilma else DRAFTED_BY, _identified_as(case, AINO), now=case.now)


def _depart(case):
    applicant = case.application.applicants.order_by("position").last()
    departed(case.application, applicant.pk if applicant else DRAFTED_BY, now=case.now)


def _continue(case):
    eino = _applicant_identified_as(case, EINO)
    if case.state in ACTIVE_STATES:
        left(case.application, eino, now=case.now)
    continued(case.application, _identified_as(case, AINO), now=case.now)


def _accept_main(case):
    eino = _applicant_identified_as(case, EINO)
    if case.state in ACTIVE_STATES:
        left(case.application, _identified_as(case, AINO), now=case.now)
    accepted_main(case.application, eino, now=case.now + timedelta(days=8))  # offered to all by then


def _undo_departure(case):
    applicant = case.application.applicants.order_by("position").last()
    if case.state in ACTIVE_STATES:
        departed(case.application, applicant.pk, now=case.now)
    elif applicant:  # recorded while it lived
        case.application.applicants.filter(pk=applicant.pk).update(left_at=case.now, left_because="died")
    departure_undone(case.application, applicant.pk if applicant else DRAFTED_BY, now=case.now)


def _acknowledge(case):
    aino = _identified_as(case, AINO)
    acknowledge_changes(
        application_id=case.application.pk,
        applicant_id=_applicant_id(case, aino),
        version_id=_version(case),
        identified=aino,
        actor=aino.actor,
        now=case.now,
    )


def _extend_time(case):
    extend_confirmation_time(
        application_id=case.application.pk,
        days=3,
        grounds="illness",
        words="In hospital.",
        staff=CLERK,
        now=case.now,
    )


def _undo_lapse(case):
    undo_lapse(
        application_id=case.application.pk,
        grounds="outage",
        words="The broker was away.",
        staff=SUPERVISOR,
        now=case.now,
    )


def _copy_own_part(case):
    eino = _identified_as(case, EINO)
    case.application.applicants.filter(person_id=eino.person_id).update(removed_at=case.now)
    own_part_copied(case.application, eino, now=case.now)


ACTS: dict[Action, Callable[[Case], object]] = {
    Action.SEND: _send,
    Action.CONFIRM: _confirm,
    Action.EDIT: _edit,
    Action.CORRECT: _correct,
    Action.RENEW: lambda case: renewed(
        case.application, _identified_as(case, AINO), now=case.now + timedelta(days=1)
    ),
    Action.DISCARD: lambda case: discarded(case.application, _identified_as(case, AINO), now=case.now),
    Action.RESEND: _resend,
    Action.NOT_FOR_ME: _not_for_me,
    Action.DECLINE: lambda case: declined(
        case.application, _applicant_identified_as(case, EINO), now=case.now
    ),
    Action.WITHDRAW_CONFIRMATION: lambda case: confirmation_withdrawn(
        case.application, _applicant_identified_as(case, AINO), now=case.now
    ),
    Action.ACKNOWLEDGE_CHANGES: _acknowledge,
    Action.WITHDRAW: lambda case: withdrawn(case.application, _identified_as(case, AINO), now=case.now),
    Action.LEAVE: lambda case: left(case.application, _applicant_identified_as(case, EINO), now=case.now),
    Action.CONTINUE: _continue,
    Action.ACCEPT_MAIN: _accept_main,
    Action.EXTEND_TIME: _extend_time,
    Action.UNDO_LAPSE: _undo_lapse,
    Action.RECORD_DEPARTURE: _depart,
    Action.UNDO_DEPARTURE: _undo_departure,
    Action.ANNUL: _annul,
    Action.REPORT_LEASE: lambda case: housed(case.application, now=case.now),
    Action.COPY: lambda case: copied(case.application, _identified_as(case, AINO), now=case.now),
    Action.COPY_OWN_PART: _copy_own_part,
}


def _identified_as(case, role):
    known = {AINO: case.aino, EINO: case.eino}[role]
    if known is None:
        known = arrived(role)
        case.aino, case.eino = (known, case.eino) if role is AINO else (case.aino, known)
    return known


def _applicant_identified_as(case, role):
    who = _identified_as(case, role)
    _applicant_id(case, who)
    return who


def _applicant_id(case, who):
    found = case.application.applicants.filter(person_id=who.person_id).first()
    if found is None:
        raise NoSuchApplication
    return found.pk


def _version(case):
    return case.application.versions.latest("number").pk


def rows():
    """Return every row of every table that an action could change, except the log of refusals."""
    models = [
        *apps.get_app_config("applications").get_models(),
        *apps.get_app_config("messages").get_models(),
    ]
    kept = {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}
    events = apps.get_model("evidence", "Event").objects.exclude(kind__in=["refused", "terms-accepted"])
    return kept | {"Event": sorted(map(str, events.values_list()))}


def test_each_state_is_reached_by_actions():
    for state, case in CASES.items():
        assert case().state is state


def test_the_table_covers_every_action_and_only_states_that_exist():
    required = {
        Action[node.args[0].attr]
        for path, tree in trees().items()
        if path.startswith("usecases/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".require")
    }
    assert STATES_BY_ACTION.keys() == set(Action)
    assert ACTS.keys() == required | {Action.SEND}
    assert CASES.keys() == set(State)
    assert {end for move in TRANSITIONS for end in (move.source, move.target)} == set(State)


# State after an allowed action on the case made here, where it changes.
BECOMES = {
    (State.DRAFT, Action.SEND): State.SENT,
    (State.LAPSED, Action.UNDO_LAPSE): State.SENT,
    (State.SENT, Action.WITHDRAW): State.WITHDRAWN,
    (State.VALID, Action.WITHDRAW): State.SENT,  # Eino holds a confirmation: Aino only leaves
    (State.VALID, Action.WITHDRAW_CONFIRMATION): State.SENT,
    (State.VALID, Action.ANNUL): State.SENT,
    (State.VALID, Action.LEAVE): State.SENT,
    (State.VALID, Action.CONTINUE): State.SENT,
    (State.VALID, Action.ACCEPT_MAIN): State.SENT,
    (State.VALID, Action.REPORT_LEASE): State.HOUSED,
}

NOT_NOW = {NotAllowedNow.code}
DRAFT_HAS_NO_OWNER = NOT_NOW | {"no-such-application", "no-such-confirmation"}
# The withdrawal has already ended the links.
REFUSED_AS = {(State.WITHDRAWN, Action.NOT_FOR_ME): {"invitation-spent"}}


@pytest.mark.parametrize("action", ACTS)
@pytest.mark.parametrize("state", State)
def test_an_action_follows_the_table_or_is_refused_and_changes_nothing(state, action):
    case = CASES[state]()
    for role in (AINO, EINO):
        _identified_as(case, role)
    before = rows()

    if (state, action) == (State.SENT, Action.DISCARD):  # a change waits only after falling back, see below
        with pytest.raises(NothingWaits):
            ACTS[action](case)
        assert rows() == before
    elif state in STATES_BY_ACTION[action]:
        ACTS[action](case)

        assert rows() != before
        assert case.state is BECOMES.get((state, action), state)
    elif action is Action.SEND:  # sent twice, it is one application
        _send(case)
        assert rows() == before
    else:
        with pytest.raises(Refusal) as refused:
            ACTS[action](case)
        assert rows() == before
        assert refused.value.code in REFUSED_AS.get(
            (state, action), DRAFT_HAS_NO_OWNER if state is State.DRAFT else NOT_NOW
        )


def ran_out():
    """Fall back: the validity period passed while a change waited."""
    case = valid()
    case.now = loaded_application(case.application).application.valid_until - timedelta(days=1)
    edited(case.application, case.aino, household_change(77), now=case.now)
    case.now += timedelta(days=2)
    clock_advanced(case.application, case.now)
    return case


def lost_to_another():
    """Make both valid elsewhere; return also the confirmations that ended theirs here."""
    case = valid()
    discarded(case.application, case.aino)
    given = []
    for role in (EINO, AINO):
        own = sent(role, now=later(minutes=5))
        given.append(confirmed(own, arrived(role, now=later(minutes=6)), now=later(minutes=7)))
    return case, given


def confirm_own(role, *, minutes):
    own = sent(role, now=later(minutes=minutes))
    return own, confirmed(own, arrived(role, now=later(minutes=minutes)), now=later(minutes=minutes))


def last_one_confirms():
    case = sent_to_three()
    edited(case.application, case.aino, lambda content: content.without_adult(content.co_applicant_ids[-1]))
    confirmed(case.application, case.aino)
    yield case
    confirmed(case.application, case.eino)
    yield case


def edit_is_taken_back():
    case = ran_out()
    yield case
    edited(
        case.application,
        case.aino,
        lambda content: content.with_section("home", {"cost": None}),
        now=case.now,
    )
    yield case


def discarded_after_its_time():
    case = ran_out()
    yield case
    discarded(case.application, case.aino, now=case.now)
    yield case


def all_lost_while_sent():
    case = sent_to_three()
    edited(case.application, case.aino, lambda content: content.without_adult(content.co_applicant_ids[-1]))
    confirmed(case.application, case.aino)
    confirm_own(AINO, minutes=1)
    confirmed(case.application, case.eino)
    yield case
    confirm_own(EINO, minutes=2)
    yield case


def one_loses_all_while_valid():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    case = Case(application, later(hours=2), aino)
    yield case
    confirm_own(AINO, minutes=1)
    yield case


def what_ended_it_is_annulled():
    application = sent(AINO)
    aino = arrived(AINO)
    confirmed(application, aino)
    _own, given = confirm_own(AINO, minutes=1)
    case = Case(application, later(hours=2), aino)
    yield case
    annulled(given, now=later(hours=1))
    yield case


def half_of_what_ended_it_is_annulled():
    case, given = lost_to_another()
    own = Application.objects.get(confirmations__pk=given[0])
    withdrawn(own, case.eino, now=later(minutes=9))
    yield case
    annulled(given[1], now=later(hours=1))
    yield case


def waits_past_its_time():
    case = valid()
    case.now = loaded_application(case.application).application.valid_until - timedelta(days=1)
    edited(case.application, case.aino, household_change(77), now=case.now)
    yield case
    case.now += timedelta(days=1)
    clock_advanced(case.application, case.now)
    yield case


def moved_by(case, act, *, until=None):
    made = case()
    yield made
    if until:
        made.now = until(made)
    act(made)
    yield made


def pass_time(case):
    clock_advanced(case.application, case.now)


def without_the_change():
    case = valid()
    discarded(case.application, case.aino)
    return case


PATHS = [
    (State.DRAFT, State.SENT, lambda: moved_by(draft, _send)),
    (State.SENT, State.VALID, last_one_confirms),
    (State.SENT, State.VALID, edit_is_taken_back),
    (State.VALID, State.HOUSED, lambda: moved_by(valid, ACTS[Action.REPORT_LEASE])),
    (State.SENT, State.WITHDRAWN, lambda: moved_by(sent_to_three, ACTS[Action.WITHDRAW])),
    (State.VALID, State.WITHDRAWN, lambda: moved_by(valid_alone, ACTS[Action.WITHDRAW])),
    (State.SENT, State.REPLACED, all_lost_while_sent),
    (State.VALID, State.REPLACED, one_loses_all_while_valid),
    (State.VALID, State.SENT, lambda: moved_by(valid, ACTS[Action.WITHDRAW_CONFIRMATION])),
    (State.VALID, State.SENT, lambda: moved_by(valid, ACTS[Action.ANNUL])),
    (State.VALID, State.SENT, lambda: moved_by(valid, lambda _case: confirm_own(EINO, minutes=1))),
    (State.VALID, State.SENT, waits_past_its_time),
    (State.VALID, State.EXPIRED, lambda: moved_by(without_the_change, pass_time, until=the_end_of_validity)),
    (State.SENT, State.EXPIRED, discarded_after_its_time),
    (State.SENT, State.LAPSED, lambda: moved_by(sent_to_three, pass_time, until=the_end_of_confirming)),
    (State.LAPSED, State.SENT, lambda: moved_by(lapsed, _undo_lapse)),
    (State.REPLACED, State.VALID, what_ended_it_is_annulled),
    (State.REPLACED, State.SENT, half_of_what_ended_it_is_annulled),
]


def the_end_of_validity(case):
    return loaded_application(case.application).application.valid_until


def the_end_of_confirming(case):
    return loaded_application(case.application).application.confirm_by


@pytest.mark.parametrize(("source", "target", "path"), PATHS)
def test_a_transition_of_the_table_is_made_by_actions(source, target, path):
    steps = path()

    assert next(steps).state is source
    case = next(steps)
    assert case.state is target
    case.application.refresh_from_db()
    assert case.application.state == target


def test_every_transition_of_the_table_is_tested_here_and_no_other():
    assert {path[:2] for path in PATHS} == {(move.source, move.target) for move in TRANSITIONS}


def test_a_transition_missing_from_the_table_is_a_bug_that_undoes_the_action(monkeypatch):
    case = sent_to_three()
    monkeypatch.setattr(saving, "_KNOWN_TRANSITIONS", {(State.DRAFT, State.SENT)})

    with pytest.raises(RuntimeError, match="names no way from sent to withdrawn"):
        withdrawn(case.application, case.aino, now=case.now)

    assert case.state is State.SENT
