"""Limits of income and wealth, to be shown as tables: never computed from another's figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kanssa.answers.data_files import read


@dataclass(frozen=True, slots=True)
class IncomeLimits:
    """Gross euros per month; what each person adds to the household's limit."""

    in_force: date
    one_person: int
    further_adult: int
    first_child: int
    further_child: int


def income_limits(on: date) -> IncomeLimits:
    """LookupError before the first table."""
    return IncomeLimits(**_in_force("income-limits", on))


def income_limit(*, adults: int, children: int, on: date) -> int:
    """Gross euros per month for the household. LookupError before the first table."""
    if adults < 1 or children < 0:
        raise ValueError("a household has an adult")
    limits = income_limits(on)
    limit = limits.one_person + (adults - 1) * limits.further_adult
    if children:
        limit += limits.first_child + (children - 1) * limits.further_child
    return limit


def wealth_limit(*, persons: int, on: date) -> int | None:
    """Euros for the household; None while the City has given no table for that day."""
    if persons < 1:
        raise ValueError("a household has a person")
    try:
        by_persons: list[int] = _in_force("wealth-limits", on)["by_persons"]
    except LookupError:
        return None
    return by_persons[min(persons, len(by_persons)) - 1]


def _in_force(name: str, on: date) -> Mapping[str, Any]:
    tables = [table for table in read(name).get("table", ()) if table["in_force"] <= on]
    if not tables:
        raise LookupError(f"{name}: no table for {on}")
    return max(tables, key=lambda table: table["in_force"])
