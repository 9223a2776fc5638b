"""One wake-up for the earliest due instant, and a slow safety round; the database is the truth."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from engine.clock import SystemClock
from engine.errands import Errand
from engine.services.agenda import BATCHES, CASES, EXPORTS, SCANS, Agenda
from engine.services.batches.batch_runs import run_slice
from engine.services.chores import Chores
from engine.services.documents.file_care import scan_waiting
from engine.services.records.exports import write_waiting
from engine.services.sweep import sweep

if TYPE_CHECKING:
    from engine.application import Engine

#: The longest that is waited at a time: another process may have written something that is due earlier,
#: and the machine's clock may be put forward meanwhile.
SAFETY = timedelta(seconds=60)
#: The shortest wait between two rounds.
SHORTEST = timedelta(milliseconds=20)
#: The wait before what couldn't be done is tried again.
RETRY = timedelta(seconds=1)
#: How often a round that takes long is left for a look at what the errands have to do.
BESIDE = timedelta(seconds=2)
_ROUND, _LOOK_BESIDE = "round", "look beside"

log = logging.getLogger(__name__)


class Alarms(Protocol):
    """Runs what has a name after a time, each in a thread of its own."""

    def add(self, name: str, act: Callable[[], None]) -> None:
        """Make something known; it is run once it was set."""

    def set(self, name: str, after: timedelta | None) -> None:
        """Run it once after this time, in place of what was set before; None: not at all."""

    def start(self) -> None:
        """From now on run what was set."""

    def stop(self) -> None:
        """Wait for what runs, and run nothing more."""


class Scheduler:
    """Does what is due when it is due. A round arms the next as its last act.

    A wake-up that comes during a round isn't lost: another is made at once. (Two may be under way by the
    alarms' count, since a round still counts for a moment after it has armed the next.)
    """

    def __init__(self, engine: Engine, errands: Sequence[Errand] = (), alarms: Alarms | None = None) -> None:
        """`errands` are done in threads of their own, when they are due."""
        self._engine = engine
        self._errands = {errand.name: errand for errand in errands}
        self._agenda = Agenda(engine, {each.name: each.due for each in errands})
        self._alarms = alarms or MachineAlarms()
        self._chores = Chores(engine)
        self._guard = threading.Lock()
        self._sweeping = False
        self._woken = False
        self._in_vain = False
        self._looked_at = engine.clock.now()
        self._stopping = threading.Event()
        #: When each errand may begin again; None while it is run.
        self._rested: dict[str, datetime | None] = dict.fromkeys(self._errands, self._looked_at)

    def heartbeat(self) -> datetime:
        """When it last looked for what is due, whether or not all of that could be done."""
        return self._looked_at

    def start(self) -> None:
        """Sweep at once (overdue timers fire once after downtime) and go on."""
        self._alarms.add(_ROUND, self._run)
        self._alarms.add(_LOOK_BESIDE, self._look_beside)
        for name in self._errands:
            self._alarms.add(name, partial(self._run_errand, name))
        self._alarms.set(_ROUND, timedelta(0))
        self._alarms.start()

    def stop(self) -> None:
        """Let the case that is being moved come to rest, then end; the rest is still due next time."""
        with self._guard:  # so that nobody arms anything between this and its end
            self._stopping.set()
        self._alarms.stop()

    def wake(self) -> None:
        """Something may have become due earlier than expected: look again now."""
        with self._guard:
            self._woken = True
            if not self._sweeping:
                self._arm(_ROUND, timedelta(0))

    def _run(self) -> None:
        with self._guard:
            if self._sweeping:
                return
            self._sweeping = True
        while True:
            with self._guard:
                self._woken = False
            wait = self._round()
            with self._guard:
                if not self._woken or self._stopping.is_set():
                    self._sweeping = False
                    self._arm(_LOOK_BESIDE, None)
                    self._arm(_ROUND, wait)
                    return

    def _arm(self, name: str, after: timedelta | None) -> None:
        if not self._stopping.is_set():
            self._alarms.set(name, after)

    def _round(self) -> timedelta:
        """Do what is due; gives the wait before the next round."""
        began = self._looked_at = self._engine.clock.now()
        try:
            due, moved = self._look(), 0
            is_busy = self._is_due(due, CASES, BATCHES, SCANS, EXPORTS)
            if is_busy:
                with self._guard:
                    self._arm(_LOOK_BESIDE, BESIDE)
                moved = self._work(due)
            if self._chores.tend() or is_busy:
                due = self._look()  # what has come of it
        except Exception as problem:  # its words may tell of a person: only its kind goes into the log
            kind = type(problem).__name__
            log.error(
                "Not everything due could be done (%s); the rest is tried again in %s.",
                kind,
                RETRY,
                extra={"kind": kind},
            )
            self._measure(began, failed=True)
            return RETRY
        self._measure(began, failed=False)
        return self._wait(due, moved)

    def _work(self, due: dict[str, datetime]) -> int:
        """Do what the engine itself has to do; gives how much was done."""
        moved = 0
        if self._is_due(due, CASES):
            moved += sweep(self._engine, stopping=self._is_stopping)
        if self._is_due(due, SCANS):
            moved += scan_waiting(self._engine, stopping=self._is_stopping)
        if self._is_due(due, EXPORTS):
            moved += write_waiting(self._engine, stopping=self._is_stopping)
        if self._is_due(due, BATCHES):  # a slice of them, between two rounds
            moved += run_slice(self._engine, stopping=self._is_stopping)
        return moved

    def _wait(self, due: dict[str, datetime], moved: int) -> timedelta:
        """How long to wait; what is due though nothing came of it isn't tried in circles."""
        now = self._engine.clock.now()
        earliest = min((due[kind] for kind in (CASES, BATCHES, SCANS, EXPORTS) if kind in due), default=None)
        before, self._in_vain = self._in_vain, not moved and earliest is not None and earliest <= now
        shortest = RETRY if before and self._in_vain else SHORTEST
        return SAFETY if earliest is None else min(max(shortest, earliest - now), SAFETY)

    def _is_due(self, due: dict[str, datetime], *kinds: str) -> bool:
        now = self._engine.clock.now()
        return any(kind in due and due[kind] <= now for kind in kinds)

    # --- errands ---------------------------------------------------------------------------

    def _look(self) -> dict[str, datetime]:
        """Ask what is due; errands that have something to do are armed."""
        due = self._agenda.look()
        now = self._engine.clock.now()
        with self._guard:
            for name, errand in self._errands.items():
                rested = self._rested[name]
                if rested is not None:
                    at = due.get(name) if errand.due else rested
                    self._arm(name, None if at is None else max(at, rested) - now)
        return due

    def _look_beside(self) -> None:
        """While a long round is under way, see to it that the errands don't wait for its end."""
        if self._sweeping and not self._stopping.is_set():
            try:
                self._look()
            except Exception as problem:
                log.error("What is due couldn't be looked up (%s).", type(problem).__name__)
            with self._guard:
                if self._sweeping:
                    self._arm(_LOOK_BESIDE, BESIDE)

    def _run_errand(self, name: str) -> None:
        with self._guard:
            if self._rested[name] is None:
                return
            self._rested[name] = None
        try:
            self._errands[name].run(self._engine)
        finally:
            with self._guard:
                self._rested[name] = self._engine.clock.now() + self._errands[name].every
            self.wake()

    # --- watching --------------------------------------------------------------------------

    def _is_stopping(self) -> bool:
        """Asked before each case, so a long sweep is seen to live."""
        self._looked_at = self._engine.clock.now()
        return self._stopping.is_set()

    def _measure(self, began: datetime, *, failed: bool) -> None:
        """Count the round that began then."""
        now = self._looked_at = self._engine.clock.now()
        self._engine.meters.swept((now - began).total_seconds(), failed=failed)


class MachineAlarms:
    """Alarms by the machine's clock."""

    def __init__(self) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._clock = SystemClock()

    def add(self, name: str, act: Callable[[], None]) -> None:
        """Make something known: an interval job, since one with a date is gone once it was run."""
        self._scheduler.add_job(
            act,
            "interval",
            seconds=SAFETY.total_seconds(),
            id=name,
            next_run_time=None,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=2,
        )

    def set(self, name: str, after: timedelta | None) -> None:
        """Run it after this time, and every minute from then on unless it is set again."""
        self._scheduler.modify_job(name, next_run_time=None if after is None else self._clock.now() + after)

    def start(self) -> None:
        """Run what was set."""
        self._scheduler.start()

    def stop(self) -> None:
        """Wait for what runs."""
        self._scheduler.shutdown(wait=True)
