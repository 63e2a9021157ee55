"""Staff of the city, as the city's single sign-on verified them."""

from dataclasses import dataclass, field
from datetime import datetime

from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class VerifiedStaff:
    """The claims of a verified token; only the single sign-on's client creates one.

    `way` is the key of its table in the identification file; `subject` is the permanent id there.
    `roles` may be empty: the person works for the city but has no role here.
    """

    way: str
    subject: str
    name: str = field(repr=False)
    roles: frozenset[Role]
    authenticated_at: datetime
