"""Somebody who works for the city, as the city's single sign-on vouches for them."""

from dataclasses import dataclass, field
from datetime import datetime

from kanssa.values.role import Role


@dataclass(frozen=True, slots=True)
class VerifiedStaff:
    """What a verified token said; only the single sign-on's client makes one.

    `way` is the key of its table in the identification file, `subject` who it is there, for ever.
    `roles` may be empty: then it is somebody of the city who has nothing to do here.
    """

    way: str
    subject: str
    name: str = field(repr=False)
    roles: frozenset[Role]
    authenticated_at: datetime
