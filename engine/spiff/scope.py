"""A running scope: a process or sub-process with its open tokens.

It holds only what is open. A finished token is let go at once; what it made hangs on the scope's root from
then on. Only a token by which its children find each other stays until they are gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow

from engine.spiff.tokens import CANCELLED, COMPLETED, FUTURE, OPEN, READY, STARTED, WAITING, Token
from engine.spiff.variables import Frame

if TYPE_CHECKING:
    from engine.spiff.running import Running

_AHEAD = FUTURE | WAITING


class Scope(BpmnBaseWorkflow):
    """What a whole instance and an inner scope have in common.

    Attributes:
        holder: the token, in the scope around, that this scope hangs on; ``None`` for the instance itself.
        variables: the frame of a process; ``None`` for an embedded sub-process.
        notes: handlers of what was completed here and can be undone, in order of completion.
    """

    holder: Token | None = None
    top_workflow: Running

    def set_up(self) -> None:
        """An empty scope; its tokens come by ``begin`` or from a stored state."""
        self.variables: Frame | None = {} if self.spec.own_variables else None
        self.notes: list[str] = []
        self.written: list[str] | None = None
        self._held = 0

    def begin(self, start: str | None = None) -> None:
        """Put a token at the root; from there the named start event, and all triggers, get theirs."""
        self.task_tree = Token(self, self.spec.start)
        if start is not None:
            self.task_tree.internal_data["start"] = start
        self.task_tree._ready()

    @property
    def process_id(self) -> str:
        """The process that this scope is, or is part of."""
        return str(self.spec.process_id)

    @property
    def process_scope(self) -> Scope:
        """The scope of the process around, this one if it is a process."""
        scope: Scope = self
        while scope.variables is None:
            assert scope.holder is not None
            scope = scope.holder.workflow
        return scope

    def note_own(self, name: str) -> None:
        """Remember that a called process has written a variable: only such are handed back."""
        if self.written is not None and name not in self.written:
            self.written.append(name)

    def admit_start_variables(self) -> None:
        """Count the variables of the start as set by the start event."""
        if self.holder is None:
            self.top_workflow.ledger.written.update(self.top_workflow.given)

    def tally(self, token: Token, before: int, after: int) -> None:
        """Count the tokens that keep this scope open."""
        self._held += _holds(token, after) - _holds(token, before)

    @property
    def is_done(self) -> bool:
        """Whether nothing is open but triggers that wait."""
        return self._held == 0

    def _task_completed_notify(self, task: Token) -> None:
        parent = task.parent
        self._let_go(task)
        if parent is not None and parent.state == STARTED:
            parent.task_spec.child_done(parent, task)
        elif self._held == 0 and not self.completed:
            self.finish()

    def finish(self) -> None:
        """Nothing is left to do here: the triggers go, the holder goes on."""
        self.completed = True
        for token in self.by_age():
            if token.is_open:
                token.cancel()
        if self.holder is None:
            self.tasks.clear()
            self.top_workflow.status = "completed"
        else:
            self.holder._set_state(READY)

    def cancel_others(self, token: Token) -> None:
        """Take all other open tokens of this scope away."""
        for other in self.by_age():
            if other is not token and other.is_open:
                other.cancel()

    def discard(self, token: Token) -> None:
        """Take a single token out without a word: it was merged into another, or never came to be."""
        before, token._state = token._state, COMPLETED
        self.tally(token, before, COMPLETED)
        self.remove(token)

    def remove(self, token: Token) -> None:
        """Take a finished token out of the tree, and its parent too if that only held it."""
        del self.tasks[token.id]
        parent = token.parent
        if parent is None:
            return
        del parent._children[token.id]
        if (
            parent.task_spec.groups
            and not parent._children
            and not parent.is_open
            and parent is not self.task_tree
        ):
            self.remove(parent)

    def by_age(self) -> list[Token]:
        """All tokens, the oldest first."""
        return sorted(self.tasks.values(), key=lambda token: int(token.id))

    def _let_go(self, token: Token) -> None:
        if token is self.task_tree or (token.task_spec.groups and token._children):
            return
        root = self.task_tree
        for child_id in token._children:
            self.tasks[child_id]._parent = root.id
            root._children[child_id] = None
        token._children = {}
        self.remove(token)


def _holds(token: Token, state: int) -> bool:
    if token.task_spec.holds:
        return bool(state & OPEN)
    return bool(state & OPEN & ~_AHEAD)


def cancel_tree(token: Token) -> None:
    """Cancel a token with all that hangs on it, inner scopes included, the innermost first."""
    for open_token in reversed(_subtree(token)):
        _cancel_one(open_token)


def _subtree(token: Token) -> list[Token]:
    found: list[Token] = []
    waiting: list[Token] = [token]
    while waiting:
        current = waiting.pop()
        found.append(current)
        waiting.extend(current.children)
        inner: Any = current.workflow.top_workflow.subprocesses.get(current.id)
        if inner is not None and not inner.completed:
            waiting.append(inner.task_tree)
    return found


def _cancel_one(token: Token) -> None:
    if token.is_open:
        before, token._state = token._state, CANCELLED
        token.workflow.tally(token, before, CANCELLED)
        token.task_spec._on_cancel(token)
        token.workflow.top_workflow.subprocesses.pop(token.id, None)
    if token.id in token.workflow.tasks:
        token.workflow.remove(token)
