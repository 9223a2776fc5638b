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

from examples.generate import OFFICERS
from examples.people import People
from examples.plan_content import sections
from examples.plan_lives import USUAL, Habits, work
from examples.settings import BY_URN, teaching

SEED = 718
#: A mean authority's plans (718,838 in 153 authorities, January 2026).
PLANS = 4_700
YEARS = 3
_DAYS_OF_A_YEAR = 365
#: The plans are brought in over the first days, as a council's own system is emptied.
_BROUGHT_IN_OVER = 20
#: How many of a thousand plans each school year has, -1 being the older nursery year.
_SHARES = {
    **dict.fromkeys(range(-1, 1), 25),
    **dict.fromkeys(range(1, 7), 66),
    **dict.fromkeys(range(7, 12), 73),
    **dict.fromkeys(range(12, 14), 60),
    **dict.fromkeys(range(14, 16), 20),
}
_LOOKED_AFTER, _NEVER_REVIEWED = 0.05, 0.14


def population(plans: int = PLANS, years: int = YEARS, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The lines of the file, its head first."""
    random = Random(seed)
    people, habits = People(random), Habits(random)
    days = years * _DAYS_OF_A_YEAR
    yield {"replay": 1, "days": days, "usual": USUAL}
    for number in range(plans):
        yield plan_line(random, people, habits, number, day=1 - days + number * _BROUGHT_IN_OVER // plans)


def plan_line(random: Random, people: People, habits: Habits, number: int, *, day: int) -> dict[str, Any]:
    """One plan that is brought in on a day of the replay."""
    year = random.choices(list(_SHARES), list(_SHARES.values()))[0]
    urn = random.choice(teaching(year)).urn
    child = people.child(year, urn)
    return {
        "child": {
            "givenName": child.given_name,
            "familyName": child.family_name,
            "birthday": child.birthday,
            "nationalCurriculumYear": year,
            "upn": child.upn,
            "nhsNumber": child.nhs_number,
        },
        "received": {"day": day, "at": f"{8 + number % 9:02}:{number % 60:02}"},
        "settingUrn": urn,
        "officer": OFFICERS[number % len(OFFICERS)],
        "plan": _plan(random, year),
        "work": work(random, urn, habits, _settings_after(random)),
    }


def _plan(random: Random, year: int) -> dict[str, Any]:
    """When it was made and last reviewed: the reviews of an authority are spread over its year."""
    last_meeting = -random.randint(14, 330)
    plan: dict[str, Any] = {"sections": sections(year)}
    if random.random() < _LOOKED_AFTER:
        plan["lookedAfter"] = True
    if year <= 0 or random.random() < _NEVER_REVIEWED:
        return {"finalisedOn": -random.randint(5, 240), **plan}
    made = last_meeting - random.randint(330, 420) * random.randint(1, max(1, min(year, 6)))
    decided = min(0, last_meeting + random.randint(10, 45))
    return {"finalisedOn": made, "lastMeetingOn": last_meeting, "lastDecidedOn": decided, **plan}


def _settings_after(random: Random) -> dict[str, str]:
    """Where somebody goes who moves on to primary school, to secondary school, or past it."""
    secondaries = [each for each in teaching(7) if BY_URN[each.urn].first_year == 7]
    return {
        "primary": random.choice([each for each in teaching(1) if each.last_year >= 6]).urn,
        "secondary": random.choice(secondaries).urn,
        "college": random.choice(teaching(12)).urn,
    }


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
