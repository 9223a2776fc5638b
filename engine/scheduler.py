"""One wake-up for the earliest due instant, and a slow safety sweep; the database is the truth."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from engine.services.sweep import next_due, sweep

if TYPE_CHECKING:
    from engine.application import Engine

#: The longest that is waited at a time: the machine's clock may be put forward meanwhile.
SAFETY = timedelta(seconds=30)
#: The shortest wait between two sweeps.
SHORTEST = timedelta(milliseconds=20)
_JOB = "sweep"

log = logging.getLogger(__name__)


class Scheduler:
    """Runs `sweep` when something is due. One interval job that arms itself again as its last act."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._scheduler = BackgroundScheduler(timezone="UTC")

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
            max_instances=1,
        )
        self._scheduler.start()

    def stop(self) -> None:
        """Let a sweep under way finish, then end."""
        self._scheduler.shutdown(wait=True)

    def wake(self) -> None:
        """Something may have become due earlier than expected: look again now."""
        self._scheduler.modify_job(_JOB, next_run_time=self._engine.clock.now())

    def _run(self) -> None:
        try:
            sweep(self._engine)
        except Exception:
            log.exception("The sweep failed; it runs again within %s.", SAFETY)
        self._scheduler.modify_job(_JOB, next_run_time=self._next_run())

    def _next_run(self) -> object:
        now = self._engine.clock.now()
        due = next_due(self._engine)
        latest = now + SAFETY
        return latest if due is None else max(now + SHORTEST, min(due, latest))
