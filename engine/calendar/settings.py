"""When one setting is open: its terms, its closures, and which closures excuse a late decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from engine.calendar.errors import CalendarRefused

LONG_CLOSURE = timedelta(weeks=4)
"""A closure counts only if it lasts at least this long without a break."""

_LEAD = timedelta(weeks=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Term:
    """A time a setting is open, first and last day included."""

    starts_on: date
    ends_on: date
    name: str = ""


@dataclass(frozen=True, order=True)
class Closure:
    """A time a setting is closed: from its first closed day until the day it opens again."""

    closed_from: date
    reopens_on: date

    @property
    def is_long(self) -> bool:
        """Whether it lasts four weeks or more without a break."""
        return self.reopens_on - self.closed_from >= LONG_CLOSURE

    def covers_request(self, requested_on: date) -> bool:
        """Whether advice asked for on this day meets the school-closure exception.

        The request must fall from one week before a closure of four weeks or more begins to one week
        before the setting opens again, both days included. Overlap with the holiday alone isn't enough.
        SEND Regulations 2014, regs 5(4)(a) and (b), 10(4)(a) and (b), 13(3), 27(3)(a) and (b).
        """
        return self.is_long and self.closed_from - _LEAD <= requested_on <= self.reopens_on - _LEAD


@dataclass(frozen=True)
class SettingCalendar:
    """The terms of one setting and any closures beside its holidays.

    Args:
        setting: the setting's code, such as ``urn:123456``.
        terms: in any order; they may not overlap.
        closures: times closed within or around the terms, such as for a flood.

    Raises:
        CalendarRefused: if a term or closure ends before it begins, or terms overlap.
    """

    setting: str
    terms: tuple[Term, ...]
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        where = f"Calendar of {self.setting}"
        for term in self.terms:
            _in_order(where, f"term from {term.starts_on}", term.starts_on, term.ends_on)
        for closure in self.closures:
            last = closure.reopens_on - _DAY
            _in_order(where, f"closure from {closure.closed_from}", closure.closed_from, last)
        for before, after in pairwise(sorted(self.terms)):
            if after.starts_on <= before.ends_on:
                key, problem = f"term from {after.starts_on}", f"it overlaps the term to {before.ends_on}."
                raise CalendarRefused(
                    where, key, problem, "Let each term start after the one before has ended."
                )

    def all_closures(self) -> tuple[Closure, ...]:
        """Every time closed between the first term and the last, with neighbouring ones joined."""
        holidays = [
            Closure(before.ends_on + _DAY, after.starts_on) for before, after in pairwise(sorted(self.terms))
        ]
        joined: list[Closure] = []
        for closure in sorted([*holidays, *self.closures]):
            if joined and closure.closed_from <= joined[-1].reopens_on:
                joined[-1] = Closure(joined[-1].closed_from, max(joined[-1].reopens_on, closure.reopens_on))
            else:
                joined.append(closure)
        return tuple(closure for closure in joined if closure.closed_from < closure.reopens_on)

    def is_open(self, day: date) -> bool:
        """Whether the setting is open: within a term and outside its closures (weekends not considered)."""
        in_term = any(term.starts_on <= day <= term.ends_on for term in self.terms)
        return in_term and not any(each.closed_from <= day < each.reopens_on for each in self.closures)

    def closure_excusing(self, requested_on: date) -> Closure | None:
        """The closure that brings a request for advice within EX_SCHOOL_CLOSED or EX_EY_CLOSED, if any.

        The exception also needs the closure to have made keeping the limit impractical; that is for a
        person to judge.
        """
        return next((each for each in self.all_closures() if each.covers_request(requested_on)), None)


def _in_order(where: str, key: str, first: date, last: date) -> None:
    if last < first:
        raise CalendarRefused(
            where, key, f"it would end on {last}.", "Let it end on or after the day it starts."
        )
