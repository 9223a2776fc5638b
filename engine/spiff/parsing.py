"""From the normal form to specifications, with the library's parser and a worklist instead of its recursion.

Parsing an element creates it, with its loop and its boundary events; its flows are connected when its turn
comes. The depth of the stack does not grow with the diagram.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from lxml.etree import _Element
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.event_parsers import EventDefinitionParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.spiff import activities, catching, gateways, scopes
from engine.spiff.building import Builder
from engine.spiff.compensation import Compensating
from engine.spiff.drawing import Area, Drawing
from engine.spiff.events import PlainEvent
from engine.spiff.formulas import Formulas
from engine.spiff.names import MADE, bpmn
from engine.spiff.nodes import BoundarySplit, Node
from engine.spiff.rewriting import FOR, SILENT, TRIGGER

if TYPE_CHECKING:
    from engine.spiff.scopes import ScopeSpec


class ElementParser(TaskParser):
    """Parses one element: creates it, then connects it."""

    process_parser: ScopeParser

    @property
    def bpmn_attributes(self) -> dict[str, Any]:
        """What the library's specifications are told; the rest is in the element's description."""
        return {"bpmn_name": self.node.get("name"), "description": "element"}

    @property
    def build(self) -> Builder:
        """What furnishes the elements of this file."""
        return self.process_parser.parser.builder

    def parse_node(self) -> Node:
        """Create the element with its loop and boundary events; put its flows on the worklist."""
        made = self.create_task()
        self.build.furnish(made, self.node.get(FOR) or self.bpmn_id)
        self.task = self.build.with_loop(made, self.node)
        entry = self._with_boundaries()
        self.process_parser.entries[self.bpmn_id] = entry
        self.process_parser.pending.append(self)
        return entry

    def connect_flows(self) -> None:
        """Connect the flows that leave the element, in the order in which they are drawn."""
        leaving = self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)
        default = self.node.get("default")
        for flow in leaving:
            target = self.process_parser.entry(flow.get("targetRef"))
            plain = len(leaving) == 1 and self.parse_condition(flow) is None
            self.connect_outgoing(target, flow, plain or flow.get("id") == default)

    def parse_condition(self, sequence_flow: _Element) -> Any:
        """The compiled condition of a flow."""
        return self.build.condition(sequence_flow)

    def _with_boundaries(self) -> Node:
        events = self.process_parser.get_boundary_events(self.bpmn_id)
        waiting = [event for event in events if not _is_compensation(event)]
        if not waiting:
            return self.task
        split = BoundarySplit(self.spec, f"{self.bpmn_id}{MADE}split")
        split.connect(self.task)
        for event in waiting:
            split.connect(self.process_parser.parse_node(event))
        return split


class ScriptParser(ElementParser):
    """Parses a script task."""

    def create_task(self) -> Node:
        """With the compiled script."""
        script = self.build.formula(self.bpmn_id, "script")
        made: Node = self.spec_class(self.spec, self.bpmn_id, script=script, **self.bpmn_attributes)
        return made


class ScopeElementParser(ElementParser):
    """Parses a sub-process or a call activity."""

    def create_task(self) -> Node:
        """A sub-process brings its inner scope with it."""
        name = self.node.get("calledElement", "")
        if self.node.tag == bpmn("subProcess"):
            name = f"{self.spec.process_id}{MADE}{self.bpmn_id}"
            self.process_parser.parser.create_parser(self.node, filename=self.filename)
        made: Node = self.spec_class(self.spec, self.bpmn_id, subworkflow_spec=name, **self.bpmn_attributes)
        return made


class ChoiceParser(ElementParser, ConditionalGatewayParser):
    """Parses an exclusive or inclusive gateway."""

    def connect_outgoing(self, outgoing_task: Node, sequence_flow_node: _Element, is_default: bool) -> None:
        """With the flow's condition, unless it is the default."""
        ConditionalGatewayParser.connect_outgoing(self, outgoing_task, sequence_flow_node, is_default)


class EventParser(ElementParser, EventDefinitionParser):
    """Parses an event, a send or receive task, or the trigger of an event sub-process."""

    def create_task(self) -> Node:
        """With what it waits for or throws."""
        event_id = self.node.get(FOR) or self.bpmn_id
        silent = self.node.get(SILENT) == "true"
        definition = PlainEvent() if silent else self.build.definition(event_id)
        info = self.build.info(event_id)
        if info is not None and info.event == "compensate":
            thrower = catching.CompensationEnd if info.kind == "endEvent" else catching.CompensationThrow
            return thrower(self.spec, self.bpmn_id, event_definition=PlainEvent(), **self.bpmn_attributes)
        cancels = info.interrupting if info is not None else True
        boundary = issubclass(self.spec_class, catching.BoundaryEvent)
        made: Node = self._create_task(definition, cancels if boundary else None)
        made.told = not silent
        return made


class StartParser(EventParser):
    """Parses a start event."""

    def create_task(self) -> Node:
        """It passes on at once: what it waited for has happened when the instance is made."""
        made: Node = self._create_task(PlainEvent())
        made.told = self.node.get(SILENT) != "true"
        self.spec.start.connect(made)
        return made


