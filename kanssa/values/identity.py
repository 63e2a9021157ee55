"""Who somebody proved to be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kanssa.values.hetu import Hetu


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """An identity as an identification method verified it; only methods make these.

    `hetu` is None for people without one (eIDAS, foreign documents). `first_names` are
    all of them as the register has them, separated by spaces. `authenticated_at` is
    aware, UTC: when the person identified at the bank, not when we heard of it.
    """

    method: str
    hetu: Hetu | None
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    assurance: Literal["substantial", "high"]
    authenticated_at: datetime
    non_disclosure: bool | None = field(default=None, repr=False)
