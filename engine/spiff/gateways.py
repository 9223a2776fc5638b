"""Gateways: exclusive, parallel, inclusive and event-based.

A join notes on each arriving token the flow it came by. The parallel join waits for one token on each flow
and leaves excess tokens waiting. The inclusive join is decided when nothing automatic is left to do: it
waits as long as a token elsewhere in its scope can still reach an empty incoming flow, unless that token can
also reach a filled one.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.exceptions import WorkflowException

from engine.spiff.failures import StepFailed
from engine.spiff.nodes import Node
from engine.spiff.tokens import FUTURE, WAITING, Token

CAME_BY = "by"
"""Key of the internal data that names the element from which a token arrived at a join."""


class Choice(Node):
    """A gateway that chooses: its own run makes the tokens that go on."""

    def leave(self, token: Token) -> None:
        """Nothing more: the choice has made them."""

    def _fail_without_way(self, token: Token) -> StepFailed:
        return StepFailed(
            self.element_id,
            token.workflow.process_id,
            "None of the conditions on its outgoing flows holds, and it has no default flow.",
            "Mark one flow as the default, or correct the conditions or the variables they use.",
        )


class ExclusiveGateway(Choice, defaults.ExclusiveGateway):
    """Takes the first flow whose condition holds, else its default."""

    def _run_hook(self, my_task: Token) -> bool:
        try:
            return bool(defaults.ExclusiveGateway._run_hook(self, my_task))
        except WorkflowException as problem:
            raise self._fail_without_way(my_task) from problem


class Join(Node):
    """Brings tokens together."""

    def _update_hook(self, my_task: Token) -> bool | None:
        if len(self._inputs) < 2:
            self.enter(my_task)
            return True
        parent = my_task.parent
        my_task.internal_data[CAME_BY] = parent.task_spec.name if parent else ""
        my_task._set_state(WAITING)
        self.arrived(my_task)
        return None

    def arrived(self, token: Token) -> None:
        """Decide whether to go on, now or later."""
        raise NotImplementedError

    def waiting(self, scope: Any) -> dict[str, list[Token]]:
        """The tokens that wait here, by the element they came from, oldest first."""
        found: dict[str, list[Token]] = {}
        here = [token for token in scope.tasks.values() if token.task_spec is self and token.state == WAITING]
        for token in sorted(here, key=_by_id):
            found.setdefault(token.internal_data[CAME_BY], []).append(token)
        return found

    def fire(self, tokens: list[Token]) -> None:
        """Merge these tokens into the first of them, which goes on."""
        first, *others = sorted(tokens, key=_by_id)
        for token in others:
            token.workflow.discard(token)
        first.internal_data.clear()
        self.enter(first)
        first._ready()


class ParallelGateway(Join, defaults.ParallelGateway):
    """Waits for one token on every incoming flow; sends one along every outgoing flow."""

    def arrived(self, token: Token) -> None:
        """Go on if this token was the last that was missing."""
        waiting = self.waiting(token.workflow)
        needed: Counter[str] = Counter(self._inputs)
        if all(len(waiting.get(source, ())) >= count for source, count in needed.items()):
            self.fire([token for source, count in needed.items() for token in waiting[source][:count]])

    def _run_hook(self, my_task: Token) -> bool:
        return True


class InclusiveGateway(Join, Choice, defaults.InclusiveGateway):
    """Waits for every token that can still come; takes every flow whose condition holds, else its default."""

    def arrived(self, token: Token) -> None:
        """Ask again when nothing automatic is left to do."""
        token.workflow.top_workflow.undecided[id(token.workflow), self.name] = (token.workflow, self)

    def decide(self, scope: Any) -> bool:
        """Go on if no token that is still under way must be waited for; say whether it did."""
        waiting = self.waiting(scope)
        if not waiting or self._must_wait(scope, set(waiting)):
            return False
        self.fire([tokens[0] for tokens in waiting.values()])
        return True

    def _must_wait(self, scope: Any, filled: set[str]) -> bool:
        empty = set(self._inputs) - filled
        reach = scope.spec.reach(self.name)
        for token in scope.tasks.values():
            if token.is_open and token.task_spec is not self:
                reached = reach.get(token.task_spec.name, frozenset())
                if reached & empty and not reached & filled:
                    return True
        return False

    def _run_hook(self, my_task: Token) -> bool:
        matches, others = self._get_matching_outputs(my_task)
        if not matches and not others:
            raise self._fail_without_way(my_task)
        for output in matches or others:
            my_task._add_child(output, FUTURE)
        return True


class EventBasedGateway(Node, defaults.EventBasedGateway):
    """Lets its events wait; the first that happens takes the others away."""

    groups = True

    def connect(self, child: Any) -> None:
        """Connect an event, leaving its definition where it is drawn."""
        self._outputs.append(child.name)
        child._connect_notify(self)

    def _run_hook(self, my_task: Token) -> bool:
        return True


def _by_id(token: Token) -> int:
    return int(token.id)
