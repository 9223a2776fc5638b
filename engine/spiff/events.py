"""Event definitions: what an event waits for, and what it throws.

Each computes what it needs once, when it starts waiting: a timer its absolute instant, a message its key.
Both are kept with the token, so that the tables of timers and subscriptions can be read off.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.conditional import ConditionalEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    SignalEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition, TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from engine.clock import format_instant, parse_instant
from engine.spiff.expressions import Condition, Formula, Time, TimeFormula
from engine.spiff.jobs import run_job
from engine.spiff.timing import parse_cycle
from engine.spiff.tokens import Token
from engine.spiff.variables import LOCAL, thaw_frame

DUE = "due"
"""Key of the internal data that holds a timer's instant."""
KEY = "key"
"""Key of the internal data that holds a message's correlation key."""


class Definition(EventDefinition):
    """Common shape: ``arm`` when a token starts waiting, ``has_fired`` right after, ``throw`` to throw.

    Attributes:
        ends_thrower: whether the throw may take the thrower's own token away.
    """

    ends_thrower = False

    def arm(self, token: Token) -> None:
        """Work out what to wait for."""

    def has_fired(self, my_task: Token) -> bool:
        """Whether there is nothing to wait for."""
        return False

    def again(self, token: Token, sibling: Token) -> bool:
        """Prepare a token that waits for the next time; false if there is none."""
        self.arm(sibling)
        return True

    def throw(self, my_task: Token) -> None:
        """Nothing is thrown."""


class PlainEvent(Definition, NoneEventDefinition):
    """An event without a definition: it passes straight through."""

    def has_fired(self, my_task: Token) -> bool:
        """Always."""
        return True


class TerminateEvent(Definition, TerminateEventDefinition):
    """Ends its scope, whatever else is open in it."""

    ends_thrower = True

    def throw(self, my_task: Token) -> None:
        """Take all other tokens of the scope away."""
        my_task.workflow.cancel_others(my_task)


class TimerEvent(Definition, TimerEventDefinition):
    """Waits for an instant; a repeating one for several, each counted from the same origin."""

    def __init__(self, formula: TimeFormula, description: str = "") -> None:
        """The library's own constructor wants a Python expression."""
        EventDefinition.__init__(self, formula.place.element_id, description)
        self.expression = formula

    def arm(self, token: Token) -> None:
        """Fix the instant, and for a repeating timer the origin that all its occurrences count from.

        A limit without an end leaves the timer waiting without an instant.
        """
        time = self.expression.worked_out(token)
        if time is None:
            return
        own, now = token.internal_data, token.workflow.top_workflow.now()
        own[DUE] = format_instant(self._due(time, now))
        if time.cycle is not None:
            own["every"], own["n"], own["from"] = time.text, 1, format_instant(now)

    def has_fired(self, my_task: Token) -> bool:
        """Never at once: what is due fires in the order of its instants."""
        return False

    def again(self, token: Token, sibling: Token) -> bool:
        """Wait for the next occurrence of a repeating timer."""
        own = dict(token.internal_data)
        if "every" not in own:
            return False
        cycle = parse_cycle(own["every"])
        if own["n"] == cycle.count:
            return False
        own["n"] += 1
        origin, previous = parse_instant(own["from"]), parse_instant(own[DUE])
        own[DUE] = format_instant(cycle.occurrence(own["n"], origin, previous))
        sibling.internal_data = own
        return True

    def rearm(self, token: Token) -> tuple[datetime | None, datetime | None]:
        """Work a date out again; what it was and what it is."""
        before = due_of(token)
        if self.expression.kind != "date":
            return before, before
        time = self.expression.worked_out(token)
        after = None if time is None else time.at
        if after is None:
            token.internal_data.pop(DUE, None)
        else:
            token.internal_data[DUE] = format_instant(after)
        return before, after

    def recount(self, token: Token) -> tuple[datetime | None, datetime | None]:
        """Work a date out again, or a repetition from where it began; what it was and what it is.

        Raises:
            ValueError: it counts from when it began to wait, which nobody noted.
        """
        own = token.internal_data
        if self.expression.kind == "date":
            return self.rearm(token)
        if "every" not in own:
            raise ValueError(
                "The timer counts from when it began to wait, so there is nothing to work out again."
                " Give it a due date instead."
            )
        before, cycle = due_of(token), parse_cycle(own["every"])
        origin = parse_instant(own["from"])
        previous = origin if own["n"] == 1 or before is None else before
        after = cycle.occurrence(own["n"], origin, previous) if cycle.cron is None else before
        own[DUE] = format_instant(after) if after is not None else own[DUE]
        return before, after

    def _due(self, time: Time, origin: datetime) -> datetime:
        try:
            return time.due(origin)
        except OverflowError as problem:
            reason = f"The timer's time '{self.expression.text}' lies beyond the calendar."
            raise self.expression.place.fails(reason) from problem


