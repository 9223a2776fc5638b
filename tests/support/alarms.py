"""Alarms on a stepped clock: a scheduler with them does all that it does, in the test's own thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from engine.clock import SteppedClock


class SteppedAlarms:
    """Alarms by a clock that a test moves on."""

    def __init__(self, clock: SteppedClock) -> None:
        self._clock = clock
        self._acts: dict[str, Callable[[], None]] = {}
        self._set: dict[str, datetime] = {}
        self.rung: list[str] = []

    def add(self, name: str, act: Callable[[], None]) -> None:
        """Make something known."""
        self._acts[name] = act

    def set(self, name: str, after: timedelta | None) -> None:
        """In place of what was set for it before."""
        self._set.pop(name, None)
        if after is not None:
            self._set[name] = self._clock.now() + max(after, timedelta(0))

    def start(self) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing is run any more."""
        self._set.clear()

    def go_on(self, by: timedelta) -> None:
        """Let this time pass, and ring what is set for it at its own instant."""
        end = self._clock.now() + by
        while (name := min(self._set, key=self._set.__getitem__, default="")) and self._set[name] <= end:
            self._clock.advance_to(max(self._set.pop(name, end), self._clock.now()))
            self.rung.append(name)
            self._acts[name]()
        self._clock.advance_to(end)
