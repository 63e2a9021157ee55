"""The machine-readable zone of a travel document: ICAO Doc 9303, parts 3 to 6."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kanssa.values.names import Name

Format = Literal["TD1", "TD2", "TD3"]
_SHAPES: dict[tuple[int, int], Format] = {(3, 30): "TD1", (2, 36): "TD2", (2, 44): "TD3"}
_LENGTHS = {90: 30, 72: 36, 88: 44}
_FIRST_LINES = (44, 36)
_NAMES_LINE = re.compile(r"[PIAC][A-Z<][A-Z][A-Z<]{2}<*[A-Z][A-Z<]*", re.ASCII)
_WEIGHTS = (7, 3, 1)
_FILLER = "<"
_LONGEST_AHEAD = 30


class NotAnMrz(ValueError):
    """The input is not a valid machine-readable zone.

    `why` is `shape` (too short, too long, a sign that cannot occur), `check` (a check digit does not
    match; `line` is the line, counted from 1, and `part` is `number`, `born`, `expires`, `personal` or
    `all`) or `date`.
    """

    def __init__(self, why: str, *, line: int = 0, part: str = "") -> None:
        # The reason and the position, never the input.
        super().__init__(why)
        self.why = why
        self.line = line
        self.part = part


@dataclass(frozen=True, slots=True)
class MachineReadable:
    """The contents of a zone. Names are in its capital letters, transliterated (Ä is AE).

    `code` is the document code (P… a passport, I…, A… or C… an identity card). `issuer` and
    `nationality` are the zone's codes of up to three letters. `born` is None where a part of it is
    unknown.
    """

    format: Format
    code: str
    issuer: str
    nationality: str
    number: str = field(repr=False)
    last_name: str = field(repr=False)
    first_names: str = field(repr=False)
    born: date | None = field(repr=False)
    expires: date

    @property
    def as_name(self) -> Name:
        return Name(self.last_name, self.first_names)


@dataclass(frozen=True, slots=True)
class _Checked:
    part: str
    line: int
    text: str
    digit: str


def parse_mrz(scanned: str, *, today: date) -> MachineReadable:
    """Parse a zone from a keyboard or a document reader. Raises NotAnMrz.

    Readers may join the lines, send lower case, or send `;` for `<` (another keyboard layout); all are
    accepted.
    """
    lines = _lines(scanned)
    shape = _SHAPES.get((len(lines), len(lines[0])))
    if shape is None or any(len(line) != len(lines[0]) for line in lines):
        raise NotAnMrz("shape")
    for checked in _checks(shape, lines):
        _require_digit(checked)
    return _read(shape, lines, today)


def names_of_first_line(scanned: str) -> tuple[str, str] | None:
    """Return surname and first names from the first line of a passport or TD2 card; None for other lines.

    That line has no check digit. Some document readers end every line as if it were the whole zone.
    """
    line = _normal(scanned)
    if len(line) not in _FIRST_LINES or not _NAMES_LINE.fullmatch(line):
        return None
    last, _, first = line[5:].partition("<<")
    return _words(last), _words(first)


def check_digit(text: str) -> str:
    """Calculate a check digit (Doc 9303-3, 4.9): weights 7, 3, 1, modulo 10."""
    return str(sum(_value(sign) * _WEIGHTS[place % 3] for place, sign in enumerate(text)) % 10)


def _lines(scanned: str) -> list[str]:
    joined = _normal(scanned)
    if not re.fullmatch(r"[A-Z0-9<]+", joined, re.ASCII):
        raise NotAnMrz("shape")
    # By the whole length, because readers may join the lines.
    length = _LENGTHS.get(len(joined))
    if length is None:
        raise NotAnMrz("shape")
    return [joined[start : start + length] for start in range(0, len(joined), length)]


def _normal(scanned: str) -> str:
    return re.sub(r"\s", "", scanned).upper().replace(";", _FILLER)


def _checks(shape: Format, lines: list[str]) -> Iterator[_Checked]:
    if shape == "TD1":
        first, second = lines[0], lines[1]
        yield _number(1, first[5:14], first[14], first[15:30])
        yield _Checked("born", 2, second[0:6], second[6])
        yield _Checked("expires", 2, second[8:14], second[14])
        yield _Checked("all", 2, first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29])
        return
    second = lines[1]
    optional = second[28:42] if shape == "TD3" else second[28:35]
    if shape == "TD3":
        yield _Checked("number", 2, second[0:9], second[9])
    else:
        yield _number(2, second[0:9], second[9], optional)
    yield _Checked("born", 2, second[13:19], second[19])
    yield _Checked("expires", 2, second[21:27], second[27])
    if shape == "TD3":
        yield _Checked("personal", 2, optional, second[42])
    yield _Checked("all", 2, second[0:10] + second[13:20] + second[21:-1], second[-1])


def _number(line: int, number: str, digit: str, optional: str) -> _Checked:
    # A number of more than nine characters continues in the optional part (9303-5, note j).
    if digit != _FILLER:
        return _Checked("number", line, number, digit)
    more = optional.split(_FILLER, maxsplit=1)[0]
    # The digit says that the number goes on, but nothing follows.
    if not more:
        raise NotAnMrz("check", line=line, part="number")
    return _Checked("number", line, number + more[:-1], more[-1])


def _require_digit(checked: _Checked) -> None:
    is_empty = checked.part == "personal" and not checked.text.strip(_FILLER)
    if is_empty and checked.digit == _FILLER:  # allowed for an empty part (9303-4)
        return
    if check_digit(checked.text) != checked.digit:
        raise NotAnMrz("check", line=checked.line, part=checked.part)


def _read(shape: Format, lines: list[str], today: date) -> MachineReadable:
    if shape == "TD1":
        names, dates, nationality = lines[2], lines[1], lines[1][15:18]
        born, expires = dates[0:6], dates[8:14]
        number = _whole_number(lines[0][5:14], lines[0][14], lines[0][15:30])
    else:
        names, second = lines[0][5:], lines[1]
        born, expires, nationality = second[13:19], second[21:27], second[10:13]
        number = _whole_number(second[0:9], second[9], second[28:35])
    last, _, first = names.partition("<<")
    return MachineReadable(
        format=shape,
        code=lines[0][0:2].strip(_FILLER),
        issuer=lines[0][2:5].strip(_FILLER),
        nationality=nationality.strip(_FILLER),
        number=number,
        last_name=_words(last),
        first_names=_words(first),
        born=_born(born, today),
        expires=_expires(expires, today),
    )


def _whole_number(number: str, digit: str, optional: str) -> str:
    more = optional.split(_FILLER, maxsplit=1)[0][:-1] if digit == _FILLER else ""
    return (number + more).strip(_FILLER)


def _words(part: str) -> str:
    return " ".join(word for word in part.split(_FILLER) if word)


def _born(digits: str, today: date) -> date | None:
    # Choose the later of two centuries that gives a date in the past.
    if _FILLER in digits:
        return None
    century = today.year // 100 * 100
    later = _date(digits, century)
    return later if later <= today else _date(digits, century - 100)


def _expires(digits: str, today: date) -> date:
    century = today.year // 100 * 100
    expires = _date(digits, century)
    if expires.year > today.year + _LONGEST_AHEAD:
        return _date(digits, century - 100)
    return expires


def _date(digits: str, century: int) -> date:
    try:
        return date(century + int(digits[0:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        raise NotAnMrz("date") from None


def _value(sign: str) -> int:
    # 0 to 9 count as they are, A to Z as 10 to 35, the filler as 0.
    return 0 if sign == _FILLER else int(sign, 36)
