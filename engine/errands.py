"""What is done beside the sweep, and would hold it up: it waits for somebody outside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.store.types import Soonest

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Errand:
    """What is done whenever it is due; what it couldn't do, it finds again the next time.

    Attributes:
        every: the shortest time from its end to its next beginning.
        due: asks the database for the instants at which it is due. The scheduler asks for those of all
            errands at once, after each request that changed something and else once a minute, so that an
            errand costs nothing while there is nothing to do. Without: it is done by the clock alone.
    """

    name: str
    every: timedelta
    act: Callable[[Engine], object]
    due: tuple[Soonest, ...] = ()

    def run(self, engine: Engine) -> None:
        """Do it once. A failure is logged by its kind alone: its words may tell of a person."""
        try:
            self.act(engine)
        except Exception as problem:
            kind = type(problem).__name__
            log.error("%s failed (%s); it is tried again in %s.", self.name, kind, self.every)
