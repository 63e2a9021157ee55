"""References and visit codes: as random to see as the service's own, and never twice in one load."""

from datetime import datetime

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 6
_CODES = len(_LETTERS) ** _LENGTH
# Odd, so that each number of applications leads to another code.
_STEP_OF_REFERENCES, _STEP_OF_VISIT_CODES = 387_420_489, 295_075_153


def reference_of(number: int, *, at: datetime, seed: int) -> str:
    letters = _letters(number * _STEP_OF_REFERENCES + seed * 7)
    return f"H-{at:%y}-{letters[:4]}-{letters[4:]}"


def visit_code_of(number: int, *, seed: int) -> str:
    return _letters(number * _STEP_OF_VISIT_CODES + seed * 11)


def _letters(number: int) -> str:
    rest, letters = number % _CODES, []
    for _place in range(_LENGTH):
        rest, place = divmod(rest, len(_LETTERS))
        letters.append(_LETTERS[place])
    return "".join(letters)
