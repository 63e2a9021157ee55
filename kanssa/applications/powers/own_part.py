"""Powers of each adult over their own part, and of the holder of an invitation link."""

from collections.abc import Mapping

from kanssa.applications.powers.power import (
    ANY_STATE,
    UNSEEN,
    Grant,
    Holder,
    Paper,
    Part,
    Power,
    by_self,
)
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES, Action
from kanssa.messages.topics import Topic

_ACTIVE = frozenset(ACTIVE_STATES)

OWN_PART: Mapping[Action, Power] = {
    Action.CLAIM: Power(
        grants=(
            Grant(Holder.PERSON, Part.OWN, "the whole identity code and the name agree"),
            Grant(Holder.SERVING_CLERK, Part.OWN, "identified at the desk"),
        ),
        states=_ACTIVE,
        tells=(Topic.INVITATION,),
        can_open_main_place=True,
        others_see=(
            "Nothing: neither that, nor when, nor how an adult identified. The main applicant’s own "
            "identifying in the sending browser sends the invitations."
        ),
    ),
    Action.REQUEST_MATCH: Power(
        grants=(
            Grant(Holder.PERSON, Part.NOTHING),
            Grant(Holder.SERVING_CLERK, Part.NOTHING),
        ),
        states=ANY_STATE,
        others_see="Nothing: that adult’s confirmation stays “missing”.",
    ),
    Action.CONFIRM: Power(
        grants=by_self(limit="the version that they saw"),
        states=_ACTIVE,
        tells=(Topic.INVITATION, Topic.ASSISTED, Paper.RECEIPT),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=(
            "“Done” in place of “missing”, at once; never when, where or how. With it the "
            "adult’s own corrections become visible as “given”, and their name as they wrote it."
        ),
    ),
    Action.CORRECT: Power(
        grants=by_self(),
        states=_ACTIVE,
        tells=(Topic.CONTACT_CHANGED, Topic.CHANGE),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=(
            "Nothing before this adult confirms; then the name, and “given” or “missing”. Of an adult who "
            "has confirmed, “missing” in place of “done” if a material fact changed."
        ),
    ),
    Action.RESOLVE_PROPOSAL: Power(
        grants=by_self(),
        states=_ACTIVE,
        others_see="Nothing: the main applicant sees neither, and goes on seeing what they typed.",
    ),
    Action.DECLINE: Power(
        grants=by_self(limit="while they have not confirmed; they may still confirm later"),
        states=_ACTIVE,
        others_see="Nothing: that adult’s confirmation stays “missing”. Reminders to this person stop.",
    ),
    Action.ALLOW_ASKING: Power(
        grants=by_self(Part.NOTHING),
        states=ANY_STATE,
        others_see=UNSEEN,
    ),
    Action.WITHDRAW_CONFIRMATION: Power(
        grants=by_self(limit="at once, or at the end of the period of validity"),
        states=_ACTIVE,
        tells=(Topic.FALLEN_BACK,),
        others_see=(
            "At once: “missing” in place of “done”, and that a valid application fell back. At the "
            "period’s end: nothing before that day."
        ),
    ),
    Action.ACKNOWLEDGE_CHANGES: Power(
        grants=by_self(),
        states=_ACTIVE,
        others_see=UNSEEN,
    ),
    Action.COPY_OWN_PART: Power(
        grants=by_self(limit="after they left or were removed, for 30 days; only what is their own"),
        states=frozenset({*ACTIVE_STATES, *ENDED_STATES}),
        others_see=UNSEEN,
    ),
    Action.ACCEPT_MAIN: Power(
        grants=(
            Grant(Holder.ADULT, Part.HOUSEHOLD, "who is offered the open place; the first to accept"),
            Grant(Holder.SERVING_CLERK, Part.HOUSEHOLD, "for an adult who is offered it"),
        ),
        states=_ACTIVE,
        tells=(Topic.NOW_MAIN,),
        others_see="Who the main applicant is.",
    ),
    Action.LEAVE: Power(
        grants=by_self(limit="with or without a confirmation"),
        states=_ACTIVE,
        tells=(Topic.LEFT,),
        can_open_main_place=True,
        others_see="That they left, at once; and that a valid application fell back.",
    ),
    Action.RESEND: Power(
        grants=(
            Grant(
                Holder.MAIN, Part.NOTHING, "to the address that they typed; a few times a day, with a pause"
            ),
            Grant(Holder.CLERK, Part.NOTHING, "when the main applicant has identified"),
        ),
        states=_ACTIVE,
        tells=(Topic.INVITATION,),
        others_see="Nothing. The main applicant sees that a link was sent, whatever that adult has done.",
    ),
    Action.RETRY_ADDRESS: Power(
        grants=(*by_self(), Grant(Holder.CLERK, Part.ANOTHER, "when told that the address is right")),
        states=ANY_STATE,
        others_see=UNSEEN,
    ),
    Action.NOT_FOR_ME: Power(
        grants=(Grant(Holder.LINK, Part.NOTHING),),
        states=_ACTIVE,
        others_see="The main applicant sees that the typed address is wrong; the others nothing.",
    ),
}
