"""One plan of a population as a line of a replay file: whose it is, when it was made and last reviewed."""

from __future__ import annotations

from random import Random
from typing import Any

from examples.people import People
from examples.plan_content import sections
from examples.plan_lives import Habits, work
from examples.settings import BY_URN, Setting, teaching

#: The caseworkers who share the cases.
OFFICERS = ("Amara Okafor", "Tom Whitcombe", "Shazia Begum", "Gareth Pugh")
#: How many of a thousand plans each school year has, -1 being the older nursery year.
_SHARES = {
    **dict.fromkeys(range(-1, 1), 25),
    **dict.fromkeys(range(1, 7), 66),
    **dict.fromkeys(range(7, 12), 73),
    **dict.fromkeys(range(12, 14), 60),
    **dict.fromkeys(range(14, 16), 20),
}
_LOOKED_AFTER, _NEVER_REVIEWED = 0.05, 0.14


def plan_line(
    random: Random, people: People, habits: Habits, number: int, *, day: int, reviews: int = 6
) -> dict[str, Any]:
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
        "plan": _plan(random, year, BY_URN[urn]),
        "work": work(random, urn, habits, _settings_after(random), reviews),
    }


def _plan(random: Random, year: int, setting: Setting) -> dict[str, Any]:
    """When it was made and last reviewed: the reviews of an authority are spread over its year."""
    last_meeting = -random.randint(14, 330)
    plan: dict[str, Any] = {"sections": sections(year, setting)}
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
