"""One wake-up for the earliest due instant, and a slow safety sweep; the database is the truth."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from engine.errands import Errand
from engine.services.batches.batch_runs import run_slice
from engine.services.chores import Chores
from engine.services.sweep import next_due, sweep

if TYPE_CHECKING:
    from engine.application import Engine

#: The longest that is waited at a time: the machine's clock may be put forward meanwhile.
SAFETY = timedelta(seconds=30)
#: The shortest wait between two sweeps.
SHORTEST = timedelta(milliseconds=20)
#: The wait before what couldn't be done is tried again.
RETRY = timedelta(seconds=1)
_JOB = "sweep"

log = logging.getLogger(__name__)


class Scheduler:
    """Runs `sweep` when something is due. One interval job that arms itself again as its last act.

    A wake-up that comes while a sweep is under way isn't lost: the sweep is run once more. (The job may
    have two runs at a time, since a run still counts for a moment after it has armed the next.)
    """

    def __init__(self, engine: Engine, errands: Sequence[Errand] = ()) -> None:
        """`errands` are done every so often, in threads of their own."""
        self._engine = engine
        self._errands = errands
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._chores = Chores(engine)
        self._guard = threading.Lock()
        self._sweeping = False
        self._woken = False
        self._in_vain = False
        self._looked_at = engine.clock.now()
        self._stopping = threading.Event()

    def heartbeat(self) -> datetime:
        """When it last looked for what is due, whether or not all of that could be done."""
        return self._looked_at

    def start(self) -> None:
        """Sweep at once (overdue timers fire once after downtime) and go on."""
        self._scheduler.add_job(
            self._run,
            "interval",
            seconds=SAFETY.total_seconds(),
            id=_JOB,
            next_run_time=self._engine.clock.now(),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=2,
        )
        for errand in self._errands:
            self._scheduler.add_job(
                errand.run,
                "interval",
                (self._engine,),
                seconds=errand.every.total_seconds(),
                misfire_grace_time=None,
                coalesce=True,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Let the case that is being moved come to rest, then end; the rest is still due next time."""
        with self._guard:  # so that nobody arms the job between this and its end
            self._stopping.set()
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something may have become due earlier than expected: look again now."""
        with self._guard:
            self._woken = True
            if not self._sweeping:
                self._arm(self._engine.clock.now())

    def _run(self) -> None:
        with self._guard:
            if self._sweeping:
                return
            self._sweeping = True
        while True:
            with self._guard:
                self._woken = False
            at = self._sweep()
            with self._guard:
                if not self._woken or self._stopping.is_set():
                    self._sweeping = False
                    self._arm(at)
                    return

    def _arm(self, at: datetime) -> None:
        if not self._stopping.is_set():
            self._scheduler.modify_job(_JOB, next_run_time=at)

    def _sweep(self) -> datetime:
        """Sweep once; gives the instant of the next one."""
        began = self._looked_at = self._engine.clock.now()
        try:
            moved = sweep(self._engine, stopping=self._is_stopping)
            self._chores.tend(stopping=self._is_stopping)
            due = next_due(self._engine)
            if due is not None and due <= self._engine.clock.now():  # a slice of batches, between two sweeps
                moved += run_slice(self._engine, stopping=self._is_stopping)
        except Exception as problem:  # its words may tell of a person: only its kind goes into the log
            kind = type(problem).__name__
            log.error(
                "Not everything due could be done (%s); the rest is tried again in %s.",
                kind,
                RETRY,
                extra={"kind": kind},
            )
            self._measure(began, failed=True)
            return self._engine.clock.now() + RETRY
        now = self._measure(began, failed=False)
        before, self._in_vain = self._in_vain, not moved and due is not None and due <= now
        shortest = RETRY if before and self._in_vain else SHORTEST
        return now + SAFETY if due is None else min(max(now + shortest, due), now + SAFETY)

    def _is_stopping(self) -> bool:
        """Asked before each case, so a long sweep is seen to live."""
        self._looked_at = self._engine.clock.now()
        return self._stopping.is_set()

    def _measure(self, began: datetime, *, failed: bool) -> datetime:
        """Count the sweep that began then; gives the time."""
        now = self._looked_at = self._engine.clock.now()
        self._engine.meters.swept((now - began).total_seconds(), failed=failed)
        return now