class ScopeParser(ProcessParser):
    """Parses one process or sub-process."""

    def __init__(self, p: DiagramParser, node: _Element, *args: Any, **kwargs: Any) -> None:
        ProcessParser.__init__(self, p, node, *args, **kwargs)
        self.area: Area = p.areas[node.get("id", "")]
        self.pending: deque[ElementParser] = deque()
        self.entries: dict[str, Node] = {}

    def create_spec(self) -> ScopeSpec:
        """A specification of ours, whatever ``isExecutable`` says."""
        process_id = self.area.process_id
        name = process_id if self.area.parent is None else f"{process_id}{MADE}{self.area.id}"
        return scopes.ScopeSpec(name, process_id, self.filename)

    def entry(self, node_id: str) -> Node:
        """The element at which a flow to a node arrives."""
        known = self.entries.get(node_id)
        if known is None:
            known = self.parse_node(self.get_node_by_id(node_id))
        return known

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self._begin()
        self._work_off()
        for handled, handler in self._compensations():
            self.spec.task_specs[handled].compensation = self.entry(handler).name
        self._work_off()
        self._bind_compensation()
        self.spec.settle()

    def _begin(self) -> None:
        for node in self.area.starts():
            entry = self.entry(node.id)
            if node.tag != "startEvent":
                self.spec.start.connect(entry)
        for trigger in self.node.iterchildren(TRIGGER):
            self.spec.start.connect(self.parse_node(trigger))

    def _work_off(self) -> None:
        while self.pending:
            self.pending.popleft().connect_flows()

    def _compensations(self) -> list[tuple[str, str]]:
        """Which activity is undone by which handler."""
        boundaries = [
            node
            for node in self.area.nodes.values()
            if node.event == "compensate" and node.tag == "boundaryEvent"
        ]
        return [
            (node.element.get("attachedToRef", ""), handler)
            for node in boundaries
            for handler in self.area.associated(node.id)
        ]

    def _bind_compensation(self) -> None:
        for spec in self.spec.task_specs.values():
            if isinstance(spec, Compensating) and spec.info is not None:
                activity = self.area.nodes[spec.info.id].definitions[0].get("activityRef")
                handled = self.spec.task_specs.get(activity) if activity else None
                if handled is not None:
                    spec.handlers = frozenset({handled.compensation})


_TASKS = {
    "task": activities.PassTask,
    "manualTask": activities.PassTask,
    "userTask": activities.UserTask,
    "serviceTask": activities.ServiceTask,
    "businessRuleTask": activities.DecisionTask,
}


class DiagramParser(BpmnParser):
    """Parses the processes of one rewritten file."""

    PROCESS_PARSER_CLASS = ScopeParser
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012 - the library reads it as a class attribute
        **{bpmn(tag): (ElementParser, spec_class) for tag, spec_class in _TASKS.items()},
        bpmn("scriptTask"): (ScriptParser, activities.ScriptTask),
        bpmn("subProcess"): (ScopeElementParser, scopes.SubProcess),
        bpmn("callActivity"): (ScopeElementParser, scopes.CallActivity),
        bpmn("exclusiveGateway"): (ChoiceParser, gateways.ExclusiveGateway),
        bpmn("inclusiveGateway"): (ChoiceParser, gateways.InclusiveGateway),
        bpmn("parallelGateway"): (ElementParser, gateways.ParallelGateway),
        bpmn("eventBasedGateway"): (EventParser, gateways.EventBasedGateway),
        bpmn("startEvent"): (StartParser, catching.StartEvent),
        bpmn("endEvent"): (EventParser, catching.EndEvent),
        bpmn("intermediateCatchEvent"): (EventParser, catching.IntermediateCatchEvent),
        bpmn("intermediateThrowEvent"): (EventParser, catching.IntermediateThrowEvent),
        bpmn("boundaryEvent"): (EventParser, catching.BoundaryEvent),
        bpmn("receiveTask"): (EventParser, catching.ReceiveTask),
        bpmn("sendTask"): (EventParser, catching.SendTask),
        TRIGGER: (EventParser, catching.Trigger),
    }

    def __init__(self, drawing: Drawing, formulas: Formulas) -> None:
        BpmnParser.__init__(self)
        self.areas = {area.id: area for area in drawing.areas()}
        self.builder = Builder(drawing, formulas)

    def parse(self, root: _Element) -> dict[str, ScopeSpec]:
        """The specifications of all processes and sub-processes, by name."""
        for process in root.iterchildren(bpmn("process")):
            self.create_parser(process)
        waiting = deque(self.process_parsers)
        made: dict[str, ScopeSpec] = {}
        while waiting:
            known = set(self.process_parsers)
            spec = self.process_parsers[waiting.popleft()].get_spec()
            made[spec.name] = spec
            waiting.extend(name for name in self.process_parsers if name not in known)
        return made


def _is_compensation(event: _Element) -> bool:
    return event.find(bpmn("compensateEventDefinition")) is not None
