"""What an instance asks of the world around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from engine.spiff.elements import ElementInfo


class Environment(Protocol):
    """Given at start and restore, never stored.

    The layer above implements it over tables; the trial runner implements it in memory.
    """

    def now(self) -> datetime:
        """The instant of this step, aware, in UTC; stands still while a step runs."""
        ...

    def limit(self, element: ElementInfo, rule: str, occurrence: str | None) -> Mapping[str, object]:
        """The limit of an element that carries ``ehc:rule``, as the FEEL variable ``limit``.

        ``due`` is a date, ``broken`` an instant. Asked only while the element's own expressions are worked
        out. Raises ``LookupError`` or ``ValueError`` with a sentence where there is no such limit.
        """
        ...

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> Mapping[str, object] | None:
        """Carry out a service task within this step and give its results, if any.

        ``variables`` are the task's inputs as FEEL values. Raises ``BpmnError`` for an error that the
        diagram may catch, ``LookupError`` or ``ValueError`` with a sentence for one that it may not.
        """
        ...
