"""A person's verified identity."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanssa.values.hetu import Hetu


@dataclass(frozen=True, slots=True)
class BrokerSession:
    """A broker's names for a log-in, with which either side can end it at the other."""

    subject: str = field(repr=False)
    index: str = field(repr=False)
    qualifiers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """An identity as an identification method verified it; only methods create one.

    `hetu` is None for people without one (eIDAS, foreign documents); `foreign_id` then distinguishes
    them: it is the other country's identifier, the same each time. `first_names` are all of them as in
    the register, separated by spaces. `authenticated_at` is aware, UTC: when the person identified at
    the bank, not when we were told. `calling_name` and `home_municipality` (three digits) are empty if
    the broker gives none. `session` is set if the log-in can also be ended at the broker.
    """

    method: str
    hetu: Hetu | None
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    assurance: Literal["substantial", "high"]
    authenticated_at: datetime
    non_disclosure: bool | None = field(default=None, repr=False)
    calling_name: str = field(default="", repr=False)
    home_municipality: str = field(default="", repr=False)
    session: BrokerSession | None = field(default=None, repr=False)
    foreign_id: str = field(default="", repr=False)
