"""The shipped diagrams as a process owner might edit them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.config import ROOT

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: What names another element and makes no sense without it.
_REFERENCES = ("sourceRef", "targetRef", "bpmnElement", "attachedToRef")


def shipped(name: str) -> bytes:
    """A diagram as it is shipped."""
    return (ROOT / "bpmn" / name).read_bytes()


def without_timers(name: str) -> bytes:
    """A diagram from which somebody has deleted every timer beside a task, and what came after it."""
    tree = etree.fromstring(shipped(name))
    for timer in list(tree.iter(f"{BPMN}timerEventDefinition")):
        event = timer.getparent()
        if event.tag == f"{BPMN}boundaryEvent" or _begins_event_sub_process(event):
            _remove(event if event.tag == f"{BPMN}boundaryEvent" else event.getparent())
    while loose := list(_loose_ends(tree)):
        for element in loose:
            _remove(element)
    assert not [
        event
        for event in tree.iter(f"{BPMN}boundaryEvent")
        if event.find(f"{BPMN}timerEventDefinition") is not None
    ]
    return etree.tostring(tree)


def with_another_name(name: str, before: str, after: str) -> bytes:
    """A diagram in which a name was changed and nothing else."""
    content = shipped(name).replace(before.encode(), after.encode())
    assert content != shipped(name)
    return content


def _begins_event_sub_process(event: etree._Element) -> bool:
    parent = event.getparent()
    return (
        event.tag == f"{BPMN}startEvent" and parent is not None and parent.get("triggeredByEvent") == "true"
    )


def _loose_ends(tree: etree._Element) -> Iterator[etree._Element]:
    """What refers to something that is gone, and nodes that nothing leads to any more."""
    ids = {element.get("id") for element in tree.iter() if element.get("id")}
    led_to = {flow.get("targetRef") for flow in tree.iter(f"{BPMN}sequenceFlow")}
    for element in tree.iter(etree.Element):
        if any(element.get(name) not in (None, *ids) for name in _REFERENCES):
            yield element
        elif element.tag in (f"{BPMN}incoming", f"{BPMN}outgoing", f"{BPMN}flowNodeRef"):
            if element.text not in ids:
                yield element
        elif element.tag == f"{BPMN}endEvent" and element.get("id") not in led_to:
            yield element


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
