"""Loops and multi-instance activities.

The body token stands for the activity as a whole and counts; each iteration is a child of it with a frame of
its own for its item, its counter and the variable that its output is taken from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec

from engine.feel import freeze, thaw, to_json
from engine.spiff.activities import Activity
from engine.spiff.expressions import Condition, Formula, shown
from engine.spiff.tokens import FUTURE, READY, STARTED, Token
from engine.spiff.variables import LOOP, write, write_local

MOST_INSTANCES = 10_000


class Body(Activity):
    """The activity as a whole; boundary events and the flows in and out are its own."""

    each: str
    """Name of the element that one iteration runs."""
    condition: Condition | None = None

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        """The library's own constructors want the data objects that we read ourselves."""
        BpmnTaskSpec.__init__(self, wf_spec, bpmn_id, **kwargs)

    def enter(self, token: Token) -> None:
        """Only the iterations are told of."""

    def _on_cancel(self, my_task: Token) -> None:
        my_task.told = True

    def begin(self, token: Token, counter: int) -> Token:
        """Make the token of one iteration; it starts when it is updated."""
        child = token._add_child(token.workflow.spec.task_specs[self.each], FUTURE)
        write_local(child, LOOP, "loopCounter", counter)
        return child

    def _run_hook(self, my_task: Token) -> bool:
        return True

    def _on_complete_hook(self, my_task: Token) -> None:
        top = my_task.workflow.top_workflow
        if my_task.internal_data["n"]:
            top.amend(my_task)
        my_task.told = not top.ledger.written
        Activity._on_complete_hook(self, my_task)


class StandardLoop(Body, defaults.StandardLoopTask):
    """Repeats while its condition holds, at most ``maximum`` times."""

    maximum: Formula | None = None
    test_before = False

    def _update_hook(self, my_task: Token) -> bool | None:
        my_task.internal_data["n"] = 0
        if self.maximum is not None:
            my_task.internal_data["max"] = whole_number(self.maximum, my_task, "loop maximum")
        if self.test_before and not self._goes_on(my_task, my_task):
            return True
        my_task._set_state(STARTED)
        self._next(my_task)
        return None

    def child_done(self, token: Token, child: Token) -> None:
        """Again, or on."""
        if self._goes_on(token, child):
            self._next(token)
        else:
            token._set_state(READY)

    def _next(self, token: Token) -> None:
        token.internal_data["n"] += 1
        child = self.begin(token, token.internal_data["n"])
        child.task_spec._update(child)

    def _goes_on(self, token: Token, child: Token) -> bool:
        own = token.internal_data
        if own["n"] >= own.get("max", own["n"] + 1):
            return False
        return self.condition is None or self.condition.holds(child, {"loopCounter": own["n"]})


class MultiInstance(Body):
    """Runs once for each item of a collection, or a number of times."""

    collection: Formula | None = None
    cardinality: Formula | None = None
    item: str = ""
    output: str = ""
    """The variable that collects the outputs, in the order of the items."""
    output_element: Formula | None = None
    output_variable: str = ""
    """The variable of an iteration that holds its output, declared local so that iterations do not meet."""

    def _update_hook(self, my_task: Token) -> bool | None:
        items = self._items(my_task)
        own = my_task.internal_data
        own["n"], own["done"] = len(items), 0
        if self.output:
            own["out"] = [None] * len(items)
        if not items:
            return True
        my_task._set_state(STARTED)
        self.start(my_task, items)
        return None

    def start(self, token: Token, items: list[Any]) -> None:
        """Begin the iterations that run at once."""
        raise NotImplementedError

    def go_on(self, token: Token) -> None:
        """One more iteration is done and others are left."""

    def child_done(self, token: Token, child: Token) -> None:
        """Collect the output; then the next, or on."""
        own = token.internal_data
        own["done"] += 1
        if self.output and self.output_element is not None:
            own["out"][_counter(child) - 1] = freeze(self.output_element.value(child))
        if self._is_enough(token, child):
            for other in token.children:
                other.cancel()
            token._set_state(READY)
        elif own["done"] == own["n"]:
            token._set_state(READY)
        else:
            self.go_on(token)

    def _run_hook(self, my_task: Token) -> bool:
        if self.output:
            write(my_task, self.output, [thaw(value) for value in my_task.internal_data["out"]])
        return True

    def iterate(self, token: Token, index: int, frozen_item: object) -> None:
        """Start the iteration of one item."""
        child = self.begin(token, index + 1)
        if self.item:
            child.internal_data[LOOP][self.item] = frozen_item
        if self.output_variable:
            child.internal_data[LOOP].setdefault(self.output_variable, None)
        child.task_spec._update(child)

    def _is_enough(self, token: Token, child: Token) -> bool:
        return self.condition is not None and self.condition.holds(child, self._numbers(token))

    def _numbers(self, token: Token) -> Mapping[str, object]:
        own = token.internal_data
        active = sum(1 for other in token.children if other.is_open)
        return {
            "numberOfInstances": own["n"],
            "numberOfCompletedInstances": own["done"],
            "numberOfActiveInstances": active,
            "numberOfTerminatedInstances": 0,
        }

    def _items(self, token: Token) -> list[Any]:
        if self.cardinality is not None:
            return [None] * whole_number(self.cardinality, token, "number of instances")
        assert self.collection is not None
        items = self.collection.value(token)
        if not isinstance(items, list):
            raise self.collection.place.fails(
                f"The collection '{self.collection.text}' gives {shown(items)}, not a list."
            )
        _check_size(self.collection, len(items))
        return [freeze(item) for item in items]


class ParallelMultiInstance(MultiInstance, defaults.ParallelMultiInstanceTask):
    """All iterations at once."""

    def start(self, token: Token, items: list[Any]) -> None:
        """Begin all."""
        for index, item in enumerate(items):
            self.iterate(token, index, item)


class SequentialMultiInstance(MultiInstance, defaults.SequentialMultiInstanceTask):
    """One iteration after the other; the items wait with the body."""

    def start(self, token: Token, items: list[Any]) -> None:
        """Begin the first."""
        token.internal_data["items"] = items
        self.go_on(token)

    def go_on(self, token: Token) -> None:
        """Begin the next."""
        own = token.internal_data
        self.iterate(token, own["done"], own["items"][own["done"]])


def whole_number(formula: Formula, token: Token, what: str) -> int:
    """The value of a formula as a number of times.

    Raises:
        StepFailed: if it is no whole number from 0 to 10,000.
    """
    plain = to_json(formula.value(token))
    text = str(plain)
    if isinstance(plain, bool) or not text.isdecimal() or len(text) > 9:
        raise formula.place.fails(
            f"The {what} '{formula.text}' gives {shown(plain)}, not a whole number of times."
        )
    _check_size(formula, int(text))
    return int(text)


def _check_size(formula: Formula, size: int) -> None:
    if size > MOST_INSTANCES:
        raise formula.place.fails(
            f"'{formula.text}' asks for {size:,} instances; at most {MOST_INSTANCES:,} can run."
        )


def _counter(child: Token) -> int:
    return int(child.internal_data[LOOP]["loopCounter"])
