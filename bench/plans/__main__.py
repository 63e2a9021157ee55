"""`make plans`: what each list, search, page and job reads, on the demo that runs and is loaded.

    python -m rehearsal.demo_command plans [--sql]

Keeps the figures in artefacts/plans-<applications>.json, and compares with those of the smallest load there.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.plans", description=__doc__)
    parser.add_argument("--sql", action="store_true", help="show each statement that scans a table")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanssa.settings")
    django.setup()
    from bench.plans.measuring import measure  # noqa: PLC0415 these need Django's apps
    from kanssa import clock  # noqa: PLC0415
    from kanssa.applications.models import Application  # noqa: PLC0415

    size = Application.objects.count()
    found = {name: each.as_json() for name, each in measure(now=clock.now()).items()}
    folder = Path(__file__).resolve().parents[2] / "artefacts"
    folder.mkdir(exist_ok=True)
    (folder / f"plans-{size}.json").write_text(json.dumps(found, indent=1))
    smallest = min(folder.glob("plans-*.json"), key=_size_of)
    _tell(found, json.loads(smallest.read_text()), size, _size_of(smallest))
    for name, each in found.items():
        for sql, tables in each["scanned"].items() if chosen.sql else ():
            print(f"\n{name}, {tables}: {sql}")
    return 1 if any(each["scanned"] for each in found.values()) else 0


def _size_of(file: Path) -> int:
    return int(file.stem.removeprefix("plans-"))


def _tell(found: Mapping[str, Any], before: Mapping[str, Any], size: int, smaller: int) -> None:
    print(f"| {size:,} applications beside {smaller:,} | statements | rows read | ms | scans |")
    print("|---|---|---|---|---|")
    for name, each in found.items():
        small = before.get(name, each)
        rows = f"{small['touched']:,} → {each['touched']:,}"
        ms = f"{small['ms']:.1f} → {each['ms']:.1f}"
        print(f"| {name} | {each['statements']} | {rows} | {ms} | {' '.join(each['scanned'].values())} |")


if __name__ == "__main__":
    sys.exit(main())
