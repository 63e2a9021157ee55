"""References and visit codes: as random to see as the service's own, and never twice in one load."""

from datetime import datetime

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH, _LENGTH_OF_SLIPS = 6, 4
# Odd, so that each number of applications leads to another code.
_STEP_OF_REFERENCES, _STEP_OF_VISIT_CODES = 387_420_489, 295_075_153


def reference_of(number: int, *, at: datetime, seed: int) -> str:
    letters = _letters(number * _STEP_OF_REFERENCES + seed * 7)
    return f"H-{at:%y}-{letters[:4]}-{letters[4:]}"


def visit_code_of(number: int, *, seed: int) -> str:
    return _letters(number * _STEP_OF_VISIT_CODES + seed * 11)


def slip_of(number: int, *, seed: int) -> str:
    """Make the name of a slip by the application's number in the load."""
    return _letters(number * _STEP_OF_REFERENCES + seed * 13, _LENGTH_OF_SLIPS)


def _letters(number: int, length: int = _LENGTH) -> str:
    rest, letters = number % len(_LETTERS) ** length, []
    for _place in range(length):
        rest, place = divmod(rest, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
