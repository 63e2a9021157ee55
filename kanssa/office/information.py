"""The desk's information, from its file or as staff edited it, each part with its dates. Pure."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class ServiceTimes:
    """Hours in the OpenStreetMap format, and contacts. `since` is the first day; None: from the start."""

    since: date | None
    hours: str
    phone: str
    phone_hours: str
    email: str


@dataclass(frozen=True, slots=True)
class ExceptionalDay:
    """A day with special hours, `off` when closed; `reason` by language."""

    on: date
    hours: str
    reason: dict[str, str]


@dataclass(frozen=True, slots=True)
class OfficeNotice:
    """A notice, shown from `since` through `until`; `text` by language."""

    id: str
    since: date
    until: date
    text: dict[str, str]


@dataclass(frozen=True, slots=True)
class Office:
    """The desk's information for all days. `number` is the edition, 0 for the file; `address` by language."""

    address: dict[str, str]
    map_url: str
    times: tuple[ServiceTimes, ...]
    exceptions: tuple[ExceptionalDay, ...] = field(default=())
    notices: tuple[OfficeNotice, ...] = field(default=())
    number: int = 0

    def on(self, day: date) -> ServiceTimes:
        return [each for each in self.times if each.since is None or each.since <= day][-1]

    def hours_on(self, day: date) -> str:
        return self._with_exceptions(self.on(day).hours)

    def phone_hours_on(self, day: date) -> str:
        return self._with_exceptions(self.on(day).phone_hours)

    def notices_on(self, day: date) -> tuple[OfficeNotice, ...]:
        return tuple(each for each in self.notices if each.since <= day <= each.until)

    def _with_exceptions(self, hours: str) -> str:
        return "; ".join((hours, *map(_rule, self.exceptions)))

    def information(self) -> dict[str, Any]:
        return {
            "times": [
                {
                    "since": each.since.isoformat() if each.since else None,
                    "hours": each.hours,
                    "phone": each.phone,
                    "phone_hours": each.phone_hours,
                    "email": each.email,
                }
                for each in self.times
            ],
            "exceptions": [
                {"on": each.on.isoformat(), "hours": each.hours, "reason": each.reason}
                for each in self.exceptions
            ],
            "notices": [
                {
                    "id": each.id,
                    "since": each.since.isoformat(),
                    "until": each.until.isoformat(),
                    "text": each.text,
                }
                for each in self.notices
            ],
        }


@cache
def default_office() -> Office:
    texts = tomllib.loads(resources.files("kanssa.office").joinpath("office.toml").read_text("utf-8"))
    first = ServiceTimes(None, *(texts[name] for name in ("hours", "phone", "phone_hours", "email")))
    exceptions = tuple(ExceptionalDay(**each) for each in texts.get("exception", []))
    return Office(texts["address"], texts["map_url"], (first,), exceptions)


def office_from_json(information: Mapping[str, Any], *, number: int) -> Office:
    # The address always comes from the file.
    office = default_office()
    return Office(
        office.address,
        office.map_url,
        times=tuple(
            ServiceTimes(**(each | {"since": date.fromisoformat(each["since"]) if each["since"] else None}))
            for each in information["times"]
        ),
        exceptions=tuple(
            ExceptionalDay(**(each | {"on": date.fromisoformat(each["on"])}))
            for each in information["exceptions"]
        ),
        notices=tuple(
            OfficeNotice(
                **(each | {name: date.fromisoformat(each[name]) for name in ("since", "until")}),
            )
            for each in information["notices"]
        ),
        number=number,
    )


def _rule(exception: ExceptionalDay) -> str:
    day = exception.on
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02} {exception.hours}"
