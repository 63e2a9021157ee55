"""docs/performance.md from its template, and the same figures for programs."""

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from statistics import mean

from bench.counting import Request, mean_of
from bench.demo import ROOT, CpuMs
from bench.journey import PHASES
from bench.measuring import LEG, Results

PAGE = ROOT / "docs" / "performance.md"
_SAVING = ("POST apply:", "POST confirm:")


def rendered(results: Results) -> str:
    limits = {name: mean(each[name] for each in results.limits) for name in results.limits[0]}
    journeys = [sum(sum(each[name].values()) for name, *_ in PHASES) for each in results.rounds]
    commits = sum(each.view.startswith(_SAVING) for each in results.requests)
    journey_limit = _limit(limits, 2, commits, len(results.requests))
    template = ROOT / "bench" / "performance.md.template"
    leg, leg_limit = _mean(results, LEG), _limit(limits, 1, 1, results.leg_requests)
    redirects = len(results.requests) * limits["redirect"]
    return template.read_text().format(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[2],
        results=results,
        sizes=results.sizes,
        rounds=len(results.rounds),
        limits=limits,
        memory=(results.memory_mb[0], results.memory_mb[-1]),
        phases=_phases(results),
        by_request=_by_request(results.requests),
        requests=len(results.requests),
        statements=sum(each.statements for each in results.requests),
        commits=commits,
        journey=mean(journeys),
        spread=f"{min(journeys):.0f} and {max(journeys):.0f}",
        journey_limit=journey_limit,
        journey_times=mean(journeys) / journey_limit,
        redirects=redirects,
        redirect_times=mean(journeys) / redirects,
        leg=leg,
        leg_limit=leg_limit,
        leg_ms=sum(leg.values()),
        leg_times=sum(leg.values()) / leg_limit,
        probes=len(results.delays),
        delay=max(results.delays, default=float("nan")),
    )


def _limit(limits: CpuMs, log_ins: int, commits: int, requests: int) -> float:
    once = log_ins * (limits["cryptography"] + limits["token call"])
    return once + commits * limits["commit"] + requests * limits["empty request"]


def _mean(results: Results, name: str) -> CpuMs:
    used = [each[name] for each in results.rounds]
    return {process: mean(each[process] for each in used) for process in used[0]}


def _phases(results: Results) -> str:
    rows = []
    for name, *_ in PHASES:
        requests, used = [each for each in results.requests if each.phase == name], _mean(results, name)
        statements = sum(each.statements for each in requests)
        rows.append((len(requests), statements, *used.values(), sum(used.values())))
    names = [*(name for name, *_ in PHASES), "**Whole journey**"]
    rows.append(tuple(map(sum, zip(*rows, strict=True))))
    shown = "| {} | {:.0f} | {:.0f} | {:.1f} | {:.1f} | {:.1f} | {:.1f} |"
    return "\n".join(shown.format(name, *row) for name, row in zip(names, rows, strict=True))


def _by_request(requests: Iterable[Request]) -> str:
    names, rows = [name for name, *_ in PHASES], []

    def where(request: Request) -> tuple[int, str]:
        return names.index(request.phase), request.view

    for _, same in groupby(sorted(requests, key=where), key=where):
        one = mean_of(tuple(each := list(same)))
        numbers = f"{one.statements:.1f} | {one.web_ms:.1f} | {one.postgres_ms:.1f}"
        rows.append(f"| {one.phase} | `{one.view}` | {len(each)} | {numbers} |")
    return "\n".join(rows)
