"""Who does a deed."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts, as the evidence names them: a random id, never a name.

    `browser` is somebody who has not identified: the sending browser. `link` holds an
    invitation and nothing more. `program` is a downstream system. `system` is the clock.
    """

    kind: Literal["browser", "link", "person", "clerk", "supervisor", "program", "system"]
    id: UUID | None = None


SYSTEM = Actor("system")
