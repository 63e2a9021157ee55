"""The actor of an action."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["browser", "link", "person", "staff", "program", "system"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of an action, as the event log names it: a random id, never a name.

    `browser` is an unidentified person in the sending browser. `link` is the holder of an invitation.
    `staff` is a member of the staff, by account id. `program` is a downstream system. `system` is a
    timer, or an operator at the command line.
    """

    kind: Kind
    id: UUID | None = None


SYSTEM = Actor("system")
