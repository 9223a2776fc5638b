"""Bringing a checked diagram into the normal form that the parser reads; nothing changes its meaning.

What is made here has an id with a character that nobody can draw. Ids that are drawn stay.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree
from lxml.etree import _Element

from engine.spiff.drawing import Area, Drawing, Flow, Node
from engine.spiff.names import ACTIVITIES, BPMN, EVENTS, MADE, bpmn, normal

TRIGGER = normal("trigger")
FOR = normal("for")
ALWAYS = normal("always")
SILENT = normal("silent")


_REFERENCES = frozenset(
    {"sourceRef", "targetRef", "attachedToRef", "default", "messageRef", "signalRef", "errorRef"}
    | {"escalationRef", "activityRef", "calledElement", "processRef"}
)


def give_ids(root: _Element) -> None:
    """Give every sequence flow an id, and take the prefix off references: tools differ in both."""
    for element in root.iter(f"{{{BPMN}}}*"):
        for name in _REFERENCES:
            if MADE in element.get(name, ""):
                element.set(name, element.get(name, "").rpartition(MADE)[2])
    for number, flow in enumerate(root.iter(bpmn("sequenceFlow"))):
        if not flow.get("id"):
            flow.set("id", f"flow{MADE}{number}")


def rewrite(drawing: Drawing) -> None:
    """Rewrite all areas of a checked drawing in place."""
    for area in list(drawing.areas()):
        for rule in _RULES:
            rule(area)
    for process in drawing.left_out:
        drawing.root.remove(process)


def _split_conditional_flows(area: Area) -> None:
    """Flows with conditions out of an activity or event leave it through an inclusive gateway."""
    for node in list(area.nodes.values()):
        leaving = area.outgoing(node.id)
        if node.tag in ACTIVITIES | EVENTS and any(flow.condition for flow in leaving):
            _put_gateway_behind(area, node, leaving)


def _put_gateway_behind(area: Area, node: Node, leaving: list[Flow]) -> None:
    gateway = etree.SubElement(area.element, bpmn("inclusiveGateway"), id=f"{node.id}{MADE}out")
    default = node.element.attrib.pop("default", "")
    if default:
        gateway.set("default", default)
    for flow in leaving:
        flow.element.set("sourceRef", gateway.get("id", ""))
        if not flow.condition and flow.id != default:
            flow.element.set(ALWAYS, "true")
    _connect(area, node.id, gateway.get("id", ""))


def _join_links(area: Area) -> None:
    """A link is a flow from each throw to the catch of its name."""
    links = [node for node in area.nodes.values() if node.event == "link"]
    catches = {_link_name(node): node for node in links if node.tag == "intermediateCatchEvent"}
    for node in links:
        if node.tag == "intermediateThrowEvent":
            _connect(area, node.id, catches[_link_name(node)].id)
    for node in links:
        node.element.remove(node.definitions[0])
        node.element.tag = bpmn("intermediateThrowEvent")


def _move_triggers_out(area: Area) -> None:
    """The start event of an event sub-process waits in the scope around, as a trigger that leads to it."""
    for inner in area.inner:
        if not inner.is_event_subprocess:
            continue
        start = next(node for node in inner.nodes.values() if node.tag == "startEvent")
        trigger = etree.SubElement(area.element, TRIGGER, id=f"{start.id}{MADE}trigger")
        trigger.set(FOR, start.id)
        for definition in start.definitions:
            start.element.remove(definition)
        start.element.set(SILENT, "true")
        inner.element.attrib.pop("triggeredByEvent")
        _connect(area, trigger.get("id", ""), inner.id)


def _connect(area: Area, source: str, target: str) -> None:
    etree.SubElement(
        area.element,
        bpmn("sequenceFlow"),
        id=f"{source}{MADE}to{MADE}{target}",
        sourceRef=source,
        targetRef=target,
    )


def _link_name(node: Node) -> str:
    return str(node.definitions[0].get("name", ""))


_RULES: tuple[Callable[[Area], None], ...] = (_split_conditional_flows, _join_links, _move_triggers_out)
