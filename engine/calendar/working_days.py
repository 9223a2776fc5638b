"""Which days count: bank holidays, working days, and the tribunal's working days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from engine.calendar.errors import CalendarRefused
from engine.calendar.feasts import computed_bank_holidays

Counts = Callable[[date], bool]
"""Says whether a day counts."""

_DAY = timedelta(days=1)
_SATURDAY = 5
_AUGUST = 8


@dataclass(frozen=True)
class Correction:
    """A day that an administrator made a bank holiday beside the shipped ones, or took away, and why."""

    day: date
    is_holiday: bool
    reason: str


@dataclass(frozen=True, eq=False)
class Calendar:
    """England's bank holidays and what follows from them. Never changes: a correction makes a new one.

    Outside ``published_from`` to ``published_to`` the eight regular bank holidays are computed, and
    :meth:`rests_on_computed` says so.
    """

    published: Mapping[date, str]
    published_from: date
    published_to: date
    checked_on: date
    corrections: tuple[Correction, ...] = ()
    _added: Mapping[date, str] = field(default_factory=dict, repr=False)
    _removed: frozenset[date] = field(default=frozenset(), repr=False)
    _by_year: dict[int, frozenset[date]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def england(cls, corrections: Iterable[Correction] = ()) -> Calendar:
        """The shipped calendar with corrections."""
        from engine.calendar.published import england  # it makes calendars

        return england().corrected(corrections)

    def bank_holiday(self, day: date) -> str | None:
        """The name of the bank holiday on a day, or None."""
        if day in self._added:
            return self._added[day]
        if day in self._removed:
            return None
        if self.rests_on_computed(day):
            return computed_bank_holidays(day.year).get(day)
        return self.published.get(day)

    def rests_on_computed(self, day: date) -> bool:
        """Whether nobody has published the bank holidays of this day's year yet (or any more)."""
        return not self.published_from <= day <= self.published_to

    def is_working_day(self, day: date) -> bool:
        """Whether a day is a weekday that is no bank holiday in England."""
        return day.weekday() < _SATURDAY and day not in self._bank_holidays_of(day.year)

    def is_tribunal_working_day(self, day: date) -> bool:
        """Whether a day counts for the tribunal: also not in August, nor from 25 December to 1 January.

        Tribunal Procedure (First-tier Tribunal) (HESC Chamber) Rules 2008, rules 1 and 12.
        """
        return not in_tribunal_recess(day) and self.is_working_day(day)

    def last_working_day_by(self, day: date) -> date:
        """The last working day on or before a day."""
        return _first(day, -_DAY, self.is_working_day)

    def next_working_day_from(self, day: date) -> date:
        """The first working day on or after a day."""
        return _first(day, _DAY, self.is_working_day)

    def next_tribunal_working_day_from(self, day: date) -> date:
        """The first tribunal working day on or after a day."""
        return _first(day, _DAY, self.is_tribunal_working_day)

    def working_day_after(self, day: date, number: int) -> date:
        """The nth working day after a day, which itself isn't counted."""
        return nth_after(day, number, self.is_working_day)

    def working_day_before(self, day: date, number: int) -> date:
        """The nth working day before a day, which itself isn't counted."""
        return nth_before(day, number, self.is_working_day)

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days follow the first day, up to and including the last."""
        days = (date.fromordinal(number) for number in range(after.toordinal() + 1, until.toordinal() + 1))
        return sum(map(self.is_working_day, days))

    def corrected(self, corrections: Iterable[Correction]) -> Calendar:
        """This calendar with bank holidays added or removed; of two for one day the later stands.

        A correction that a later release ships as well does no harm: it changes nothing.
        """
        calendar = self
        for correction in corrections:
            calendar = calendar._with(correction)
        return calendar

    def check(self, correction: Correction) -> None:
        """Refuse a new correction that cannot be meant.

        Raises:
            CalendarRefused: if it would change nothing, or gives no reason.
        """
        where, key = "Corrections of bank holidays", correction.day.isoformat()
        is_holiday = self.bank_holiday(correction.day) is not None
        if not correction.reason.strip():
            raise CalendarRefused(where, key, "no reason is given.", "Say why, and who proclaimed it.")
        if correction.is_holiday == is_holiday:
            problem = "it is a bank holiday already." if is_holiday else "it is no bank holiday."
            raise CalendarRefused(where, key, problem, "Leave the correction out.")

    def _bank_holidays_of(self, year: int) -> frozenset[date]:
        """A year's bank holidays as one set, put together once: counting asks for every single day."""
        found = self._by_year.get(year)
        if found is None:
            asked = {*self.published, *computed_bank_holidays(year), *self._added}
            found = frozenset(day for day in asked if day.year == year and self.bank_holiday(day))
            self._by_year[year] = found
        return found

    def _with(self, correction: Correction) -> Calendar:
        day = correction.day
        added = {known: name for known, name in self._added.items() if known != day}
        if correction.is_holiday and self.bank_holiday(day) is None:
            added[day] = correction.reason
        return replace(
            self,
            corrections=(*self.corrections, correction),
            _added=added,
            _removed=self._removed - {day} if correction.is_holiday else self._removed | {day},
        )


def in_tribunal_recess(day: date) -> bool:
    """Whether a day falls in August or from 25 December to 1 January, which the tribunal doesn't count."""
    return day.month == _AUGUST or (day.month, day.day) >= (12, 25) or (day.month, day.day) == (1, 1)


def nth_after(day: date, number: int, counts: Counts) -> date:
    """The nth day after a day that counts; the day itself isn't counted."""
    return _nth(day, number, _DAY, counts)


def nth_before(day: date, number: int, counts: Counts) -> date:
    """The nth day before a day that counts; the day itself isn't counted."""
    return _nth(day, number, -_DAY, counts)


def _nth(day: date, number: int, step: timedelta, counts: Counts) -> date:
    if number < 1:
        raise ValueError(f"Cannot count {number} days. Count at least one.")
    while number:
        day += step
        if counts(day):
            number -= 1
    return day


def _first(day: date, step: timedelta, counts: Counts) -> date:
    while not counts(day):
        day += step
    return day
