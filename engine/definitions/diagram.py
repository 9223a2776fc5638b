"""One diagram file as the checks see it: its elements, its flows and where its expressions stand.

It is read for itself, so that a file that BPMN's own checks refuse still gets all findings in one go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element

from engine.spiff.describing import describe_element, properties_of
from engine.spiff.drawing import Area, Drawing, Node, child_text, extension
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Report
from engine.spiff.names import zeebe
from engine.spiff.reading import read_xml


@dataclass(frozen=True)
class Expression:
    """A FEEL text of a diagram: where it stands, in words, and the names only it sees."""

    element: str
    place: str
    text: str
    local: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flow:
    """A sequence flow with a condition that leaves a gateway."""

    id: str
    gateway: ElementInfo
    condition: str


@dataclass(frozen=True)
class Loop:
    """What a multi-instance activity goes through, and the names it gives."""

    collection: str = ""
    element: str = ""
    output: str = ""
    output_element: str = ""
    completion: str = ""


@dataclass(frozen=True)
class Template:
    """The element template an element says it was made from."""

    id: str
    version: str


@dataclass(frozen=True)
class Drawn:
    """An element with what only the drawing knows of it."""

    info: ElementInfo
    loop: Loop
    template: Template | None


@dataclass(frozen=True)
class Diagram:
    """A readable diagram file.

    Attributes:
        processes: process id and its ``zeebe:property`` entries.
        cloud: drawn for Camunda 8, where a text without ``=`` is a constant.
        areas: its processes and their sub-processes, each with its own nodes and flows.
    """

    file: str
    processes: Mapping[str, Mapping[str, str]]
    elements: tuple[Drawn, ...]
    flows: tuple[Flow, ...]
    cloud: bool
    areas: tuple[Area, ...] = ()


def read_diagram(file: str, content: bytes) -> Diagram | None:
    """Read a file for the checks; None if it isn't BPMN at all, which its own reading reports."""
    root = read_xml(content, Report(file))
    if root is None:
        return None
    drawing = Drawing(file, root)
    drawn = tuple(_drawn(drawing, node) for node in drawing.nodes())
    return Diagram(
        file=file,
        processes={area.id: properties_of(area.element) for area in drawing.processes},
        elements=drawn,
        flows=tuple(_flows(drawing, {each.info.id: each.info for each in drawn})),
        cloud=drawing.is_cloud,
        areas=tuple(drawing.areas()),
    )


def _drawn(drawing: Drawing, node: Node) -> Drawn:
    return Drawn(describe_element(drawing, node), _loop(node), _template(node.element))


def _loop(node: Node) -> Loop:
    found = None if node.loop is None else extension(node.loop, "loopCharacteristics")
    if node.loop is None or found is None:
        return Loop()
    return Loop(
        collection=found.get("inputCollection", ""),
        element=found.get("inputElement", ""),
        output=found.get("outputCollection", ""),
        output_element=found.get("outputElement", ""),
        completion=child_text(node.loop, "completionCondition") or "",
    )


def _template(element: _Element) -> Template | None:
    ident = element.get(zeebe("modelerTemplate"))
    return Template(ident, element.get(zeebe("modelerTemplateVersion"), "")) if ident else None


def _flows(drawing: Drawing, elements: Mapping[str, ElementInfo]) -> Iterator[Flow]:
    for area in drawing.areas():
        for flow in area.flows:
            source = elements.get(flow.source)
            if flow.condition and source is not None and source.kind.endswith("Gateway"):
                yield Flow(flow.id, source, flow.condition)


def expressions(diagram: Diagram) -> Iterator[Expression]:
    """Every FEEL expression of the diagram."""
    for drawn in diagram.elements:
        for place, text, local in _texts(drawn):
            if text.strip().startswith("="):
                yield Expression(drawn.info.id, place, text, local)
    for flow in diagram.flows:
        if flow.condition.strip().startswith("=") or not diagram.cloud:
            yield Expression(flow.id, "condition", flow.condition)


_LIMIT = frozenset({"limit"})
_COUNTS = frozenset(
    {"loopCounter", "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances"}
    | {"numberOfTerminatedInstances"}
)


def _texts(drawn: Drawn) -> Iterator[tuple[str, str, frozenset[str]]]:
    info, loop = drawn.info, drawn.loop
    inside = _LIMIT | _COUNTS if info.multiple else _LIMIT
    yield "loop collection", loop.collection, frozenset()
    yield "completion condition", loop.completion, _COUNTS
    yield "loop output", loop.output_element, _COUNTS
    for place, text in _own_texts(info):
        yield place, text, inside
    for assignment in info.inputs:
        yield f"input {assignment.target}", assignment.source, inside
    for assignment in info.outputs:
        yield f"output {assignment.target}", assignment.source, inside
    for name, value in info.properties.items():
        if name.startswith("ehc:"):
            yield name, value, inside


def _own_texts(info: ElementInfo) -> Iterator[tuple[str, str]]:
    yield "due date", info.due_date
    yield "follow-up date", info.follow_up_date
    yield "assignee", info.assignee
    yield "candidate groups", info.candidate_groups
    yield "candidate users", info.candidate_users
    yield "priority", info.priority
    yield "form", info.form_id
    yield "time", info.time
    yield "condition", info.condition
    yield "script", info.script
    yield "called process", info.called_process
    yield "decision", info.decision_id
    yield "correlation key", info.correlation_key
