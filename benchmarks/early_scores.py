"""How good warnings were: pure sums over what was foretold and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean, median


@dataclass(frozen=True)
class Foretold:
    """What was said of a limit on a morning.

    Attributes:
        value: the likelihood that it is missed.
        is_grounded: whether it was known well enough for a warning.
    """

    deadline_key: int
    on: date
    days_left: int
    value: float
    is_grounded: bool


@dataclass(frozen=True)
class Outcome:
    """A limit that was met or should have been."""

    rule: str
    agency: str
    due_on: date
    is_missed: bool


Outcomes = Mapping[int, Outcome]
#: Limit -> the first morning on which somebody is warned of it.
Warnings = Mapping[int, date]


@dataclass(frozen=True)
class Score:
    """How warnings did. `notice` are days between a right warning and the limit's last day."""

    warned: int
    right: int
    missed: int
    median_notice: float | None
    mean_notice: float | None

    @property
    def precision(self) -> float | None:
        """Of the limits that were warned of, the share that was missed."""
        return self.right / self.warned if self.warned else None

    @property
    def recall(self) -> float | None:
        """Of the limits that were missed, the share that was warned of."""
        return self.right / self.missed if self.missed else None


def score(warnings: Warnings, outcomes: Outcomes) -> Score:
    """Hold warnings against what came; limits that nobody can judge yet don't count."""
    judged = {key: on for key, on in warnings.items() if key in outcomes}
    notice = [(outcomes[key].due_on - on).days for key, on in judged.items() if outcomes[key].is_missed]
    return Score(
        warned=len(judged),
        right=len(notice),
        missed=sum(each.is_missed for each in outcomes.values()),
        median_notice=median(notice) if notice else None,
        mean_notice=fmean(notice) if notice else None,
    )


def plain(foretold: Iterable[Foretold], days: int) -> Warnings:
    """The plain rule: everybody is warned of every limit that still runs so many days before its last day."""
    return _first(foretold, lambda each: each.days_left <= days)


def early(foretold: Iterable[Foretold], at: float, shortest: int) -> Warnings:
    """Warned of on the first morning on which a limit is as likely as `at` to be missed, in time to act."""
    return _first(foretold, lambda each: each.is_grounded and each.value >= at and each.days_left >= shortest)


def _first(foretold: Iterable[Foretold], warns: Callable[[Foretold], bool]) -> Warnings:
    found: dict[int, date] = {}
    for each in foretold:
        if warns(each) and (each.deadline_key not in found or each.on < found[each.deadline_key]):
            found[each.deadline_key] = each.on
    return found


def threshold_for(number: int, foretold: Sequence[Foretold], outcomes: Outcomes, shortest: int) -> float:
    """The lowest likelihood (in thousandths) at which no more limits are warned of than this number."""
    low, high = 0, 1000
    while low < high:
        middle = (low + high) // 2
        if score(early(foretold, middle / 1000, shortest), outcomes).warned > number:
            low = middle + 1
        else:
            high = middle
    return low / 1000


def brier(
    foretold: Iterable[Foretold], outcomes: Outcomes, days_left: int
) -> tuple[float, float, int] | None:
    """The mean square of what likelihoods were off so many days ahead: theirs, and that of the share of all.

    The second knows the whole year's share beforehand, which no forecast can. None without a limit.
    """
    pairs = _pairs(foretold, outcomes, days_left)
    if not pairs:
        return None
    share = fmean(missed for _, missed in pairs)
    return fmean((value - missed) ** 2 for value, missed in pairs), share * (1 - share), len(pairs)


@dataclass(frozen=True)
class Bin:
    """Forecasts of about the same likelihood."""

    number: int
    foretold: float
    came: float


def calibration(
    foretold: Iterable[Foretold], outcomes: Outcomes, days_left: int, edges: Sequence[float]
) -> list[Bin]:
    """Whether what is said to be as likely as this comes as often as this, so many days ahead."""
    pairs = _pairs(foretold, outcomes, days_left)
    bins = []
    for low, high in pairwise(edges):
        inside = [(value, missed) for value, missed in pairs if low <= value < high]
        if inside:
            bins.append(
                Bin(len(inside), fmean(value for value, _ in inside), fmean(missed for _, missed in inside))
            )
    return bins


def _pairs(foretold: Iterable[Foretold], outcomes: Outcomes, days_left: int) -> list[tuple[float, float]]:
    return [
        (each.value, float(outcomes[each.deadline_key].is_missed))
        for each in foretold
        if each.days_left == days_left and each.deadline_key in outcomes
    ]
