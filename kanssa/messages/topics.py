"""Every topic that a message may have: when it is written, to which people, and whether it may repeat.

`docs/messages.md` is drawn from here. The texts are in `kanssa/worker/emails/`.
"""

from enum import StrEnum
from typing import Self


class Topic(StrEnum):
    """Each member is its stored name; `when` says what causes the message, `recipients` who gets it.

    `is_repeatable`: applicants can cause it again and again. It is paced (`kanssa/messages/pacing.py`), and a
    newer one takes the turn of one that still waits.
    """

    when: str
    recipients: str
    is_repeatable: bool

    # The defaults are for the type checker, which takes `Topic("received")` for a call of this.
    def __new__(
        cls,
        stored: str,
        when: str = "",
        recipients: str = "",
        is_repeatable: bool = False,  # noqa: FBT001, FBT002 a row
    ) -> Self:
        member = str.__new__(cls, stored)
        member._value_ = stored
        member.when = when
        member.recipients = recipients
        member.is_repeatable = is_repeatable
        return member

    RECEIVED = "received", "The application was sent.", "the main applicant"
    INVITATION = (
        "invitation",
        "The main applicant identified or confirmed, an edit named a new adult, or a new link was asked for.",
        "the co-applicant, at the typed address",
        True,
    )
    ALL_CONFIRMED = (
        "all_confirmed",
        "Every adult has confirmed: the application is valid.",
        "every adult of the application",
        True,
    )
    CONFIRMED_ELSEWHERE = (
        "confirmed_elsewhere",
        "An adult confirmed another application that became valid; others remain on this one.",
        "the other adults who gave or approved their address",
        True,
    )
    REMINDER = (
        "reminder",
        "A confirmation is missing on day 3, 14 or 25 after the invitation.",
        "the adults whose confirmation is missing, and the main applicant",
    )
    CHANGE = (
        "change",
        "A change concerns an adult, who must confirm again.",
        "the adults that it concerns, except the one who made it",
        True,
    )
    WISHES_CHANGED = (
        "wishes_changed",
        "The wishes of the household, or another light fact of it, changed.",
        "the adults who have confirmed, except the one who changed it",
        True,
    )
    CHANGE_LAPSED = (
        "change_lapsed",
        "The time to confirm a change is over; the earlier version stays.",
        "the adults who gave or approved their address",
    )
    EXPIRY = (
        "expiry",
        "The validity ends in 14 days, and in 3 days.",
        "the adults who gave or approved their address",
    )
    LAPSED = (
        "lapsed",
        "The time to confirm the application is over.",
        "the adults who gave or approved their address",
    )
    TIME_EXTENDED = (
        "time_extended",
        "The time to confirm was extended: after an outage, by a clerk, or by undoing a lapse.",
        "the adults whose confirmation is missing, who gave or approved their address",
        True,
    )
    FALLEN_BACK = (
        "fallen_back",
        "A confirmation that the valid application needs ended, or its validity ended while a change waited.",
        "the adults who gave or approved their address, except the one who caused it",
        True,
    )
    REPLACED = (
        "replaced",
        "Every adult is on another application that is valid: this one has ended.",
        "the adults who gave or approved their address",
        True,
    )
    REMOVED = (
        "removed",
        "An adult is on no version any longer, and did not die.",
        "that adult, if they knew of the application",
        True,
    )
    WITHDRAWN = (
        "withdrawn",
        "The application was withdrawn.",
        "the adults who knew of it, except the one who withdrew it",
        True,
    )
    LEFT = (
        "left",
        "An adult left the application by themselves.",
        "the other adults who gave or approved their address",
    )
    MAIN_OFFERED = (
        "main_offered",
        "The main applicant left, died, moved away or is valid elsewhere.",
        "the identified adults who remain, first those who have confirmed",
        True,
    )
    NOW_MAIN = "now_main", "An adult accepted the main applicant's place.", "that adult", True
    CONTACT_CHANGED = (
        "contact_changed",
        "An adult's e-mail address was changed.",
        "the old address, if the adult gave or approved it",
        True,
    )
    COMING_OF_AGE = "coming_of_age", "A resident turns 18 in 30 days.", "the main applicant"
    DECIDED = (
        "decided",
        "A member of the staff decided about an identification, a match, a confirmation or a departure.",
        "the person concerned, at an address of their own",
    )
    ASSISTED = (
        "assisted",
        "A clerk recorded a confirmation in a person's name.",
        "that person, unless another adult typed the address",
    )
    DRAFT_LINK = (
        "draft_link",
        "A visitor asked for a link to continue a draft.",
        "the address that the visitor gave",
    )
    ACCOUNT_LINK = "account_link", "A username was asked for, for an address without one.", "that address"
    PASSWORD_LINK = (
        "password_link",
        "A username or a new password was asked for, for an address with a username.",
        "that address",
    )
    PASSWORD_SET = (
        "password_set",
        "A password was reset by a link.",
        "the username's address, and the others that the person typed",
    )
    PASSWORD_CHANGED = (
        "password_changed",
        "A person changed the password of their username.",
        "the username's address",
    )
    SECOND_FACTOR_CHANGED = (
        "second_factor_changed",
        "A person set up or removed a second factor of their username.",
        "the username's address",
    )
    ACCOUNT_OPENED = (
        "account_opened",
        "A username was opened or moved with an activation code.",
        "the addresses that the person typed, except the new one",
    )
    ACCOUNT_MOVED = (
        "account_moved",
        "A username was moved to another address with an activation code.",
        "the former address",
    )
    ACCOUNT_CLOSED = (
        "account_closed",
        "A clerk closed a username or ended an activation code.",
        "the username's address, and the person's own on the application",
    )
