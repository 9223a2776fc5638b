"""What every element of a running diagram has in common.

``Node`` stands in front of the library's specification classes. It predicts nothing, copies no data, and
makes the tokens of the next elements at the moment when its own token is done.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit, BpmnStartTask

from engine.spiff.elements import ElementInfo
from engine.spiff.expressions import Formula
from engine.spiff.mappings import NO_MAPPINGS, Mappings
from engine.spiff.tokens import FUTURE, Token


class Node(BpmnTaskSpec):
    """Common behaviour of all elements; a mixin before a library class.

    Attributes:
        info: what the diagram says about the element; ``None`` for elements of our own making.
        groups: whether its token stays as the parent by which its children find each other.
        holds: whether a waiting token keeps its scope from being done.
        told: whether what happens to it is recorded.
    """

    info: ElementInfo | None = None
    mappings: Mappings = NO_MAPPINGS
    occurrence: Formula | None = None
    agency: Formula | None = None
    met_on: Formula | None = None
    groups = False
    holds = True
    told = True
    is_start = False

    @property
    def element_id(self) -> str:
        """The id that a process owner knows: that of the element, or of the one this was made for."""
        return self.info.id if self.info else str(self.name).partition(":")[0]

    def _predict(self, my_task: Token, seen: Any = None, looked_ahead: int = 0, mask: int = 0) -> None:
        """The future is not written down."""

    def _update_hook(self, my_task: Token) -> bool | None:
        self.enter(my_task)
        return True

    def _on_ready(self, my_task: Token) -> None:
        self._on_ready_hook(my_task)

    def _on_ready_hook(self, my_task: Token) -> None:
        """Nothing to prepare."""

    def _run(self, my_task: Token) -> bool | None:
        done: bool | None = self._run_hook(my_task)
        return done

    def _run_hook(self, my_task: Token) -> bool | None:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        self.tell(my_task, "completed")
        self.leave(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        self.tell(my_task, "cancelled")

    def enter(self, token: Token) -> None:
        """Say that a token has arrived."""
        self.tell(token, "entered")

    def leave(self, token: Token) -> None:
        """Make a token for every flow that leaves."""
        for output in self.outputs:
            token._add_child(output, FUTURE)

    def fix_limit(self, token: Token) -> None:
        """Work out, once, which of several this is and who owes it, and keep both with the token."""
        for key, formula in (("occurrence", self.occurrence), ("agency", self.agency)):
            if formula is not None and formula.expression is not None:
                token.internal_data[key] = formula.text_value(token, key, optional=True)

    def occurrence_of(self, token: Token) -> str | None:
        """Which of several the token is; ``None`` where the diagram makes no difference."""
        return _kept(token, "occurrence", self.occurrence)

    def agency_of(self, token: Token) -> str:
        """Who owes what the token waits for; empty where the diagram does not say."""
        return _kept(token, "agency", self.agency) or ""

    def closing(self, token: Token) -> tuple[str | None, date | None]:
        """Which of several limits its completion closes, and the day on which they are met, if it says so."""
        if self.info is None or not self.info.closes_limits:
            return None, None
        which = self.occurrence.text_value(token, "occurrence", optional=True) if self.occurrence else None
        day = self.met_on.text_value(token, "day", optional=True) if self.met_on else None
        return which, date.fromisoformat(day[:10]) if day else None

    def tell(self, token: Token, event: str) -> None:
        """Record what happened to a token, for the audit; made elements are nobody's business."""
        if self.told and self.info is not None and not token.told:
            token.workflow.top_workflow.record(token, event)

    def child_done(self, token: Token, child: Token) -> None:
        """A token that this one started and waits for is done."""


def _kept(token: Token, key: str, formula: Formula | None) -> str | None:
    """A value that was kept when the token began to wait, or the constant that needs no working out."""
    kept: str | None = token.internal_data.get(key)
    if kept is not None or formula is None or formula.expression is not None:
        return kept
    return formula.text


class ScopeStart(Node, BpmnStartTask):
    """The root of a scope: from here the chosen start event and the triggers get their tokens."""

    groups = True
    told = False

    def leave(self, token: Token) -> None:
        """Start where the scope was asked to; the triggers wait beside it."""
        chosen = token.internal_data.pop("start", None)
        for output in self.outputs:
            if chosen is None or not output.is_start or output.name == chosen:
                token._add_child(output, FUTURE)


class BoundarySplit(Node, BoundaryEventSplit):
    """Starts an activity together with the boundary events that wait beside it."""

    groups = True
    told = False

    def _run_hook(self, my_task: Token) -> bool:
        return True
