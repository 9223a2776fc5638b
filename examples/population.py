"""Makes a population to be replayed: the plans of an authority over several years.

`python -m examples.population FILE [--plans 4700] [--years 3]`. One seed makes one file, which is large: it
is made when it's needed and not kept.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from examples.people import People
from examples.plan_lines import plan_line
from examples.plan_lives import USUAL, Habits

SEED = 718
#: A mean authority's plans (718,838 in 153 authorities, January 2026).
PLANS = 4_700
YEARS = 3
_DAYS_OF_A_YEAR = 365
#: The plans are brought in over the first days, as a council's own system is emptied.
_BROUGHT_IN_OVER = 20


def population(plans: int = PLANS, years: int = YEARS, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The lines of the file, its head first."""
    random = Random(seed)
    people, habits = People(random), Habits(random)
    days = years * _DAYS_OF_A_YEAR
    yield {"replay": 1, "days": days, "usual": USUAL}
    for number in range(plans):
        yield plan_line(random, people, habits, number, day=1 - days + number * _BROUGHT_IN_OVER // plans)


def write(file: Path, plans: int = PLANS, years: int = YEARS, seed: int = SEED) -> Path:
    """Write the file and give its place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        for line in population(plans, years, seed):
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    return file


def main() -> None:
    """Write the file that the command line names."""
    parser = argparse.ArgumentParser(description="Write a population of plans as a replay file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--plans", type=int, default=PLANS)
    parser.add_argument("--years", type=int, default=YEARS)
    given = parser.parse_args()
    write(given.file, given.plans, given.years)


if __name__ == "__main__":
    main()
