"""Powers over usernames, and those of time, mail servers and the tenant-selection system."""

from collections.abc import Mapping

from kanssa.applications.powers.power import ANY_STATE, UNSEEN, Grant, Holder, Part, Power
from kanssa.applications.states import ACTIVE_STATES, Action, State
from kanssa.messages.topics import Topic

_ACTIVE = frozenset(ACTIVE_STATES)

ACCOUNTS: Mapping[Action, Power] = {
    Action.ASK_ACCOUNT_LINK: Power(
        grants=(Grant(Holder.VISITOR, Part.NOTHING),),
        states=ANY_STATE,
        tells=(Topic.ACCOUNT_LINK, Topic.PASSWORD_LINK),
        others_see="Nothing: the page says the same whether or not the address has a username.",
    ),
    Action.OPEN_ACCOUNT: Power(
        grants=(Grant(Holder.VISITOR, Part.NOTHING, "with the mailed link and the code of their slip"),),
        states=ANY_STATE,
        tells=(Topic.ACCOUNT_OPENED, Topic.ACCOUNT_MOVED),
        others_see=UNSEEN,
    ),
    Action.CHANGE_PASSWORD: Power(
        grants=(Grant(Holder.PERSON, Part.NOTHING, "with the current password"),),
        states=ANY_STATE,
        tells=(Topic.PASSWORD_CHANGED,),
        others_see=UNSEEN,
    ),
    Action.PROTECT_ACCOUNT: Power(
        grants=(
            Grant(Holder.PERSON, Part.NOTHING, "after strong identification or with an activation code"),
        ),
        states=ANY_STATE,
        tells=(Topic.SECOND_FACTOR_CHANGED,),
        others_see=UNSEEN,
    ),
    Action.RESET_PASSWORD: Power(
        grants=(Grant(Holder.VISITOR, Part.NOTHING, "with the mailed link; it opens nothing by itself"),),
        states=ANY_STATE,
        tells=(Topic.PASSWORD_SET,),
        others_see=UNSEEN,
    ),
}

PROGRAMS: Mapping[Action, Power] = {
    Action.REPORT_LEASE: Power(
        grants=(Grant(Holder.PROGRAM, Part.WHOLE),),
        states=frozenset({State.VALID}),
        others_see="That it led to a home: the state is “housed”.",
    ),
    Action.PASS_TIME: Power(
        grants=(Grant(Holder.TIME, Part.WHOLE),),
        states=_ACTIVE,
        tells=(
            Topic.REMINDER,
            Topic.EXPIRY,
            Topic.COMING_OF_AGE,
            Topic.CHANGE_LAPSED,
            Topic.LAPSED,
            Topic.FALLEN_BACK,
            Topic.TIME_EXTENDED,
        ),
        can_remove=True,
        can_open_main_place=True,
        others_see=(
            "The new state and its dates; “missing” where a confirmation is 12 months old. The main "
            "applicant gets each reminder whatever the others did."
        ),
    ),
    Action.REVIVE_REPLACED: Power(
        grants=(
            Grant(Holder.TIME, Part.ANOTHER, "of an adult who was removed or left, if it has time left"),
        ),
        states=frozenset({*ACTIVE_STATES, State.REPLACED}),
        can_make_valid=True,
        can_open_main_place=True,
        others_see="On the earlier application: “done” again; and that it is valid again, if so.",
    ),
    Action.MEASURE_OUTAGE: Power(
        grants=(Grant(Holder.TIME, Part.NOTHING),),
        states=ANY_STATE,
        others_see="On applications whose last day it touched: the later day, and that there was an outage.",
    ),
    Action.RECORD_BOUNCE: Power(
        grants=(Grant(Holder.TIME, Part.NOTHING),),
        states=ANY_STATE,
        others_see=(
            "The main applicant sees that an address that they typed does not exist; of an address that an "
            "adult gave themselves only that adult."
        ),
    ),
    Action.RENEW_LINK: Power(
        grants=(Grant(Holder.TIME, Part.NOTHING),),
        states=ANY_STATE,
        tells=(Topic.INVITATION,),
        others_see=UNSEEN,
    ),
}
