"""Recordings for tests: lines of the shipped year that have a trait, and what a line says of its advice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.sources import ROOT

YEAR = ROOT / "examples" / "year.jsonl"
WEEKS_ALLOWED = 6

Line = dict[str, Any]


@cache
def year() -> tuple[Line, tuple[Line, ...]]:
    """The head of the shipped year, and its requests."""
    head, *lines = (json.loads(line) for line in YEAR.read_text(encoding="utf-8").splitlines())
    return head, tuple(line for line in lines if "plan" not in line)


@cache
def plans_of_the_year() -> tuple[Line, ...]:
    """The plans that are brought in on the shipped year's first day."""
    lines = (json.loads(line) for line in YEAR.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if "plan" in line)


def answered(line: Line, task: str, answer: str) -> list[Any]:
    """What a line answers to one question of a task, each time that it says something."""
    return [
        step["answers"][answer]
        for step in line["work"].get(task) or ()
        if step and answer in step.get("answers", {})
    ]


def has_exception(code: str) -> Callable[[Line], bool]:
    """Whether a line records this exception."""
    return lambda line: any(each["code"] == code for each in line.get("exceptions", ()))


#: What lines of the year are chosen for: each trait and how it is known.
TRAITS: dict[str, Callable[[Line], bool]] = {
    "refused": lambda line: answered(line, "decide_assess", "assess") == [False],
    "not responsible": lambda line: answered(line, "register_request", "responsible") == [False],
    "withdrawn": lambda line: "withdrawal" in line and "choose_advice" in line["work"],
    "no plan": lambda line: answered(line, "decide_plan", "issuePlan") == [False],
    "draft issued again": lambda line: answered(line, "decide_setting", "otherChanges") == [True],
    "advice completed": lambda line: any(task.startswith("complete_advice:") for task in line["work"]),
    "setting silent": lambda line: any(
        task.startswith("reply_to_consultation:") and steps is None for task, steps in line["work"].items()
    ),
    "receipt corrected": lambda line: "corrections" in line,
    "child brought to attention": lambda line: line["requestedBy"]["role"] == "other",
    "detained": lambda line: line.get("facts", {}).get("detained", False),
    **{
        code: has_exception(code)
        for code in ("EX_SCHOOL_CLOSED", "EX_PERSONAL", "EX_ABSENT_4W", "EX_MISSED_APPT")
    },
}


def lines_with_traits() -> list[Line]:
    """The first request of the year with each trait, in the file's order."""
    requests = year()[1]
    found = {next(number for number, line in enumerate(requests) if has(line)) for has in TRAITS.values()}
    return [requests[number] for number in sorted(found)]


def lines_under_way() -> list[Line]:
    """Six requests of the year: at its end four wait for CAMHS's advice, two for advice that is late."""
    requests = year()[1]
    waiting = [line for line in requests if _waits(line, lambda advice: advice.code == "camhs")]
    late = [line for line in requests if _waits(line, lambda advice: advice.due < 0) and line not in waiting]
    chosen = [*late[-2:], *waiting[-4:]]
    return [line for line in requests if line in chosen]


def _waits(line: Line, kind: Callable[[RecordedAdvice], bool]) -> bool:
    return any(advice.given > 5 and advice.asked < -5 and kind(advice) for advice in advice_of(line))


def write(path: Path, requests: list[Line], **head: Any) -> Path:
    """A replay file of these requests under the shipped year's head."""
    lines = [{**year()[0], **head}, *requests]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@dataclass(frozen=True)
class RecordedAdvice:
    """One agency's advice as a line says it: adviser's code, last day on which it's on time, day given.

    `asked`, `due` and `given` are days of the year. Weekends and bank holidays are left out of account.
    """

    code: str
    asked: int
    due: int
    given: int

    @property
    def is_on_time(self) -> bool:
        """Whether it is given by its last day."""
        return self.given <= self.due


def advice_of(line: Line) -> Iterator[RecordedAdvice]:
    """The advice that a line's request asks for and gets."""
    usual, work = year()[0]["usual"], line["work"]
    if "choose_advice" not in work or "withdrawal" in line:
        return
    for code, organisation in _ADVISERS.items():
        steps = work.get(f"complete_advice:{code}") or work.get(f"give_advice:{code}")
        if not steps:
            continue
        acknowledged = usual.get(f"acknowledge_request:{organisation}", usual["acknowledge_request"])["after"]
        day = line["received"]["day"]
        asked = day + work["choose_advice"][0]["on"]
        due = asked + acknowledged + 7 * WEEKS_ALLOWED
        yield RecordedAdvice(code, asked, due, day + steps[-1]["on"])


_ADVISERS = {
    "camhs": "camhs",
    "therapies": "childrens_therapies",
    "medical": "child_health",
    "psychological": "educational_psychology",
    "social_care": "social_care",
    "education": "urn",
}
