"""Powers of clerks and supervisors as officers of the city, beside those of a clerk who serves a person."""

from collections.abc import Mapping

from kanssa.applications.powers.power import (
    ANY_STATE,
    UNSEEN,
    Grant,
    Holder,
    Paper,
    Part,
    Power,
)
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES, Action, State
from kanssa.messages.topics import Topic

_ACTIVE = frozenset(ACTIVE_STATES)
_SENT = frozenset((*ACTIVE_STATES, *ENDED_STATES))
_MISSING_AGAIN = (
    "“Missing” in place of “done”, and that a valid application fell back; not why. An application that "
    "this confirmation had ended elsewhere counts again."
)

DESK: Mapping[Action, Power] = {
    Action.EXTEND_TIME: Power(
        grants=(Grant(Holder.CLERK, Part.WHOLE, "with a reason, by a limited number of days"),),
        states=frozenset(ACTIVE_STATES),
        tells=(Topic.TIME_EXTENDED,),
        can_open_main_place=True,
        others_see="The later day.",
    ),
    Action.UNDO_LAPSE: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.WHOLE, "where the fault was ours"),),
        states=frozenset({State.LAPSED}),
        tells=(Topic.TIME_EXTENDED,),
        can_make_valid=True,
        can_open_main_place=True,
        others_see="That the application waits again, and its last day.",
    ),
    Action.IDENTIFY_AT_DESK: Power(
        grants=(Grant(Holder.CLERK, Part.ANOTHER, "by a document of the person, who is present"),),
        states=_ACTIVE,
        tells=(Topic.INVITATION, Paper.REFUSAL),
        others_see="Nothing, as when an adult identifies online.",
    ),
    Action.REQUEST_DECISION: Power(
        grants=(Grant(Holder.CLERK, Part.NOTHING),), states=ANY_STATE, others_see=UNSEEN
    ),
    Action.DECIDE_MATCH: Power(
        grants=(Grant(Holder.CLERK, Part.ANOTHER, "the person has identified and asked"),),
        states=_ACTIVE,
        tells=(Topic.DECIDED, Topic.INVITATION),
        others_see="Nothing: that adult’s confirmation stays “missing”.",
    ),
    Action.RECORD_CODE: Power(
        grants=(Grant(Holder.CLERK, Part.ANOTHER, "for the person they serve"),),
        states=ANY_STATE,
        others_see=UNSEEN,
    ),
    Action.RECORD_CONTACT: Power(
        grants=(Grant(Holder.CLERK, Part.NOTHING),), states=ANY_STATE, others_see=UNSEEN
    ),
    Action.RECORD_NON_DISCLOSURE: Power(
        grants=(
            Grant(Holder.CLERK, Part.ANOTHER, "recording at any request; ending only for the person present"),
        ),
        states=ANY_STATE,
        others_see="Nothing: never the mark itself; the address was not shown to them before either.",
    ),
    Action.ISSUE_CODE: Power(
        grants=(Grant(Holder.CLERK, Part.NOTHING, "for the person they serve"),),
        states=ANY_STATE,
        tells=(Paper.SLIP,),
        others_see=UNSEEN,
    ),
    Action.CLOSE_ACCOUNT: Power(
        grants=(Grant(Holder.CLERK, Part.NOTHING), Grant(Holder.SUPERVISOR, Part.NOTHING)),
        states=ANY_STATE,
        tells=(Topic.ACCOUNT_CLOSED,),
        others_see="Nothing: confirmations do not change.",
    ),
    Action.RECORD_DEPARTURE: Power(
        grants=(
            Grant(
                Holder.CLERK,
                Part.ANOTHER,
                "on the person’s own word, a certificate, an authority or the register; stored",
            ),
        ),
        states=_ACTIVE,
        can_open_main_place=True,
        can_remove=True,
        others_see=(
            "That this adult no longer counts from the next version; that the main applicant’s "
            "place is open, "
            "if it was theirs."
        ),
    ),
    Action.UNDO_DEPARTURE: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.ANOTHER, "never a departure that they recorded themselves"),),
        states=_SENT,
        tells=(Topic.DECIDED, Topic.INVITATION, Topic.CHANGE),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see="That this adult counts again, and who is the main applicant.",
    ),
    Action.RELEASE: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.ANOTHER, "never a match that they decided themselves"),),
        states=_ACTIVE,
        tells=(Topic.DECIDED, Topic.FALLEN_BACK),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=_MISSING_AGAIN,
    ),
    Action.ANNUL: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.ANOTHER, "with grounds; never by their own identification"),),
        states=_SENT,
        tells=(Topic.DECIDED, Topic.FALLEN_BACK),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=_MISSING_AGAIN,
    ),
    Action.ANNUL_CHECK: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.ANOTHER, "with grounds; never their own identification"),),
        states=ANY_STATE,
        tells=(Topic.DECIDED, Topic.FALLEN_BACK),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=_MISSING_AGAIN + " Where that adult had not confirmed: nothing.",
    ),
    Action.DECIDE_CHECK: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.NOTHING, "never about a check of their own"),),
        states=ANY_STATE,
        tells=(Topic.DECIDED,),
        others_see=UNSEEN,
    ),
    Action.REVIEW_CHECK: Power(
        grants=(Grant(Holder.SUPERVISOR, Part.NOTHING, "once, and never a check of their own"),),
        states=ANY_STATE,
        others_see=UNSEEN,
    ),
}
