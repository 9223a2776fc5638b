"""The token: SpiffWorkflow's task without prediction, without data of its own, on our clock.

A token keeps in ``internal_data`` only what plain JSON can hold, because that is what a state stores of it.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

WAITING = TaskState.WAITING
READY = TaskState.READY
STARTED = TaskState.STARTED
FUTURE = TaskState.FUTURE
COMPLETED = TaskState.COMPLETED
CANCELLED = TaskState.CANCELLED
OPEN = TaskState.DEFINITE_MASK
FINISHED = TaskState.FINISHED_MASK


class Token(Task):
    """One token at one element of one scope."""

    _parent: int | None
    _children: dict[int, None]

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Token | None = None, state: int = FUTURE
    ) -> None:
        """Put a new token at an element; the library's own constructor would read the clock."""
        self._settle(workflow, task_spec, workflow.top_workflow.next_id(), state)
        if parent is not None:
            self._parent = int(parent.id)
            parent._children[self.id] = None
        workflow.tally(self, 0, state)

    @classmethod
    def restored(cls, workflow: Any, task_spec: Any, token_id: int, state: int, own: dict[str, Any]) -> Token:
        """A token as a stored state describes it; its place in the tree follows separately."""
        token: Token = cls.__new__(cls)
        token._settle(workflow, task_spec, token_id, state)
        token.internal_data = own
        return token

    def _settle(self, workflow: Any, task_spec: Any, token_id: int, state: int) -> None:
        self.id = token_id
        self.workflow = workflow
        self.task_spec = task_spec
        self._state = state
        self._children = {}
        self.internal_data: dict[str, Any] = {}
        self.data: dict[str, Any] = {}
        self._parent = None
        self.triggered = False
        self.told = False
        workflow.tasks[token_id] = self

    def _add_child(self, task_spec: Any, state: int = FUTURE) -> Token:
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        before, self._state = self._state, value
        if before != value:
            self.workflow.tally(self, before, value)
            if value == READY and not self.task_spec.manual:
                self.workflow.top_workflow.agenda.append(self)

    def _inherit_data(self) -> None:
        """Nothing rides on a token: variables live in scopes."""

    def run(self) -> bool | None:
        """Carry out the element, unless what it did has taken its own token away."""
        done: bool | None = self.task_spec._run(self)
        if self._state == CANCELLED:
            return None
        if done is None:
            self._set_state(STARTED)
        else:
            self.complete()
        return done

    def complete(self) -> None:
        """Finish the element: say so, then pass the token on."""
        self._state, before = COMPLETED, self._state
        self.workflow.tally(self, before, COMPLETED)
        self.task_spec._on_complete(self)

    def cancel(self) -> None:
        """Take the token away with all that it started, the innermost first."""
        self.workflow.top_workflow.cancel_token(self)

    @property
    def is_open(self) -> bool:
        """Whether it is neither completed nor cancelled."""
        return bool(self._state & OPEN)

    def siblings(self) -> list[Token]:
        """The other tokens under the same parent, oldest first."""
        parent = self.parent
        return [] if parent is None else [child for child in parent.children if child is not self]
