"""The advice of a year: who is asked when, and which of it comes late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from examples.behaviour import AGENCIES, OPTIONAL, WEEKS_ALLOWED, Agency, exact_number, quarter_of

#: Weekends and bank holidays carry work on by up to five days: so far from its limit is each day chosen.
MARGIN = 5


@dataclass
class Advice:
    """One piece of advice of a case. Days are days of the case; `due_in_year` is a day of the year."""

    agency: Agency
    asked: int
    received: int
    difficulty: float
    declined: bool = False
    relied_on: bool = False
    is_late: bool = False
    reason: str = ""
    given: int = 0
    first_given: int | None = None

    @property
    def due(self) -> int:
        """The last day on which it is on time."""
        return self.asked + self.agency.acknowledges_after + 7 * WEEKS_ALLOWED

    @property
    def due_in_year(self) -> int:
        """The same as a day of the year."""
        return self.received + self.due

    @property
    def counts(self) -> bool:
        """Whether it is asked for and not declined, so that it can be on time or late."""
        return not (self.declined or self.relied_on)


@dataclass
class Sought:
    """The advice of one case, by code."""

    of: dict[str, Advice] = field(default_factory=dict)

    def asked_for(self) -> list[Advice]:
        """The advice that agencies are asked for, declined or not."""
        return [advice for advice in self.of.values() if not advice.relied_on]


def settle(cases: Iterable[Sought], random: Random) -> None:
    """Choose which advice comes late, so that each agency has its share in each quarter, and all days."""
    everything = list(cases)
    for code, agency in AGENCIES.items():
        of_agency = [case.of[code] for case in everything if code in case.of]
        for quarter in (0, 1, 2, 3, None):
            due = [each for each in of_agency if quarter_of(each.due_in_year) == quarter and each.counts]
            percent = agency.on_time[3 if quarter is None else quarter]
            if quarter in agency.exact_quarters:
                due = _made_exact(everything, code, due, percent)
            _choose_late(due, percent, random)
    for case in everything:
        for advice in case.asked_for():
            _choose_days(advice, random)


def _made_exact(cases: list[Sought], code: str, due: list[Advice], percent: int) -> list[Advice]:
    """Leave out as little advice as possible to make the percentage a whole one."""
    rest = list(due)
    while rest and exact_number(len(rest), percent) is None:
        last = rest.pop()
        if code in OPTIONAL:
            holder = next(case for case in cases if case.of.get(code) is last)
            del holder.of[code]
        else:
            last.relied_on = True
    return rest


def _choose_late(due: list[Advice], percent: int, random: Random) -> None:
    """The most difficult cases come late: lateness clusters, as it does in life."""
    number = exact_number(len(due), percent)
    late = len(due) - (round(len(due) * percent / 100) if number is None else number)
    for advice in sorted(due, key=lambda each: -each.difficulty)[:late]:
        advice.is_late = True
        advice.reason = random.choice(advice.agency.reasons)


def _choose_days(advice: Advice, random: Random) -> None:
    if advice.is_late:
        advice.given = advice.due + MARGIN + 1 + int(random.triangular(0, 34, 6))
    else:
        advice.given = advice.due - MARGIN - int(random.triangular(0, 24, 3))
    if random.random() < 0.07 and not advice.declined:
        advice.first_given = advice.given - random.randint(9, 12)
