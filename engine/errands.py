"""What is done again and again beside the sweep, and would hold it up: it waits for somebody outside."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.application import Engine

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Errand:
    """What is done every so often; what it couldn't do, it finds again the next time."""

    name: str
    every: timedelta
    act: Callable[[Engine], object]

    def run(self, engine: Engine) -> None:
        """Do it once. A failure is logged by its kind alone: its words may tell of a person."""
        try:
            self.act(engine)
        except Exception as problem:
            kind = type(problem).__name__
            log.error("%s failed (%s); it is tried again in %s.", self.name, kind, self.every)
