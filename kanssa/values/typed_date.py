"""Dates as people write them in Finnish, Swedish and English. Pure.

Takes text from `typed_text.one_line`. The day or the four-digit year comes first. Ambiguous input is
refused, not guessed.
"""

import re
from datetime import date

_MONTHS = {
    1: "tammi tammikuu tammikuuta tammikuun jan januari january",
    2: "helmi helmikuu helmikuuta helmikuun feb febr februari february",
    3: "maalis maaliskuu maaliskuuta maaliskuun mar mars march",
    4: "huhti huhtikuu huhtikuuta huhtikuun apr april",
    5: "touko toukokuu toukokuuta toukokuun maj may",
    6: "kesä kesäkuu kesäkuuta kesäkuun jun juni june",
    7: "heinä heinäkuu heinäkuuta heinäkuun jul juli july",
    8: "elo elokuu elokuuta elokuun aug augusti august",
    9: "syys syyskuu syyskuuta syyskuun sep sept september",
    10: "loka lokakuu lokakuuta lokakuun okt oct oktober october",
    11: "marras marraskuu marraskuuta marraskuun nov november",
    12: "joulu joulukuu joulukuuta joulukuun dec december",
}
_NUMBER_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<gap>[./ -])(?P<month>\d{1,2})(?P=gap)(?P<year>\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<gap>[./ -])(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})", re.ASCII
)
_RUN_TOGETHER = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4})", re.ASCII)
_RUN_YEAR_FIRST = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII)
_WORDS = re.compile(
    r"(?:den )?(?P<day>\d{1,2})(?:\.|:?e|:?a|st|nd|rd|th)?(?: of)? (?P<name>[^\W\d_]+)\.?,? (?P<year>\d{4})"
)
_NAME_FIRST = re.compile(
    r"(?P<name>[^\W\d_]+)\.? (?P<day>\d{1,2})(?:\.|st|nd|rd|th)?(?: päivä)?,? (?P<year>\d{4})"
)
_SHAPES = (_DAY_FIRST, _YEAR_FIRST, _RUN_TOGETHER, _RUN_YEAR_FIRST, _WORDS, _NAME_FIRST)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
"""Within these years no eight digits can be read in two ways."""


class NotADate(ValueError):
    """The input is no date, or could be read in more than one way."""


def read_date(line: str) -> date:
    """Parse `1.2.1980`, `01/02/1980`, `1980-02-01`, `01021980`, `1. helmikuuta 1980`. Raises NotADate."""
    plain = re.sub(r"(?<=\d)\s*([./-])\s*(?=\d)", r"\1", line.lower()).rstrip(".")
    spaced = re.sub(r"\.(?=[^\W\d_])", ". ", plain)
    matches = (shape.fullmatch(spaced) for shape in _SHAPES)
    found = next((day for match in matches if match and (day := _day_of(match))), None)
    if found is None:
        raise NotADate
    return found


def _day_of(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    month = _NUMBER_OF.get(parts["name"], 0) if "name" in parts else int(parts["month"])
    try:
        found = date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
