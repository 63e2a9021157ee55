"""Who somebody proved to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanssa.values.hetu import Hetu


@dataclass(frozen=True, slots=True)
class BrokerSession:
    """What a broker calls a log-in, so that either side can end it at the other."""

    subject: str = field(repr=False)
    index: str = field(repr=False)
    qualifiers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """An identity as an identification method verified it; only methods make these.

    `hetu` is None for people without one (eIDAS, foreign documents), whom `foreign_id` tells from
    each other: what another country calls them, the same each time. `first_names` are
    all of them as the register has them, separated by spaces. `authenticated_at` is
    aware, UTC: when the person identified at the bank, not when we heard of it.
    `calling_name` and `home_municipality` (three digits) are empty where the broker gives none;
    `session` is there where the log-in can be ended at the broker too.
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
