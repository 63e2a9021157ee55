"""One row of the table of powers: who may take an action, on whose part, when, and who learns of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from kanssa.applications.states import State
from kanssa.messages.topics import Topic
from kanssa.values.actor import Kind
from kanssa.values.role import Role


class Holder(Enum):
    """A group that may take an action: in words, by kinds of actor in the event log, and by staff role."""

    words: str
    kinds: frozenset[Kind]
    role: Role | None

    def __init__(self, words: str, kinds: Iterable[Kind], role: Role | None = None) -> None:
        self.words, self.kinds, self.role = words, frozenset(kinds), role

    VISITOR = "any visitor, also without identification", ("browser", "person", "staff")
    SENDING_BROWSER = (
        "the sending browser, before the main applicant has identified",
        ("browser",),
    )
    DRAFT_LINK = "the holder of the mailed link of the draft", ("link", "browser", "person", "staff")
    LINK = "the holder of an invitation link", ("link",)
    MAIN = "the main applicant, identified", ("person",)
    ADULT = "any adult of the application, identified", ("person",)
    PERSON = "any identified person", ("person",)
    SERVING_CLERK = "a clerk who serves that person in their presence", ("staff",)
    CLERK = "a clerk, as an officer of the city", ("staff",), Role.CLERK
    SUPERVISOR = "a supervisor", ("staff",), Role.SUPERVISOR
    PROGRAM = "the tenant-selection system", ("program",)
    TIME = "the service itself, when the time has come", ("system",)


class Part(StrEnum):
    """The part of an application that an action changes."""

    OWN = "their own part"
    HOUSEHOLD = "the household’s part"
    ANOTHER = "another adult’s part"
    WHOLE = "the whole application"
    NOTHING = "no answer of the application"


class Paper(StrEnum):
    """Paper that tells a person instead of a message, handed over or posted."""

    SLIP = "the slip with the activation code, handed to the person"
    RECEIPT = "the receipt of an assisted confirmation, handed to the person"
    REFUSAL = "the written refusal, handed to the person"


@dataclass(frozen=True, slots=True)
class Grant:
    """One holder's power over one part; `limit` says in words when it does not go so far."""

    holder: Holder
    part: Part
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """A row. `states` are those that allow the action; all of them where the state does not matter.

    `tells`: every message or paper that the action may cause, and no other. `can_make_valid`: it may complete
    the confirmations, with the messages of `MADE_VALID`. `can_remove`: it may leave an adult on no version,
    who is told so (`WHEN_REMOVED`). `can_open_main_place`: the main applicant's place may be open afterwards,
    also on an application whose confirmations it ends; the adults who are offered it are told
    (`WHEN_MAIN_PLACE_OPENS`). `others_see`: what each other adult can see of it afterwards.
    """

    grants: tuple[Grant, ...]
    states: frozenset[State]
    others_see: str
    tells: tuple[Topic | Paper, ...] = ()
    can_make_valid: bool = False
    can_remove: bool = False
    can_open_main_place: bool = False

    @property
    def topics(self) -> frozenset[Topic]:
        """Every topic that the action may cause."""
        own = {each for each in self.tells if isinstance(each, Topic)}
        return frozenset(
            own.union(
                MADE_VALID if self.can_make_valid else (),
                WHEN_REMOVED if self.can_remove else (),
                WHEN_MAIN_PLACE_OPENS if self.can_open_main_place else (),
            )
        )

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of actor that may take the action."""
        return frozenset().union(*(each.holder.kinds for each in self.grants))

    @property
    def roles(self) -> frozenset[Role]:
        """The staff roles that may take the action as officers of the city."""
        return frozenset(each.holder.role for each in self.grants if each.holder.role)


MADE_VALID = (Topic.ALL_CONFIRMED, Topic.CONFIRMED_ELSEWHERE, Topic.REPLACED)
"""Messages of an action that makes the application valid, and thereby ends confirmations elsewhere."""

WHEN_REMOVED = (Topic.REMOVED,)
"""Messages to an adult who is left on no version."""

WHEN_MAIN_PLACE_OPENS = (Topic.MAIN_OFFERED,)
"""Messages to the adults who are offered the open place."""

ANY_STATE = frozenset(State)
UNSEEN = "Nothing."


def by_self(part: Part = Part.OWN, limit: str = "") -> tuple[Grant, ...]:
    """Grant to each adult for themselves, and to the clerk who serves them."""
    return Grant(Holder.ADULT, part, limit), Grant(Holder.SERVING_CLERK, part, limit)


def by_main(part: Part, limit: str = "") -> tuple[Grant, ...]:
    """Grant to the identified main applicant, and to the clerk who serves them."""
    return Grant(Holder.MAIN, part, limit), Grant(Holder.SERVING_CLERK, part, "for the main applicant")
