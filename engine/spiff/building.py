"""Furnishing the library's elements with what the diagram says: mappings, schedules, loops and events."""

from __future__ import annotations

from typing import Any

from lxml.etree import _Element
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff import events
from engine.spiff.activities import DecisionTask, ScriptTask, ServiceTask, UserTask
from engine.spiff.drawing import Drawing, child_text, extension, first_child
from engine.spiff.elements import ElementInfo
from engine.spiff.expressions import Condition, Formula
from engine.spiff.formulas import Formulas
from engine.spiff.loops import (
    Body,
    MultiInstance,
    ParallelMultiInstance,
    SequentialMultiInstance,
    StandardLoop,
)
from engine.spiff.mappings import NO_MAPPINGS
from engine.spiff.names import MADE, bpmn
from engine.spiff.rewriting import ALWAYS
from engine.spiff.schedule import Schedule
from engine.spiff.scopes import CallActivity


class Builder:
    """Knows one file's elements and formulas."""

    def __init__(self, drawing: Drawing, formulas: Formulas) -> None:
        self._nodes = {node.id: node for node in drawing.nodes()}
        self._drawing = drawing
        self._formulas = formulas

    def info(self, element_id: str) -> ElementInfo | None:
        """An element's description; ``None`` for one that rewriting made."""
        return self._formulas.infos.get(element_id)

    def formula(self, element_id: str, role: str) -> Formula | None:
        """One of an element's formulas."""
        return self._formulas.values.get((element_id, role))

    def condition(self, flow: _Element) -> Condition | _Unconditional | None:
        """The condition of a flow."""
        if flow.get(ALWAYS):
            return _UNCONDITIONAL
        return self._formulas.conditions.get(flow.get("id", ""))

    def furnish(self, spec: Any, element_id: str) -> None:
        """Give an element what the diagram says about it."""
        info = spec.info = self.info(element_id)
        if info is None:
            return
        spec.mappings = self._formulas.mappings.get(element_id, NO_MAPPINGS)
        spec.occurrence = self.formula(element_id, "occurrence")
        spec.agency = self.formula(element_id, "agency")
        spec.met_on = self.formula(element_id, "met_on")
        if isinstance(spec, UserTask):
            spec.schedule = Schedule(self._formulas.schedules.get(element_id, {}))
        elif isinstance(spec, ScriptTask):
            spec.result = info.result_variable
        elif isinstance(spec, ServiceTask):
            spec.task_type = self.formula(element_id, "task_type")
        elif isinstance(spec, DecisionTask):
            spec.decision, spec.result = self.formula(element_id, "decision"), info.result_variable
        elif isinstance(spec, CallActivity):
            self._furnish_call(spec, element_id)

    def with_loop(self, spec: Any, element: _Element) -> Any:
        """The element itself, or the body of its loop with the element as what one iteration runs."""
        loop = first_child(element, "standardLoopCharacteristics", "multiInstanceLoopCharacteristics")
        if loop is None:
            return spec
        name = spec.name
        del spec._wf_spec.task_specs[name]
        spec.name = f"{name}{MADE}each"
        spec._wf_spec.task_specs[spec.name] = spec
        body = self._loop_class(loop)(spec._wf_spec, name)
        body.info, body.each = spec.info, spec.name
        body.condition = self._formulas.ends.get(name)
        self._furnish_loop(body, loop, name)
        return body

    def definition(self, element_id: str) -> EventDefinition:
        """What an event waits for or throws."""
        info = self.info(element_id)
        if info is None:
            return events.PlainEvent()
        task_type = self.formula(element_id, "task_type")
        if task_type is not None and not info.sends_message:
            return events.JobEvent(task_type)
        make = _DEFINITIONS.get(info.event)
        return events.PlainEvent() if make is None else make(self, info)

    def _timer(self, info: ElementInfo) -> EventDefinition:
        return events.TimerEvent(self._formulas.times[info.id])

    def _message(self, info: ElementInfo) -> EventDefinition:
        return events.MessageEvent(info.event_name, self.formula(info.id, "key"))

    def _signal(self, info: ElementInfo) -> EventDefinition:
        return events.SignalEvent(info.event_name)

    def _error(self, info: ElementInfo) -> EventDefinition:
        return events.ErrorEvent(info.event_name, info.event_name or None)

    def _escalation(self, info: ElementInfo) -> EventDefinition:
        return events.EscalationEvent(info.event_name, info.event_name or None)

    def _terminate(self, info: ElementInfo) -> EventDefinition:
        return events.TerminateEvent()

    def _conditional(self, info: ElementInfo) -> EventDefinition:
        return events.ConditionalEvent(self._formulas.waits[info.id], *self._formulas.filters[info.id])

    def _furnish_call(self, spec: CallActivity, element_id: str) -> None:
        called = self.formula(element_id, "called")
        assert called is not None
        spec.called = called
        element = extension(self._nodes[element_id].element, "calledElement")
        if element is not None:
            spec.pass_all_in = element.get("propagateAllParentVariables", "true") == "true"
            spec.pass_all_out = element.get("propagateAllChildVariables", "true") == "true"

    def _loop_class(self, loop: _Element) -> type[Body]:
        if loop.tag == bpmn("standardLoopCharacteristics"):
            return StandardLoop
        return SequentialMultiInstance if loop.get("isSequential") == "true" else ParallelMultiInstance

    def _furnish_loop(self, body: Body, loop: _Element, name: str) -> None:
        if isinstance(body, StandardLoop):
            body.maximum = self.formula(name, "maximum")
            body.test_before = loop.get("testBefore") == "true"
        elif isinstance(body, MultiInstance):
            body.collection = self.formula(name, "collection")
            body.cardinality = self.formula(name, "cardinality")
            body.output_element = self.formula(name, "output_element")
            body.item, body.output = _loop_variables(loop)
            body.output_variable = _plain_name(body.output_element)


def _loop_variables(loop: _Element) -> tuple[str, str]:
    """The variable of an item, and the one that collects the outputs."""
    zeebe = extension(loop, "loopCharacteristics")
    if zeebe is not None:
        return zeebe.get("inputElement", ""), zeebe.get("outputCollection", "")
    item = first_child(loop, "inputDataItem")
    name = "" if item is None else item.get("name") or item.get("id") or ""
    return name, child_text(loop, "loopDataOutputRef") or ""


def _plain_name(formula: Formula | None) -> str:
    """The variable at the root of an output element such as ``=reply`` or ``=reply.text``."""
    if formula is None:
        return ""
    root = formula.text.removeprefix("=").strip().partition(".")[0]
    return root if root.isidentifier() else ""


class _Unconditional:
    """Stands for the condition of a plain flow beside conditional ones."""

    def holds(self, token: Any) -> bool:
        return True


_UNCONDITIONAL = _Unconditional()
_DEFINITIONS: dict[str, Any] = {
    "timer": Builder._timer,
    "message": Builder._message,
    "signal": Builder._signal,
    "error": Builder._error,
    "escalation": Builder._escalation,
    "terminate": Builder._terminate,
    "conditional": Builder._conditional,
}
