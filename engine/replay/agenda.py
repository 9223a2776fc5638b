"""What is still to be done in a replay, in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from engine.calendar import Calendar
from engine.clock import LONDON


@dataclass(frozen=True, order=True)
class Item:
    """Something that happens at an instant. Of two at the same instant the one entered first comes first.

    `day` is the day on which it was meant to happen, before weekends and bank holidays moved it.
    """

    at: datetime
    number: int
    day: date = field(compare=False)
    act: Callable[[], None] = field(compare=False)


class Agenda:
    """A heap of items. Work that would fall on a weekend or a bank holiday waits for the next working day."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._items: list[Item] = []
        self._entered = 0

    def enter_at(self, day: date, time_of_day: str, act: Callable[[], None]) -> None:
        """Something happens on exactly this day, whatever day it is."""
        self._enter(instant(day, time_of_day), day, act)

    def enter_work(
        self, day: date, time_of_day: str, act: Callable[[], None], *, earliest: datetime | None = None
    ) -> None:
        """Somebody does something on a working day, and not before the earliest instant."""
        at = instant(self._calendar.next_working_day_from(day), time_of_day)
        self._enter(at if earliest is None else max(at, earliest), day, act)

    @property
    def next_at(self) -> datetime | None:
        """When the next item is due; None when there is none left."""
        return self._items[0].at if self._items else None

    def take(self) -> Item:
        """The next item, taken out."""
        return heapq.heappop(self._items)

    def _enter(self, at: datetime, day: date, act: Callable[[], None]) -> None:
        self._entered += 1
        heapq.heappush(self._items, Item(at, self._entered, day, act))


def instant(day: date, time_of_day: str) -> datetime:
    """A time of day in London, written HH:MM, as an instant in UTC."""
    return datetime.combine(day, time.fromisoformat(time_of_day), LONDON).astimezone(UTC)
