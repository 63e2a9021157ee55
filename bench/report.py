"""What was measured: for people a table, for programs JSON."""

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from bench.lookups import GrowthResult
from bench.process_usage import cores_and_memory
from bench.rounds import COUNTED, Round

GOAL_MS = 25.0
_CRYPTOGRAPHY_GOAL = 1.5
_LOOK_UP_GOAL = 3
_NAMES = {"web": "web", "worker": "worker", "postgres": "PostgreSQL"}


def figures(
    rounds: Sequence[Round], grown: GrowthResult, *, legs: int, browsers: int, memory_mb: Mapping[str, float]
) -> dict[str, Any]:
    """Medians over the rounds, the first one dropped; milliseconds of CPU a leg unless named otherwise."""
    counted = rounds[1:]
    requests = median(each.requests for each in counted)
    limits = {name: median(each.limits[name] for each in counted) for name in counted[0].limits}
    together = [sum(each.cpu.values()) for each in counted]
    return {
        "machine": dict(zip(("cores", "memory_gb"), cores_and_memory(), strict=True)),
        "python": platform.python_version(),
        "rounds": len(counted),
        "legs_a_round": legs,
        "browsers": browsers,
        "requests_a_leg": requests,
        "leg_ms": {name: median(each.cpu[name] for each in counted) for name in COUNTED}
        | {"together": median(together), "least": min(together), "most": max(together)},
        "goal_ms": GOAL_MS,
        "limit_ms_each": limits,
        "limit_ms": _limit(limits, requests),
        "wall_ms": median(each.wall_ms for each in counted),
        "legs_a_second": median(each.legs_a_second for each in counted),
        "letters_late_s": max(each.message_delay_ms for each in rounds),
        "memory_mb": dict(memory_mb),
        "look_ups": asdict(grown),
    }


def _limit(each: Mapping[str, float], requests: float) -> float:
    return each["cryptography"] + each["token call"] + each["commit"] + requests * each["empty request"]


def table(found: Mapping[str, Any]) -> str:
    """The same for people."""
    return "\n".join(
        [*_heading(found), "", *_leg(found), "", *_limits(found), "", *_beside(found), "", *_look_ups(found)]
    )


def _heading(found: Mapping[str, Any]) -> Iterator[str]:
    machine = found["machine"]
    yield f"The confirming leg of one adult, on {machine['cores']} cores and {machine['memory_gb']} GB"
    yield (
        f"Medians of {found['rounds']} rounds of {found['legs_a_round']} legs by "
        f"{found['browsers']} browsers; a round before them was dropped"
    )


def _leg(found: Mapping[str, Any]) -> Iterator[str]:
    leg = found["leg_ms"]
    yield "CPU of one leg                        ms"
    for name, shown in _NAMES.items():
        yield f"  {shown:32}{leg[name]:8.1f}"
    yield (
        f"  {'together':32}{leg['together']:8.1f}   goal {found['goal_ms']:.0f}; "
        f"rounds from {leg['least']:.1f} to {leg['most']:.1f}"
    )


def _limits(found: Mapping[str, Any]) -> Iterator[str]:
    each, requests = found["limit_ms_each"], found["requests_a_leg"]
    yield "The limit, in the same run            ms"
    yield f"  {'cryptography of one log-in':32}{each['cryptography']:8.2f}"
    yield f"  {'one token call':32}{each['token call']:8.2f}"
    yield f"  {'one durable commit':32}{each['commit']:8.2f}"
    yield (
        f"  {f'{requests:.0f} empty requests':32}{requests * each['empty request']:8.2f}"
        f"   {each['empty request']:.2f} each"
    )
    times = found["leg_ms"]["together"] / found["limit_ms"]
    yield f"  {'together':32}{found['limit_ms']:8.2f}   the leg takes {times:.0f} times as much"


def _beside(found: Mapping[str, Any]) -> Iterator[str]:
    each = found["limit_ms_each"]
    for what, goal in (("cryptography", f", goal {_CRYPTOGRAPHY_GOAL}"), ("token call", "")):
        own = each[f"{what}, Kanssa's"]
        yield f"Kanssa's own {what}: {own:.2f} ms, {own / each[what]:.1f} times the limit{goal}"
    yield f"A leg takes {found['wall_ms']:.0f} ms, and {found['legs_a_second']:.1f} pass in a second"
    yield f"The last letter came at most {found['letters_late_s']:.1f} s after the last leg of its round"
    memory = found["memory_mb"]
    yield f"A web process holds {memory['before']:.0f} MB before and {memory['after']:.0f} MB after"


def _look_ups(found: Mapping[str, Any]) -> Iterator[str]:
    grown = found["look_ups"]
    few, many = f"{grown['few']:,}", f"{grown['many']:,}"
    yield f"{'Look-ups, ms, among':34}{few:>8}{many:>10} households; goal: at most {_LOOK_UP_GOAL} times"
    for name, (before, after) in grown["ms"].items():
        yield f"  {name:32}{before:8.2f}{after:10.2f}   {after / before:.1f} times"
    scanned = ", ".join(grown["scanned"])
    yield f"Tables read from end to end by them: {scanned or 'none'}"


def write(found: Mapping[str, Any], path: Path) -> None:
    """Keep it for programs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=2) + "\n")
