"""The closed table of powers: what it does not name is refused. `docs/powers.md` is drawn from it. Pure.

A new action is a member of `Action` and one row, in the module of its group.
"""

from collections.abc import Mapping

from kanssa.applications.powers.desk import DESK
from kanssa.applications.powers.drafting import DRAFTING
from kanssa.applications.powers.own_part import OWN_PART
from kanssa.applications.powers.power import Power
from kanssa.applications.powers.service import ACCOUNTS, PROGRAMS
from kanssa.applications.refusals import NotInYourPower
from kanssa.applications.states import Action, State
from kanssa.values.actor import Actor

GROUPS: Mapping[str, Mapping[Action, Power]] = {
    "The form, and the main applicant’s actions": DRAFTING,
    "Each adult’s own part, and invitations": OWN_PART,
    "Clerks and supervisors as officers of the city": DESK,
    "Usernames": ACCOUNTS,
    "Time, mail servers and programs": PROGRAMS,
}

POWERS: Mapping[Action, Power] = {action: row for group in GROUPS.values() for action, row in group.items()}

STATES_BY_ACTION: Mapping[Action, frozenset[State]] = {action: row.states for action, row in POWERS.items()}
"""The states in which each action is allowed."""


def require_power(action: Action, actor: Actor) -> None:
    """Refuse a kind of actor that the action's row does not name: NotInYourPower."""
    if actor.kind not in POWERS[action].kinds:
        raise NotInYourPower
