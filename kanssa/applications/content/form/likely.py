"""Recognise answers that are far more likely a slip than true. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

_DAYS_A_YEAR = Decimal("365.2425")


@dataclass(frozen=True, slots=True)
class Likely:
    """The range of likely answers: a number, or for a date the years that have passed since then.

    `none`: 0 is likely though it is outside the range.
    """

    least: int
    most: int
    none: bool = False

    def holds(self, answer: Any, *, today: date) -> bool:
        number = _number(answer, today)
        return (self.none and number == 0) or self.least <= number <= self.most


def _number(answer: Any, today: date) -> Decimal:
    if isinstance(answer, str) and "-" in answer:
        return Decimal((today - date.fromisoformat(answer)).days) / _DAYS_A_YEAR
    return Decimal(answer)
