"""What limits of the past say of one that runs: how many that stood like it were missed.

A limit is compared with those that were still running as many days before their last day: of its rule, of
the organisation that owes it, and whose work stood as it does. Where few of these are known, what is known of
more weighs in: what is particular to the organisation and to the state together, then the rule's own share,
then that of all limits. A limit counts once its last day is over, less the longer that is ago.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from engine.services.escalations.forecast_of import HORIZON as HORIZON

#: Days after which what was learnt weighs half: agencies change within a quarter.
HALF_LIFE = 120
#: Limits that a share must come from before it weighs as much as the more general one behind it.
EQUAL = 8
#: What is assumed before anything is known: one limit in four is missed.
_ASSUMED_MISSED, _ASSUMED = 1.0, 4.0
#: Nothing is thought surer than this while shares are put together.
_SUREST = 0.999

#: A state and the first and last number of days before the last day at which it was seen; the first is more.
Span = tuple[str | None, int, int]


@dataclass(frozen=True)
class Past:
    """A limit whose last day is over.

    Attributes:
        spans: how the work stood while it ran; None where nobody looked.
    """

    rule: str
    organisation: str
    due_on: date
    is_missed: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Likelihood:
    """How likely a limit is to be missed, and what that rests on.

    Attributes:
        basis: what the comparable limits have in common with it: "organisation_state", "organisation" (and
            rule), "rule" or "all".
    """

    value: float
    comparable: int
    missed: int
    basis: str


class Experience:
    """What is known on a day."""

    def __init__(self, pasts: Iterable[Past], today: date) -> None:
        self._cells: dict[tuple[str, ...], _Cell] = {}
        for past in pasts:
            self._learn(past, 0.5 ** ((today - past.due_on).days / HALF_LIFE))
        for cell in self._cells.values():
            cell.settle()

    def likelihood(self, rule: str, organisation: str, state: str, days_left: int) -> Likelihood:
        """How likely a limit that stands like this is to be missed."""
        level = [self._at(cell, days_left) for cell in _cells(rule, organisation, state)]
        anything, of_rule, of_organisation, of_state, alike = level
        anywhere = (anything.missed + _ASSUMED_MISSED) / (anything.weight + _ASSUMED)
        usual = of_rule.share(anywhere)
        expected = _together(of_organisation.share(usual), of_state.share(usual), usual)
        basis, counted = next(
            (
                (name, seen)
                for name, seen in zip(_BASES, (alike, of_organisation, of_rule), strict=True)
                if seen.comparable >= EQUAL
            ),
            ("all", anything),
        )
        return Likelihood(alike.share(expected), counted.comparable, counted.were_missed, basis)

    def knows(self, rule: str) -> bool:
        """Whether enough limits of a rule have ended for a forecast that somebody should act on."""
        cell = self._cells.get((rule,))
        return cell is not None and cell.limits >= EQUAL

    def _learn(self, past: Past, weight: float) -> None:
        for cell in _cells(past.rule, past.organisation, None)[:3]:
            self._cell(cell).add(past, [(first, last) for _, first, last in past.spans], weight)
        for state in {state for state, _, _ in past.spans if state is not None}:
            ranges = [(first, last) for seen, first, last in past.spans if seen == state]
            for cell in _cells(past.rule, past.organisation, state)[3:]:
                self._cell(cell).add(past, ranges, weight)

    def _cell(self, name: tuple[str, ...]) -> _Cell:
        return self._cells.setdefault(name, _Cell())

    def _at(self, name: tuple[str, ...], days_left: int) -> _Seen:
        cell = self._cells.get(name)
        return _NOTHING if cell is None else cell.at(days_left)


_BASES = ("organisation_state", "organisation", "rule")


def _cells(rule: str, organisation: str, state: str | None) -> list[tuple[str, ...]]:
    """All limits, the rule's, the organisation's, those in the state, the organisation's in the state."""
    kept = state or ""
    return [(), (rule,), (rule, organisation), (rule, "", kept), (rule, organisation, kept)]


@dataclass(frozen=True)
class _Seen:
    """Limits that ran at a number of days before their last day; weighed, and counted."""

    weight: float
    missed: float
    comparable: int
    were_missed: int

    def share(self, expected: float) -> float:
        """The share that was missed, drawn towards what was expected where few were seen."""
        return (self.missed + EQUAL * expected) / (self.weight + EQUAL)


_NOTHING = _Seen(0.0, 0.0, 0, 0)


class _Cell:
    """Limits of one kind by days left: each is entered where it begins and taken out where it ends."""

    def __init__(self) -> None:
        self.limits = 0
        self._changes = [[0.0, 0.0, 0.0, 0.0] for _ in range(HORIZON + 2)]
        self._seen: list[_Seen] = []

    def add(self, past: Past, ranges: Iterable[tuple[int, int]], weight: float) -> None:
        self.limits += 1
        entry = (weight, weight * past.is_missed, 1.0, float(past.is_missed))
        for first, last in ((first, last) for first, last in ranges if last <= HORIZON):
            self._change(min(first, HORIZON), entry, 1.0)
            self._change(last - 1, entry, -1.0)

    def _change(self, days_left: int, entry: tuple[float, ...], sign: float) -> None:
        changed = self._changes[days_left + 1]
        for number, value in enumerate(entry):
            changed[number] += sign * value

    def settle(self) -> None:
        """Sum up, from far before the last day to the last day itself."""
        running = [0.0, 0.0, 0.0, 0.0]
        seen = []
        for changed in reversed(self._changes[1:]):
            running = [before + change for before, change in zip(running, changed, strict=True)]
            weight, missed, comparable, were_missed = running
            seen.append(_Seen(max(weight, 0.0), max(missed, 0.0), round(comparable), round(were_missed)))
        self._seen = seen[::-1]

    def at(self, days_left: int) -> _Seen:
        return self._seen[min(days_left, HORIZON)]


def _together(one: float, other: float, usual: float) -> float:
    """Two shares that each deviate from a usual one, as one that deviates by both, on the scale of odds."""
    return 1.0 / (1.0 + math.exp(-(_odds(one) + _odds(other) - _odds(usual))))


def _odds(share: float) -> float:
    kept = min(max(share, 1 - _SUREST), _SUREST)
    return math.log(kept / (1 - kept))


def spans(
    trail: Iterable[tuple[date, str]], first_seen: date, last_seen: date, due_on: date
) -> tuple[Span, ...]:
    """A trail of states as ranges of days left, within the days on which the limit was seen to run.

    Args:
        trail: each state with the morning since which the work stood so, the first first.
        first_seen, last_seen: the first and last mornings on which it ran; none after the last day counts.
    """
    last_seen = min(last_seen, due_on)
    first_seen = max(first_seen, due_on - timedelta(days=HORIZON))
    points: list[tuple[date, str | None]] = [(date.min, None), *trail, (date.max, None)]
    found: list[Span] = []
    for (since, state), (until, _) in pairwise(points):
        begins, ends = max(since, first_seen), min(until, last_seen + timedelta(days=1))
        if begins < ends:
            found.append((state, (due_on - begins).days, (due_on - ends).days + 1))
    return tuple(found)