class MessageEvent(Definition, MessageEventDefinition):
    """Waits for a message of its name that carries its key, or throws one to the host."""

    def __init__(self, name: str, key: Formula | None = None, description: str = "") -> None:
        MessageEventDefinition.__init__(self, name, description=description)
        self.key = key

    def arm(self, token: Token) -> None:
        """Fix the key that a message must carry."""
        if self.key is not None:
            token.internal_data[KEY] = self.key.text_value(token, "correlation key")

    def throw(self, my_task: Token) -> None:
        """Hand the message to the host, with what the inputs say."""
        key = self.key.text_value(my_task, "correlation key", optional=True) if self.key is not None else None
        my_task.workflow.top_workflow.send("message", self.name, my_task, key=key)


class SignalEvent(Definition, SignalEventDefinition):
    """Waits for a signal of its name, or throws one to all that wait for it."""

    ends_thrower = True

    def throw(self, my_task: Token) -> None:
        """Reach every catcher in this instance, and let the host reach the others."""
        top = my_task.workflow.top_workflow
        top.send("signal", self.name, my_task)
        top.spread(self.name, thaw_frame(my_task.internal_data.get(LOCAL, {})))


class ErrorEvent(Definition, ErrorEventDefinition):
    """Catches or throws an error by its code; without a code it catches any."""

    ends_thrower = True

    def throw(self, my_task: Token) -> None:
        """Find the catcher from the thrower's scope outwards; an error that nobody catches fails the step."""
        my_task.workflow.top_workflow.raise_error(my_task, self.code, self.name)


class EscalationEvent(Definition, EscalationEventDefinition):
    """Catches or throws an escalation by its code; without a code it catches any."""

    ends_thrower = True

    def throw(self, my_task: Token) -> None:
        """Find the catcher, from the thrower's scope outwards, and tell the host in any case."""
        my_task.workflow.top_workflow.escalate(my_task, self.code)


class JobEvent(Definition):
    """A throw that a task definition turns into a job of the environment."""

    def __init__(self, task_type: Formula) -> None:
        EventDefinition.__init__(self, task_type.text)
        self.task_type = task_type

    def throw(self, my_task: Token) -> None:
        """Have the job done, and let its results out."""
        results = run_job(my_task.task_spec, self.task_type, my_task)
        if results is not None:
            my_task.task_spec.mappings.settle(my_task, results)


class ConditionalEvent(Definition, ConditionalEventDefinition):
    """Waits until a condition becomes true; with a filter it listens only to some variables."""

    def __init__(
        self, condition: Condition, names: frozenset[str] = frozenset(), events: frozenset[str] = frozenset()
    ) -> None:
        ConditionalEventDefinition.__init__(self, condition)
        self.names = names
        self.events = events

    def has_fired(self, my_task: Token) -> bool:
        """Whether the condition holds and, if it has fired before, has been false in between."""
        holds = self.expression.holds_yet(my_task)
        if "spent" in my_task.internal_data:
            if not holds:
                del my_task.internal_data["spent"]
            return False
        return bool(holds)

    def again(self, token: Token, sibling: Token) -> bool:
        """Wait until the condition has been false and becomes true again."""
        sibling.internal_data["spent"] = True
        return True

    def listens(self, changed: dict[str, str]) -> bool:
        """Whether any of these writes is one that the filter lets through."""
        return any(
            (not self.names or name in self.names) and (not self.events or event in self.events)
            for name, event in changed.items()
        )


def due_of(token: Token) -> datetime | None:
    """The instant that a waiting timer is due; ``None`` for other tokens."""
    text: Any = token.internal_data.get(DUE)
    return parse_instant(text) if text is not None and isinstance(_definition(token), TimerEvent) else None


def _definition(token: Token) -> object:
    return getattr(token.task_spec, "event_definition", None)
