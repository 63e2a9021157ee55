"""Answers of households to the form."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from kanssa.answers.lists import answers
from kanssa.applications.content.content import Content, Facts
from rehearsal.load.people import random_id

_CHILDREN = ("Onni", "Aada", "Eevi", "Leo", "Noel", "Lilja", "Amir", "Sofia")
_ROOMS = ("1", "2", "3", "4")


def household(
    rng: Random, people: dict[UUID, Facts], *, language: str, last_name: str, today: date
) -> Content:
    rooms = rng.randrange(3)
    return Content(
        application={
            "kind": "exchange" if rng.random() < 0.1 else "ordinary",  # noqa: PLR2004 a tenth
            "language": language,
            "facts_are_true": True,
            "will_keep_current": True,
        },
        home=_home(rng, len(people)),
        need={"reasons": rng.sample(_codes("need-reason"), rng.randint(1, 2))},
        wishes={
            "rooms_first": _ROOMS[rooms],
            "rooms_second": _ROOMS[rooms + 1],
            "highest_rent": rng.randrange(600, 1600, 10),
            "areas": rng.sample(_codes("area"), rng.randint(1, 4)),
        },
        adults=people,
        residents=_children(rng, last_name, today),
    )


def _home(rng: Random, people: int) -> dict[str, Any]:
    return {
        "tenure": rng.choice(_codes("tenure")),
        "house_type": rng.choice(_codes("house-type")),
        "rooms": rng.choice(_ROOMS),
        "people": people + rng.randint(0, 2),
        "cost": rng.randrange(350, 1500, 10),
        "condition": rng.choice(_codes("condition")),
    }


def _children(rng: Random, last_name: str, today: date) -> dict[UUID, Facts]:
    count = rng.choices((0, 1, 2, 3), (72, 14, 10, 4))[0]
    return {
        random_id(rng): {
            "last_name": last_name,
            "first_names": rng.choice(_CHILDREN),
            "born": (today - timedelta(days=rng.randint(400, 6000))).isoformat(),
            "occupancy": "part-time" if rng.random() < 0.15 else "full-time",  # noqa: PLR2004 some
        }
        for _child in range(count)
    }


def _codes(name: str) -> Sequence[str]:
    return [answer.code for answer in answers(name)]
