"""How many messages may leave in a while: counted here, so that a provider's limit is kept, not run into.

Each process counts what it sends itself. Where several send, the provider's own refusal is the last word.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta

#: At most so many keys are watched; those that were quiet for the whole length are forgotten first.
_MOST_KEYS = 20_000


class Window:
    """At most so many in any stretch of time of one length."""

    def __init__(self, most: int, length: timedelta) -> None:
        self.most = most
        self.length = length
        self._taken: deque[datetime] = deque()
        self._guard = threading.Lock()

    def take(self, now: datetime) -> timedelta | None:
        """Take a place; gives for how long there is none, None where it was taken."""
        with self._guard:
            while self._taken and self._taken[0] <= now - self.length:
                self._taken.popleft()
            if len(self._taken) >= self.most:
                return self._taken[0] + self.length - now
            self._taken.append(now)
            return None

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing was taken for the whole length."""
        with self._guard:
            return not self._taken or self._taken[-1] <= now - self.length


class Windows:
    """A window for each of many keys."""

    def __init__(self, most: int, length: timedelta) -> None:
        self._make: Callable[[], Window] = lambda: Window(most, length)
        self._of: dict[Hashable, Window] = {}
        self._guard = threading.Lock()

    def take(self, key: Hashable, now: datetime) -> timedelta | None:
        """Take a place in the window of a key."""
        with self._guard:
            if len(self._of) >= _MOST_KEYS:
                self._of = {each: one for each, one in self._of.items() if not one.is_quiet(now)}
            window = self._of.setdefault(key, self._make())
        return window.take(now)


class Day:
    """At most so many on a day that ends at midnight UTC."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._day: date | None = None
        self._taken = 0
        self._guard = threading.Lock()

    def take(self, now: datetime) -> timedelta | None:
        """Take a place; gives for how long there is none, None where it was taken."""
        with self._guard:
            if self._day != (today := now.astimezone(UTC).date()):
                self._day, self._taken = today, 0
            if self._taken >= self.most:
                return until_midnight(now)
            self._taken += 1
            return None


def until_midnight(now: datetime) -> timedelta:
    """How long the day still has, in UTC."""
    here = now.astimezone(UTC)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - here
