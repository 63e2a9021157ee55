"""The table of powers is closed: every action has a row, every use case names one, every message is named."""

import ast

import pytest

from kanssa.applications.powers.power import MADE_VALID, WHEN_MAIN_PLACE_OPENS, WHEN_REMOVED, Holder, Paper
from kanssa.applications.powers.table import GROUPS, POWERS, require_power
from kanssa.applications.refusals import NotInYourPower
from kanssa.applications.states import ACTIVE_STATES, Action
from kanssa.messages.topics import Topic
from kanssa.usecases.use_case import use_case
from kanssa.values.actor import Actor
from kanssa.values.role import Role
from tests.cast import NOW
from tools.call_graph import PASSAGES, entrances_to, functions_that_name
from tools.powers_page import powers_of_use_cases, render_powers_page, use_cases_by_action
from tools.source import trees

BROWSERS = "moves what this browser holds; no application changes"
SESSIONS = "begins, continues or ends the session of a person; claiming a place is an action of its own"
TERMS = "is about the person and the terms, on no application"
READS = "reads, and records the reading"
STAFF = "manages the staff's own accounts"
OFFICE = "edits the desk's information"
WITHOUT_A_ROW = {
    "open_browser_hold": BROWSERS,
    "keep_browser_hold": BROWSERS,
    "end_browser_hold": BROWSERS,
    "accept_terms": TERMS,
    "begin_identification": SESSIONS,
    "finish_identification": SESSIONS,
    "store_reply": SESSIONS,
    "sign_in": SESSIONS,
    "sign_out": SESSIONS,
    "start_logout": SESSIONS,
    "receive_logout": SESSIONS,
    "reauthenticate": SESSIONS,
    "reauthenticate_by_identification": SESSIONS,
    "reauthenticate_by_second_factor": SESSIONS,
    "list_casework": READS,
    "open_applicant": READS,
    "open_case": READS,
    "open_invitation_code": READS,
    "open_protected_contacts": READS,
    "open_task": READS,
    "record_served_page": READS,
    "search_applications": READS,
    "list_decisions": READS,
    "list_desk_checks": READS,
    "list_locked_activation_codes": READS,
    "list_office_edits": READS,
    "list_protected_reads": READS,
    "open_desk_check": READS,
    "open_history": READS,
    "edit_office": OFFICE,
    "declare_conflict_of_interest": STAFF,
    "begin_staff_sign_on": STAFF,
    "change_roles": STAFF,
    "check_staff_password": STAFF,
    "choose_staff_password": STAFF,
    "close_staff_account": STAFF,
    "finish_staff_sign_on": STAFF,
    "list_staff": STAFF,
    "open_staff_account": STAFF,
    "reopen_staff_account": STAFF,
    "reset_staff_account": STAFF,
    "set_staff_roles": STAFF,
    "set_up_second_factor": STAFF,
    "sign_out_staff": STAFF,
    "verify_second_factor": STAFF,
}
"""Use cases that act on no application, each with the reason."""

TIME = PASSAGES["applications/transitions/locking.py", "_load"]
SAVING = PASSAGES["applications/transitions/saving.py", "save"]


def topics_caused():
    """Map each use case, and each passage, to the topics that it can queue, found by its calls."""
    caused = {}
    for topic in Topic:
        for entrance in entrances_to(functions_that_name("Topic", topic.name)):
            caused.setdefault(entrance, set()).add(topic)
    return caused


def test_every_action_has_one_row_and_every_row_an_action():
    assert set(POWERS) == set(Action)
    assert sum(len(rows) for rows in GROUPS.values()) == len(Action)


def test_every_use_case_names_its_row_or_is_listed_with_a_reason():
    without = {name for name, action in powers_of_use_cases().items() if action is None}

    assert without == set(WITHOUT_A_ROW)


def test_every_row_is_of_some_use_case():
    assert set(use_cases_by_action()) == {action.name for action in Action}


def test_a_use_case_that_requires_a_state_requires_its_own_rows():
    """Saving an edit is an edit; a link that ended is sent again."""
    other = {("save_draft", "EDIT"), ("resolve_proposal", "CORRECT"), ("renew_mailed_link", "RESEND")}
    required = {
        (path.rpartition("/")[2].removesuffix(".py"), node.args[0].attr)
        for path, tree in trees().items()
        if path.startswith("usecases/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "require"
    }

    assert {(name, action) for name, action in required if powers_of_use_cases()[name] != action} == other


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name)
def test_a_row_names_exactly_the_topics_that_its_use_cases_can_cause(action):
    caused = topics_caused()
    found = set().union(*(caused.get(name, ()) for name in use_cases_by_action()[action.name]))
    row = POWERS[action]
    if action is Action.PASS_TIME:
        found |= caused[TIME]
    assert caused[SAVING] == {*WHEN_REMOVED, *WHEN_MAIN_PLACE_OPENS}
    found |= {*(WHEN_REMOVED if row.can_remove else ())}
    found |= {*(WHEN_MAIN_PLACE_OPENS if row.can_open_main_place else ())}

    assert row.topics == found


def test_every_topic_is_named_by_a_row():
    assert set().union(*(row.topics for row in POWERS.values())) == set(Topic)


def test_every_holder_and_every_paper_is_named_by_a_row():
    assert {each.holder for row in POWERS.values() for each in row.grants} == set(Holder)
    assert {each for row in POWERS.values() for each in row.tells if isinstance(each, Paper)} == set(Paper)


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name)
def test_a_row_says_who_where_and_what_others_see(action):
    row = POWERS[action]

    assert row.grants
    assert row.states
    assert row.others_see.endswith((".", "”."))
    assert row.states >= set(ACTIVE_STATES) or len(row.states) == 1 or action is Action.COPY


@pytest.mark.parametrize("action", Action, ids=lambda action: action.name)
def test_an_actor_that_the_row_does_not_name_is_refused(action):
    for kind in ("browser", "link", "person", "staff", "program", "system"):
        if kind in POWERS[action].kinds:
            require_power(action, Actor(kind))
        else:
            with pytest.raises(NotInYourPower):
                require_power(action, Actor(kind))


@pytest.mark.django_db
def test_a_use_case_is_refused_to_another_actor_before_it_runs():
    ran = []

    @use_case(Action.CONFIRM)
    def confirm_from_outside(*, actor, now):
        ran.append(actor)

    with pytest.raises(NotInYourPower):
        confirm_from_outside(actor=Actor("program"), now=NOW)
    confirm_from_outside(actor=Actor("person"), now=NOW)

    assert ran == [Actor("person")]


def test_a_use_case_of_the_staff_requires_the_roles_that_its_row_names():
    required = {}
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "require_role":
                required[path.rpartition("/")[2].removesuffix(".py")] = {
                    Role[each.attr] for each in node.args[1:]
                }
    named = {name: POWERS[Action[action]].roles for name, action in powers_of_use_cases().items() if action}

    assert {name: roles for name, roles in required.items() if name in named and roles != named[name]} == {}


def test_the_consequences_are_told_by_topics_of_their_own():
    assert not set(MADE_VALID) & set(WHEN_REMOVED)


def test_the_page_has_a_section_for_every_action():
    page = render_powers_page()

    for action in Action:
        assert f"### {action[0].upper()}{action[1:]}\n" in page
