"""The running instance: its steps, and the ways that events take through its scopes."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

from engine.feel import thaw
from engine.spiff.environment import Environment
from engine.spiff.events import (
    KEY,
    ConditionalEvent,
    ErrorEvent,
    EscalationEvent,
    MessageEvent,
    SignalEvent,
    due_of,
)
from engine.spiff.expressions import FeelEngine
from engine.spiff.failures import StepFailed
from engine.spiff.records import ChangeEvent, StateChange, Thrown, ThrownKind
from engine.spiff.routing import find_catcher
from engine.spiff.scope import Scope, cancel_tree
from engine.spiff.tokens import READY, WAITING, Token
from engine.spiff.variables import LOCAL, Ledger, Thawed, plain_frame

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions

MOST_STEPS = 20_000
"""Automatic steps of one command; more than any real diagram needs, and done in about a second."""
DEEPEST_SCOPE = 40
"""Sub-processes and calls inside one another."""
_FEEL = FeelEngine()


class InnerScope(Scope, BpmnSubWorkflow):
    """A sub-process or called process under way."""

    def __init__(self, spec: Any, holder: Token) -> None:
        self.holder = holder
        BpmnSubWorkflow.__init__(self, spec, holder.id, holder.workflow.top_workflow, deserializing=True)
        self.set_up()
        if self.variables is not None:
            self.written = []

    def _calculate_depth(self) -> int:
        assert self.holder is not None
        return int(self.holder.workflow.depth) + 1

    def own_writes(self) -> dict[str, object]:
        """The variables that a called process has written, as values."""
        frame = self.variables or {}
        return {name: thaw(frame[name]) for name in self.written or ()}


class Running(Scope, BpmnWorkflow):
    """The outermost scope of an instance, with what all its scopes share.

    Attributes:
        status: ``active``, ``completed`` or ``cancelled``.
        agenda: tokens that are ready and need nobody, in order.
        undecided: inclusive joins at which tokens wait.
        given: the start's variables, until the start event is told of.
        changes: what happened since it was last asked, ``thrown`` what left the instance.
        fired: timers fired so far.
    """

    def __init__(self, definitions: Definitions, process_id: str, environment: Environment) -> None:
        self.definitions = definitions
        self.decisions = definitions.decisions
        self.environment = environment
        self.status = "active"
        self.agenda: deque[Token] = deque()
        self.undecided: dict[tuple[int, str], tuple[Scope, Any]] = {}
        self.ledger = Ledger()
        self.thawed = Thawed()
        self.given: Mapping[str, object] = {}
        self.changes: list[StateChange] = []
        self.thrown: list[Thrown] = []
        self.last_id = 0
        self.fired = 0
        self.current: Token | None = None
        spec = definitions.specs[process_id]
        BpmnWorkflow.__init__(self, spec, definitions.specs, script_engine=_FEEL, deserializing=True)
        self.set_up()

    def next_id(self) -> int:
        """A token id that this instance has not used."""
        self.last_id += 1
        return self.last_id

    def now(self) -> datetime:
        """The instant of this step."""
        return self.environment.now()

    def knows(self, process_id: str) -> bool:
        """Whether a process can be called."""
        return process_id in self.definitions.processes

    def scopes(self) -> list[Scope]:
        """This scope and all inner ones."""
        return [self, *self.subprocesses.values()]

    def token(self, token_id: int) -> Token | None:
        """The token of an id, wherever it is."""
        return next((scope.tasks[token_id] for scope in self.scopes() if token_id in scope.tasks), None)

    def all_tokens(self) -> list[Token]:
        """Every token of every scope, the oldest first."""
        found = [token for scope in self.scopes() for token in scope.tasks.values()]
        return sorted(found, key=lambda token: int(token.id))

    def open_scope(self, holder: Token, name: str) -> InnerScope:
        """Start a sub-process or called process under its holder.

        Raises:
            StepFailed: if it would lie too deep.
        """
        scope = InnerScope(self.definitions.specs[name], holder)
        if scope.depth > DEEPEST_SCOPE:
            raise StepFailed(
                holder.task_spec.element_id,
                holder.workflow.process_id,
                f"Sub-processes and calls lie more than {DEEPEST_SCOPE} deep in one another.",
                "Give the call a condition that ends it.",
            )
        self.subprocesses[holder.id] = scope
        scope.begin()
        return scope

    def close_scope(self, holder: Token) -> None:
        """Let a finished inner scope go."""
        del self.subprocesses[holder.id]

    def cancel_token(self, token: Token) -> None:
        """Take a token away with all that hangs on it."""
        cancel_tree(token)

    def run_to_rest(self, *, timers: bool = True) -> None:
        """Do all that needs nobody: automatic elements, conditions, inclusive joins, timers that are due.

        Args:
            timers: whether what is due fires; if not, it is still due.

        Raises:
            StepFailed: if an element fails, or there is no end to it.
        """
        for _ in range(MOST_STEPS):
            if not (self._work() or self._decide_joins() or (timers and self._fire_earliest())):
                return
        element = self.current.task_spec.element_id if self.current else ""
        raise StepFailed(
            element,
            self.current.workflow.process_id if self.current else self.process_id,
            f"It went through more than {MOST_STEPS:,} automatic steps without coming to rest.",
            "Look for a circle of automatic elements that nothing ends.",
        )

    def _work(self) -> bool:
        while self.agenda:
            token = self.agenda.popleft()
            if token.state == READY:
                self.current = token
                token.run()
                self._ask_conditions()
                return True
        return self._ask_conditions()

    def _ask_conditions(self) -> bool:
        changed, self.ledger.changed = self.ledger.changed, {}
        if not changed:
            return False
        before = len(self.agenda)
        for token in self.waiting_for(ConditionalEvent):
            definition = token.task_spec.event_definition
            if token.state == WAITING and definition.listens(changed) and definition.has_fired(token):
                token._ready()
        return len(self.agenda) > before

    def _decide_joins(self) -> bool:
        for key, (scope, join) in list(self.undecided.items()):
            if join.decide(scope):
                return True
            if not join.waiting(scope):
                del self.undecided[key]
        return False

    def _fire_earliest(self) -> bool:
        timers = [
            (due, token.id, token) for token in self.event_manager.tasks.values() if (due := due_of(token))
        ]
        if not timers or min(timers)[0] > self.now():
            return False
        self.current = min(timers)[2]
        self.current._ready()
        self.fired += 1
        return True

    def waiting_for(self, kind: type[Any]) -> list[Token]:
        """The tokens that wait for a kind of event, the oldest first."""
        found = [
            t for t in self.event_manager.tasks.values() if isinstance(t.task_spec.event_definition, kind)
        ]
        return sorted(found, key=lambda token: int(token.id))

    def receive(self, name: str, key: str | None, variables: Mapping[str, object]) -> bool:
        """Give a message to the one that has waited longest for this name and key."""
        for token in self.waiting_for(MessageEvent):
            wanted = token.internal_data.get(KEY)
            if token.task_spec.event_definition.name == name and wanted in (None, key):
                self._happens(token, variables)
                return True
        return False

    def spread(self, name: str, variables: Mapping[str, object]) -> int:
        """Give a signal to all that wait for it; how many there were."""
        caught = 0
        for token in self.waiting_for(SignalEvent):
            if token.task_spec.event_definition.name == name and token.state == WAITING:
                self._happens(token, variables)
                caught += 1
        return caught

    def raise_error(self, thrower: Token, code: str | None, text: str, *, at_task: bool = False) -> None:
        """Let an error be caught.

        Raises:
            StepFailed: if nobody catches it.
        """
        catcher = find_catcher(thrower, ErrorEvent, code, at_task=at_task)
        if catcher is None:
            raise StepFailed(
                thrower.task_spec.element_id,
                thrower.workflow.process_id,
                f"The error {code or text} was thrown and nothing in the diagram catches it.",
                "Put an error boundary event or event sub-process round it, or mend what it reports.",
            )
        self._happens(catcher, {})

    def escalate(self, thrower: Token, code: str | None) -> None:
        """Let an escalation be caught, and tell the host."""
        catcher = find_catcher(thrower, EscalationEvent, code)
        self.send("escalation", code or "", thrower, caught=catcher is not None)
        if catcher is not None:
            self._happens(catcher, {})

    def send(
        self, kind: ThrownKind, name: str, thrower: Token, *, key: str | None = None, caught: bool = False
    ) -> None:
        """Put something thrown where the host finds it."""
        variables = plain_frame(thrower.internal_data.get(LOCAL, {}))
        place = thrower.task_spec.element_id, thrower.workflow.process_id
        code = name if kind == "escalation" else ""
        self.thrown.append(Thrown(kind, name, *place, key, variables, caught, code))

    def record(self, token: Token, event: ChangeEvent) -> None:
        """Note what happened to a token; what was written since the last note was set by it."""
        variables = {} if event == "cancelled" else self.ledger.take()
        spec = token.task_spec
        which, met_on = spec.closing(token) if event == "completed" else (None, None)
        self.changes.append(
            StateChange(
                at=self.now(),
                token=token.id,
                element_id=spec.element_id,
                process_id=token.workflow.process_id,
                event=event,
                variables=variables,
                occurrence=which,
                met_on=met_on,
                element_name=spec.info.name,
            )
        )

    def amend(self, token: Token) -> None:
        """Count what was written now as set by the last token of the same element."""
        written = self.ledger.take()
        if not written:
            return
        for index in range(len(self.changes) - 1, -1, -1):
            change = self.changes[index]
            if change.element_id == token.task_spec.element_id and change.event == "completed":
                self.changes[index] = replace(change, variables={**change.variables, **written})
                return

    def _happens(self, token: Token, variables: Mapping[str, object]) -> None:
        """The event that a token waits for has come."""
        self.current = token
        if variables:
            token.internal_data["payload"] = dict(variables)
        token._ready()
