"""Compensation within one scope.

An activity that can be undone leaves a note of its handler in its scope when it is completed. A throw takes
the notes, the last first, runs each handler as a child of its own token, and goes on when the last is done.
"""

from __future__ import annotations

from engine.spiff.nodes import Node
from engine.spiff.tokens import FUTURE, READY, STARTED, Token

PENDING = "undo"
"""Key of the internal data that lists the handlers still to run, the next one last."""


class Compensating(Node):
    """An event that throws compensation."""

    handlers: frozenset[str] | None = None
    """The handlers it may run; ``None`` for all of its scope."""

    def _update_hook(self, my_task: Token) -> bool | None:
        self.enter(my_task)
        pending = self._take_notes(my_task)
        if not pending:
            return True
        my_task.internal_data[PENDING] = pending
        my_task._set_state(STARTED)
        self._undo_next(my_task)
        return None

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def child_done(self, token: Token, child: Token) -> None:
        """One handler is done: the next, or on."""
        if token.internal_data[PENDING]:
            self._undo_next(token)
        else:
            token._set_state(READY)

    def _take_notes(self, token: Token) -> list[str]:
        scope = token.workflow
        taken = [name for name in scope.notes if self.handlers is None or name in self.handlers]
        scope.notes = [name for name in scope.notes if name not in taken]
        return taken

    def _undo_next(self, token: Token) -> None:
        handler = token.workflow.spec.task_specs[token.internal_data[PENDING].pop()]
        child = token._add_child(handler, FUTURE)
        handler._update(child)
