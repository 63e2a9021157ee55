"""Powers over drafts, and over what a main applicant typed."""

from collections.abc import Mapping

from kanssa.applications.powers.power import (
    ANY_STATE,
    UNSEEN,
    Grant,
    Holder,
    Part,
    Power,
    by_main,
)
from kanssa.applications.states import ACTIVE_STATES, ENDED_STATES, Action, State
from kanssa.messages.topics import Topic

_DRAFT = frozenset({State.DRAFT})
_ACTIVE = frozenset(ACTIVE_STATES)
_SENDING_BROWSER = Grant(Holder.SENDING_BROWSER, Part.WHOLE)
_PROPOSAL = (
    "until that adult has identified; after that it is a proposal, which only that adult sees and may take "
    "over. The main applicant sees the same in both cases"
)

DRAFTING: Mapping[Action, Power] = {
    Action.START: Power(
        grants=(Grant(Holder.VISITOR, Part.WHOLE),),
        states=ANY_STATE,
        others_see="Nothing: a draft is seen in its browser, and by its mailed link.",
    ),
    Action.SAVE_DRAFT: Power(
        grants=(
            Grant(Holder.VISITOR, Part.WHOLE, "in the browser that holds the draft"),
            _SENDING_BROWSER,
            *by_main(Part.WHOLE, "as an edit"),
        ),
        states=frozenset({State.DRAFT, *ACTIVE_STATES}),
        others_see="Nothing before it is sent, or before the edit is saved.",
    ),
    Action.MAIL_DRAFT_LINK: Power(
        grants=(Grant(Holder.VISITOR, Part.NOTHING, "in the browser that holds the draft"),),
        states=_DRAFT,
        tells=(Topic.DRAFT_LINK,),
        others_see=UNSEEN,
    ),
    Action.RESUME_DRAFT: Power(
        grants=(Grant(Holder.DRAFT_LINK, Part.NOTHING),),
        states=_DRAFT,
        others_see="Nothing; identity codes and the money of others are not shown again in a resumed draft.",
    ),
    Action.SEND: Power(
        grants=(Grant(Holder.VISITOR, Part.WHOLE, "in the browser that holds the draft"),),
        states=_DRAFT,
        tells=(Topic.RECEIVED,),
        others_see="Nothing yet: invitations leave when the main applicant has identified.",
    ),
    Action.EDIT: Power(
        grants=(
            _SENDING_BROWSER,
            *by_main(Part.HOUSEHOLD),
            Grant(Holder.MAIN, Part.OWN),
            Grant(Holder.MAIN, Part.ANOTHER, _PROPOSAL),
        ),
        states=_ACTIVE,
        tells=(Topic.INVITATION, Topic.CHANGE, Topic.WISHES_CHANGED, Topic.CONTACT_CHANGED),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see=(
            "The new facts of the household, old beside new; the name of an added adult; that a removed "
            "adult is no longer named. Of another adult’s own answers nothing but “given” or “missing”. A "
            "change of material facts asks the adults that it concerns to confirm again; a light one asks no "
            "adult."
        ),
    ),
    Action.RENEW: Power(
        grants=by_main(Part.WHOLE, "a version without changes"),
        states=_ACTIVE,
        tells=(Topic.CHANGE,),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see="The new last day of validity. It asks no adult, unless a resident came of age since.",
    ),
    Action.DISCARD: Power(
        grants=by_main(Part.HOUSEHOLD, "only their own changes; corrections of others stay"),
        states=_ACTIVE,
        tells=(Topic.WISHES_CHANGED,),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see="That no change waits any longer.",
    ),
    Action.WITHDRAW: Power(
        grants=(
            Grant(Holder.SENDING_BROWSER, Part.WHOLE, "while no adult has confirmed"),
            *by_main(Part.WHOLE, "only their own part, while another adult has confirmed"),
        ),
        states=_ACTIVE,
        tells=(Topic.WITHDRAWN, Topic.LEFT),
        can_open_main_place=True,
        others_see=(
            "That it was withdrawn; or, while another adult has confirmed, that the main applicant left it. "
            "No confirmation of another application changes."
        ),
    ),
    Action.CONTINUE: Power(
        grants=by_main(Part.HOUSEHOLD),
        states=_ACTIVE,
        tells=(Topic.CHANGE,),
        can_make_valid=True,
        can_open_main_place=True,
        can_remove=True,
        others_see="The changed household, without the adults who left, and that they confirm again.",
    ),
    Action.COPY: Power(
        grants=by_main(Part.WHOLE, "only what they typed themselves; of another adult the name; for 30 days"),
        states=frozenset(ENDED_STATES),
        others_see="Nothing: the copy is a new draft.",
    ),
}
