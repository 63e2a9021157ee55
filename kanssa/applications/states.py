"""The states of an application: a function of deeds and clock, in a closed table."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """DOMAIN, Life of an application. The last five are ended ones."""

    DRAFT = "draft"
    SENT = "sent"
    VALID = "valid"
    EXPIRED = "expired"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    HOUSED = "housed"


LIVING = (State.SENT, State.VALID)


@dataclass(frozen=True, slots=True)
class Deeds:
    """What the state hangs on. Times are aware; a time to the end of a day is its midnight.

    `is_confirmed_by_all`: every adult of the standing version holds a living confirmation.
    `all_lost_to_another`: every adult had confirmed, and each lost it to another application.
    """

    sent_at: datetime | None
    confirm_by: datetime | None
    valid_until: datetime | None
    is_confirmed_by_all: bool
    all_lost_to_another: bool


def state_of(deeds: Deeds, *, now: datetime) -> State:
    """Derive the state; the upper row of the table holds where two fit."""
    if deeds.sent_at is None:
        return State.DRAFT
    if deeds.all_lost_to_another:
        return State.REPLACED
    if deeds.is_confirmed_by_all and deeds.valid_until is not None:
        return State.VALID if now < deeds.valid_until else State.EXPIRED
    if deeds.confirm_by is not None and now >= deeds.confirm_by:
        return State.LAPSED
    return State.SENT
