"""Changes to the desk's information, and their validation."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]

from kanssa.office.current import spans_on
from kanssa.office.information import ExceptionalDay, Office, OfficeNotice, ServiceTimes
from kanssa.values.refusal import Refusal

_SPAN = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d"
_OF_A_DAY = re.compile(rf"off|{_SPAN}(,{_SPAN})*")
_FROM_TO = re.compile(r"(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})")
_YEAR = re.compile(r"\b\d{4}\b(?!:)")
_COLUMN = re.compile(r"-->\s*\d+:(\d+)")
_TWO_YEARS, _FOUR_WEEKS = 731, 28


class InvalidOpeningHours(Refusal):
    """The hours are not in the OpenStreetMap format, or never open; `why` is a sentence for the page."""

    code = "hours-not-understood"
    reason = _("These opening hours cannot be read.")
    status = 422

    def __init__(self, why: str | Promise = "") -> None:
        super().__init__()
        self.why = why or self.reason


class OfficeEditedMeanwhile(Refusal):
    """A colleague has edited the information since the page was opened."""

    code = "desk-edited-meanwhile"
    reason = _(
        "A colleague has changed this in the meantime. Check the change, and save again if you still want to."
    )
    status = 409


class DateInPast(Refusal):
    code = "desk-dates-passed"
    reason = _("This day has passed. Choose today or a later day.")
    status = 422


@dataclass(frozen=True, slots=True)
class Removal:
    """Remove opening times by their first day, an exceptional day by its date, or a notice by its id."""

    part: Literal["times", "day", "notice"]
    key: str


OfficeChange = ServiceTimes | ExceptionalDay | OfficeNotice | Removal


def changed(desk: Office, change: OfficeChange, *, today: date) -> Office:
    """Return the desk with one change applied. Refuses: InvalidOpeningHours, DateInPast."""
    match change:
        case ServiceTimes():
            _require_not_past(change.since, today)
            for hours in (change.hours, change.phone_hours):
                require_readable(hours, today=today)
            kept = [each for each in desk.times if each.since != change.since]
            times = sorted((*kept, change), key=lambda each: each.since or date.min)
            return replace(desk, times=tuple(times))
        case ExceptionalDay():
            _require_not_past(change.on, today)
            # One day: rules for weekdays or months would be lost in it.
            if not _OF_A_DAY.fullmatch(change.hours):
                raise InvalidOpeningHours
            _require_same_day(change.hours)
            days = [each for each in desk.exceptions if each.on != change.on]
            return replace(desk, exceptions=tuple(sorted((*days, change), key=lambda each: each.on)))
        case OfficeNotice():
            _require_not_past(change.until, today)
            notices = [each for each in desk.notices if each.id != change.id]
            return replace(desk, notices=tuple(sorted((*notices, change), key=lambda each: each.since)))
        case Removal():
            return _without(desk, change)


def require_readable(hours: str, *, today: date) -> None:
    """Require hours that parse, and that open in every four weeks. Refuses: InvalidOpeningHours."""
    # Exceptional days have dates of their own and are appended to the hours.
    if _YEAR.search(hours):
        raise InvalidOpeningHours(
            _("Leave dates with a year out: days with hours of their own are added by themselves.")
        )
    try:
        OpeningHours(hours, country="FI")
    except ParserError as fault:
        raise InvalidOpeningHours(_where(hours, str(fault))) from None
    _require_same_day(hours)
    closed = 0
    # Two years include every public holiday and seasonal rule.
    for ahead in range(_TWO_YEARS):
        closed = 0 if spans_on(today + timedelta(days=ahead), hours=hours) else closed + 1
        if closed >= _FOUR_WEEKS:
            raise InvalidOpeningHours(
                _("By these hours it is closed for four weeks or more. Write when it is open.")
            )


def _require_same_day(hours: str) -> None:
    # Treat hours over midnight as a typing error: no desk is open from the afternoon to the next morning.
    for begins, ends in _FROM_TO.findall(hours):
        begin, end = (tuple(map(int, clock.split(":"))) for clock in (begins, ends))
        if end != (0, 0) and (end <= begin or end > (24, 0)):
            raise InvalidOpeningHours(
                _("It closes before it opens: %(span)s. Hours do not go over midnight.")
                % {"span": f"{begins}-{ends}"}
            )


def _where(hours: str, fault: str) -> str:
    found = _COLUMN.search(fault)
    # The parser counts the place of the fault: show what it stopped at.
    rest = hours[int(found[1]) - 1 :].strip() if found else ""
    if not rest:
        return str(_("These opening hours end too early. Write them as in the example."))
    return str(_("These opening hours cannot be read from “%(rest)s” on. Write them as in the example.")) % {
        "rest": rest
    }


def _require_not_past(day: date | None, today: date) -> None:
    if day is not None and day < today:
        raise DateInPast


def _without(desk: Office, removed: Removal) -> Office:
    match removed.part:
        case "times":
            kept = tuple(
                each for each in desk.times if each.since is None or each.since.isoformat() != removed.key
            )
            return replace(desk, times=kept)
        case "day":
            return replace(
                desk, exceptions=tuple(each for each in desk.exceptions if each.on.isoformat() != removed.key)
            )
        case "notice":
            return replace(desk, notices=tuple(each for each in desk.notices if each.id != removed.key))
