"""`python -m benchmarks [NAME...]`: run them all, or some by name."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from benchmarks import alerts, api, feel, outbox, population, replay, sleepers, step, step_engine, step_growth
from benchmarks.machine import describe
from benchmarks.machinery import Bench, bench
from benchmarks.results import Figure, write_json, write_table
from engine.config import ROOT

BENCHMARKS: dict[str, Callable[[Bench], list[Figure]]] = {
    "step_engine": step_engine.run,
    "step": step.run_sqlite,
    "step_postgresql": step.run_postgresql,
    "step_growth": step_growth.run,
    "sleepers": sleepers.run,
    "alerts": alerts.run,
    "outbox": outbox.run,
    "population": population.run,
    "replay": replay.run,
    "feel": feel.run,
    "api": api.run,
}
RESULTS = ROOT / "build" / "bench.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main(names: list[str]) -> int:
    """Run, say each figure as it comes, write them down; only a whole run changes the document."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {unknown[0]}. There are: {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    with bench() as run:
        for name in names or BENCHMARKS:
            figures.extend(_carried_out(name, run))
    write_json(RESULTS, figures)
    if not names:
        write_table(DOCUMENT, figures, describe())
    print(f"Written to {RESULTS.relative_to(ROOT)}.")
    return 0


def _carried_out(name: str, run: Bench) -> list[Figure]:
    began = time.monotonic()
    print(f"{name} ...", flush=True)
    figures = BENCHMARKS[name](run)
    for figure in figures:
        print(
            f"  {figure.name}: {figure.ratio:.3g} (aim {figure.aim:g}, {'met' if figure.met else 'NOT met'})"
        )
    print(f"  took {time.monotonic() - began:.0f} s", flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
