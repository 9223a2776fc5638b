"""Makes `year.jsonl`, a year to be replayed: `python -m examples.generate`. One seed makes one file."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from examples.advice import settle
from examples.circumstances import circumstances
from examples.course import Course
from examples.people import People, Person
from examples.plan_lines import OFFICERS, plan_line
from examples.plan_lives import ENDED, Habits
from examples.plan_lives import USUAL as USUAL_OF_PLANS
from examples.settings import SETTINGS

SEED = 333
DAYS = 365
REQUESTS = 352
#: Plans that are brought in on the first day, so that a year of reviews can be looked at.
PLANS = 60
#: Of these the first review ends with the decision to end the plan.
_ENDED = (11, 37)
YEAR = Path(__file__).with_name("year.jsonl")

#: How tasks go of which a line says nothing.
USUAL = {
    "register_request": {"after": 1},
    "family_views_request": {"after": 9},
    "early_information": {"after": 8},
    "collate_evidence": {"after": 6},
    "decide_assess": {"after": 20},
    "next_steps_meeting": {"after": 10},
    "choose_advice": {"after": 2},
    "family_evidence": {"after": 14},
    "acknowledge_request": {"after": 1, "at": "09:40"},
    "acknowledge_request:camhs": {"after": 2, "at": "09:40"},
    "acknowledge_request:child_health": {"after": 2, "at": "09:40"},
    "name_contributors": {"after": 1, "at": "12:10"},
    "contribute_advice": {"after": 12},
    "give_advice": {"after": 7, "at": "15:20"},
    "complete_advice": {"after": 7, "at": "15:20"},
    "check_advice": {"after": 2, "at": "16:10"},
    "outcomes_meeting": {"after": 5},
    "decide_plan": {"after": 4, "at": "14:30"},
    "write_plan": {"after": 5},
    "icb_agreement": {"after": 3},
    "quality_check": {"after": 1},
    "family_response": {"after": 9, "answers": {"settingRequested": False}},
    "family_meeting": {"after": 4},
    "choose_settings": {"after": 1},
    "reply_to_consultation": {"after": 9},
    "decide_setting": {"after": 2, "at": "15:45"},
    "sign_plan": {"after": 2, "at": "13:00"},
    "confirm_provision": {"after": 12},
    **USUAL_OF_PLANS,
}

#: How many requests end in each way, before their course is cut off by the year's end.
ENDINGS = {
    "not_responsible": 4,
    "withdrawn_early": 7,
    "withdrawn_asked": 4,
    "withdrawn_drafting": 3,
    "refused": 72,
    "no_plan": 14,
}
_REISSUED = 0.09


def main() -> None:
    """Write the file."""
    lines = [json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in year()]
    YEAR.write_text("\n".join(lines) + "\n", encoding="utf-8")


def year() -> list[dict[str, Any]]:
    """The lines of the file, its head first."""
    random = Random(SEED)
    people = People(random)
    courses = [_course(random, day) for day in _days(random)]
    endings = _endings(random)
    for course, ending in zip(courses, endings, strict=True):
        _begin(course, ending)
    settle(
        [course.sought for course, ending in zip(courses, endings, strict=True) if _is_advised(ending)],
        random,
    )
    lines = [
        _line(course, ending, people, number)
        for number, (course, ending) in enumerate(zip(courses, endings, strict=True))
    ]
    return [{"replay": 1, "days": DAYS, "usual": USUAL}, *_plans(people), *lines]


def _plans(people: People) -> list[dict[str, Any]]:
    """Plans made elsewhere, invented after the requests and from a seed of their own."""
    random = Random(SEED + 1)
    habits = Habits(random)
    lines = [plan_line(random, people, habits, number, day=1 - DAYS, reviews=2) for number in range(PLANS)]
    for number in _ENDED:
        lines[number]["work"]["decide_review"][0] = {"after": 15, "answers": ENDED}
    return lines


def _days(random: Random) -> list[int]:
    """Days of receipt, spread over the year without two alike."""
    step = (DAYS - 2) / REQUESTS
    return [1 - DAYS + int(step * (number + random.random())) for number in range(REQUESTS)]


def _endings(random: Random) -> list[str]:
    endings = [name for name, number in ENDINGS.items() for _ in range(number)]
    endings += ["plan"] * (REQUESTS - len(endings))
    random.shuffle(endings)
    return endings


def _course(random: Random, day: int) -> Course:
    setting = random.choices(SETTINGS, [each.share for each in SETTINGS])[0]
    year = random.randint(setting.first_year, setting.last_year)
    facts = {
        "lookedAfter": random.random() < 0.04,
        "sensoryImpairment": random.random() < 0.06,
        "armedForcesParent": random.random() < 0.012,
        "knownToSocialCare": random.random() < 0.18,
        "recentAssessment": random.random() < 0.01,
        "detained": 8 <= year <= 12 and random.random() < 0.04,
    }
    urn = None if random.random() < 0.025 else setting.urn
    return Course(random, day, year, urn, {name: True for name, holds in facts.items() if holds})


def _is_advised(ending: str) -> bool:
    return ending in ("plan", "no_plan", "withdrawn_drafting")


def _begin(course: Course, ending: str) -> None:
    course.consider(assess=ending != "refused")
    if ending == "not_responsible":
        course.work = {"register_request": [course.after(1, answers=_NOT_OURS)]}
    elif ending == "refused":
        course.refuse()
    elif ending in ("plan", "no_plan", "withdrawn_asked", "withdrawn_drafting"):
        course.seek_advice()


def _line(course: Course, ending: str, people: People, number: int) -> dict[str, Any]:
    random = course.random
    withdrawal = _finish(course, ending)
    person = people.child(course.year, course.urn)
    by_school = course.urn is not None and random.random() < 0.38
    line: dict[str, Any] = {
        "child": {
            "givenName": person.given_name,
            "familyName": person.family_name,
            "birthday": person.birthday,
            "nationalCurriculumYear": course.year,
            "upn": person.upn,
            "nhsNumber": person.nhs_number,
        },
        "requestedBy": _requester(course, person, by_school),
        "received": {"day": course.received, "at": f"{random.randint(8, 15):02}:{random.randint(0, 59):02}"},
        "raisedBy": f"urn:{course.urn}" if by_school else "send_team",
        "settingUrn": course.urn,
        "facts": course.facts,
        "officer": OFFICERS[number % len(OFFICERS)],
        "work": course.work,
        **circumstances(course, ending, number),
        "withdrawal": withdrawal,
    }
    if line["requestedBy"]["role"] == "other":
        line["raisedBy"] = "child_health"
    return {name: value for name, value in line.items() if value not in (None, {}, [])}


def _requester(course: Course, person: Person, by_school: bool) -> dict[str, str]:
    if by_school:
        return {"role": "school", "name": "Head of the setting"}
    if course.random.random() < 0.07:
        return {"role": "other", "name": "Community paediatrician"}
    if course.year >= 12 and course.random.random() < 0.7:
        return {"role": "young_person", "name": f"{person.given_name} {person.family_name}"}
    return {"role": "parent", "name": person.parent}


def _finish(course: Course, ending: str) -> dict[str, Any] | None:
    """What comes after the advice, and the withdrawal, if there is one."""
    random = course.random
    if ending == "withdrawn_early":
        return _withdrawal(random.randint(5, 18), "The family moves to another area.")
    if ending == "withdrawn_asked":
        for advice in course.sought.asked_for():
            advice.given = advice.due - 10
        course.gather_advice()
        return _withdrawal(course.asked + 11, "The family will try the school's support first.")
    if not _is_advised(ending):
        return None
    ready = course.gather_advice()
    if ending == "no_plan":
        course.decide_against(ready)
    else:
        course.plan(ready, reissue=random.random() < _REISSUED)
    if ending == "withdrawn_drafting":
        return _withdrawal(ready + 13, "The young person has begun an apprenticeship and wants no plan.")
    return None


def _withdrawal(day: int, reason: str) -> dict[str, Any]:
    return {"on": day, "at": "15:30", "reason": reason}


_NOT_OURS = {
    "responsible": False,
    "responsibleCouncil": "The neighbouring council",
    "responsibleReason": "The family lives in the neighbouring council's area.",
}

if __name__ == "__main__":
    main()
