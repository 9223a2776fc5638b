"""What is to be done besides cases, every hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.services.documents import file_care
from engine.services.people.leavers import give_back_tasks_of_leavers
from engine.services.processes.migrations import forget_former_states
from engine.services.records import exports
from engine.services.webhooks import webhook_queue

if TYPE_CHECKING:
    from engine.application import Engine

_HOURLY = timedelta(hours=1)


class Chores:
    """One process's round of chores. Each may be done by several processes, and does no harm twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thorough_at: datetime | None = None

    def tend(self) -> bool:
        """Do what is to be done every hour, if it is time; says whether it was."""
        now = self._engine.clock.now()
        if (
            self._thorough_at is not None and abs(now - self._thorough_at) < _HOURLY
        ):  # a clock may be put back
            return False
        self._thorough_at = now
        file_care.sweep_up(self._engine)
        exports.drop_expired(self._engine)
        give_back_tasks_of_leavers(self._engine)
        webhook_queue.forget_old(self._engine)
        forget_former_states(self._engine)
        return True
