"""What one deployment can run: the specifications of its processes, and its decisions.

Made once and never changed afterwards, so that all instances and threads share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from engine.spiff.elements import ProcessInfo
from engine.spiff.expressions import Place

if TYPE_CHECKING:
    from engine.spiff.scopes import ScopeSpec


class Decisions(Protocol):
    """Answers questions about decisions by name or id."""

    def ask(self, decision: str, variables: Mapping[str, object], now: datetime, place: Place) -> object:
        """A decision's result for these variables; raises ``StepFailed`` if it has none."""
        ...


@dataclass(frozen=True)
class Definitions:
    """The specifications by name, of processes and of the sub-processes embedded in them."""

    specs: Mapping[str, ScopeSpec]
    processes: Mapping[str, ProcessInfo]
    decisions: Decisions
