"""Who does a deed."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as the evidence names them: a random id, never a name.

    `browser` is somebody who has not identified: the sending browser. `link` holds an
    invitation and nothing more. `staff` is somebody who works for the city, by the id of
    their account. `program` is a downstream system. `system` is the clock, or an operator at
    the command line.
    """

    kind: Literal["browser", "link", "person", "staff", "program", "system"]
    id: UUID | None = None


SYSTEM = Actor("system")
