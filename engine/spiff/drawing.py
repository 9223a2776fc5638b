"""A diagram as it is drawn: its processes, sub-processes, nodes and flows, for checks and rewriting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from engine.spiff.names import EVENT_DEFINITIONS, FLOW_NODES, MODELER, bpmn, is_bpmn, local, zeebe


@dataclass(frozen=True)
class Flow:
    """A sequence flow; ``id`` is empty where none is drawn."""

    element: _Element
    id: str
    source: str
    target: str

    @property
    def condition(self) -> str | None:
        """The text of its condition; ``None`` without one."""
        return child_text(self.element, "conditionExpression")

    @property
    def label(self) -> str:
        """What to call the flow in a finding: its id, or from where to where it leads."""
        return self.id or f"{self.source} to {self.target}"


@dataclass(frozen=True, eq=False)
class Node:
    """A flow node: activity, event or gateway."""

    element: _Element
    id: str
    tag: str
    scope: Area

    @property
    def definitions(self) -> list[_Element]:
        """Its event definitions."""
        return [child for child in self.element if local(child) in EVENT_DEFINITIONS and is_bpmn(child)]

    @property
    def event(self) -> str:
        """The sort of its first event definition, such as ``timer``; empty for a plain event."""
        found = self.definitions
        return local(found[0]).removesuffix("EventDefinition") if found else ""

    @property
    def loop(self) -> _Element | None:
        """Its loop or multi-instance characteristics."""
        return first_child(self.element, "multiInstanceLoopCharacteristics", "standardLoopCharacteristics")

    @property
    def is_event_subprocess(self) -> bool:
        """Whether it is a sub-process that an event starts."""
        return self.tag == "subProcess" and self.element.get("triggeredByEvent") == "true"

    @property
    def is_compensation_handler(self) -> bool:
        """Whether it runs only when its activity is compensated."""
        return self.element.get("isForCompensation") == "true"


@dataclass(eq=False)
class Area:
    """A process or an embedded sub-process with the nodes and flows directly in it."""

    element: _Element
    id: str
    parent: Area | None
    process_id: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    inner: list[Area] = field(default_factory=list)
    _leaving: dict[str, list[Flow]] = field(default_factory=dict)
    _arriving: dict[str, list[Flow]] = field(default_factory=dict)

    @property
    def is_event_subprocess(self) -> bool:
        """Whether an event starts it."""
        return self.element.get("triggeredByEvent") == "true"

    def add_flow(self, flow: Flow) -> None:
        """Add a flow that is drawn directly in this area."""
        self.flows.append(flow)
        self._leaving.setdefault(flow.source, []).append(flow)
        self._arriving.setdefault(flow.target, []).append(flow)

    def outgoing(self, node_id: str) -> list[Flow]:
        """The flows that leave a node."""
        return self._leaving.get(node_id, [])

    def incoming(self, node_id: str) -> list[Flow]:
        """The flows that arrive at a node."""
        return self._arriving.get(node_id, [])

    def boundaries(self, node_id: str) -> list[Node]:
        """The boundary events attached to an activity."""
        return [node for node in self.nodes.values() if node.element.get("attachedToRef") == node_id]

    def starts(self) -> list[Node]:
        """Its start events, or without any the nodes at which it begins because no flow leads to them."""
        drawn = [node for node in self.nodes.values() if node.tag == "startEvent"]
        return drawn or [node for node in self.nodes.values() if self._may_begin(node)]

    def associated(self, boundary_id: str) -> list[str]:
        """The nodes that an association ties to a boundary event: its compensation handlers."""
        ties = [child for child in self.element if local(child) == "association"]
        pairs = [(tie.get("sourceRef", ""), tie.get("targetRef", "")) for tie in ties]
        ends = [
            target if source == boundary_id else source
            for source, target in pairs
            if boundary_id in (source, target)
        ]
        return [end for end in ends if end in self.nodes]

    def _may_begin(self, node: Node) -> bool:
        if node.tag == "boundaryEvent" or node.is_event_subprocess or node.is_compensation_handler:
            return False
        return not self.incoming(node.id) and not (
            node.tag == "intermediateCatchEvent" and node.event == "link"
        )


class Drawing:
    """One file: its executable processes and what they refer to."""

    def __init__(self, file: str, root: _Element) -> None:
        self.file = file
        self.root = root
        self.messages = self._named("message")
        self.signals = self._named("signal")
        self.errors = self._named("error")
        self.escalations = self._named("escalation")
        self.lanes = dict(self._lanes())
        elements = list(root.iterchildren(bpmn("process")))
        self.left_out = _not_executable(elements)
        self.processes = [_area(process) for process in elements if process not in self.left_out]

    @property
    def is_cloud(self) -> bool:
        """Whether it was drawn for Camunda 8, where a text without ``=`` is a constant."""
        return self.root.get(f"{{{MODELER}}}executionPlatform") == "Camunda Cloud"

    def areas(self) -> Iterator[Area]:
        """All processes and sub-processes, outer before inner."""
        waiting = list(reversed(self.processes))
        while waiting:
            area = waiting.pop()
            yield area
            waiting.extend(reversed(area.inner))

    def nodes(self) -> Iterator[Node]:
        """All nodes of all areas."""
        for area in self.areas():
            yield from area.nodes.values()

    def _named(self, tag: str) -> dict[str, _Element]:
        return {element.get("id", ""): element for element in self.root.iterchildren(bpmn(tag))}

    def _lanes(self) -> Iterator[tuple[str, str]]:
        for reference in self.root.iter(bpmn("flowNodeRef")):
            lane = reference.getparent()
            if lane is not None and reference.text:
                yield reference.text.strip(), lane.get("name") or lane.get("id") or ""


def first_child(element: _Element, *tags: str) -> _Element | None:
    """The first BPMN child with one of these tags."""
    return next(element.iterchildren(*(bpmn(tag) for tag in tags)), None)


def child_text(element: _Element, tag: str) -> str | None:
    """The text of a BPMN child, stripped; ``None`` where there is no such child, empty if it is empty."""
    child = first_child(element, tag)
    return None if child is None else (child.text or "").strip()


def extension(element: _Element, tag: str) -> _Element | None:
    """The first Camunda 8 extension element of a tag."""
    return next(iter(extensions(element, tag)), None)


def extensions(element: _Element, tag: str) -> Iterable[_Element]:
    """All Camunda 8 extension elements of a tag that stand directly in an element's extensions."""
    holder = first_child(element, "extensionElements")
    return () if holder is None else holder.iterchildren(zeebe(tag))


def _not_executable(processes: list[_Element]) -> list[_Element]:
    """Outside parties: drawn as not executable beside a process that is."""
    if not any(process.get("isExecutable") == "true" for process in processes):
        return []
    return [process for process in processes if process.get("isExecutable") == "false"]


def _area(process: _Element) -> Area:
    outermost = Area(process, process.get("id", ""), None, process.get("id", ""))
    waiting = [outermost]
    while waiting:
        area = waiting.pop()
        _index(area)
        waiting.extend(area.inner)
    return outermost


def _index(area: Area) -> None:
    for child in area.element:
        tag = local(child) if is_bpmn(child) else ""
        if tag == "sequenceFlow":
            ends = child.get("sourceRef", ""), child.get("targetRef", "")
            area.add_flow(Flow(child, child.get("id", ""), *ends))
        elif tag in FLOW_NODES:
            node_id = child.get("id") or f"{tag} without id, line {child.sourceline}"
            area.nodes[node_id] = Node(child, node_id, tag, area)
            if tag == "subProcess":
                area.inner.append(Area(child, node_id, area, area.process_id))
