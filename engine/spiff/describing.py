"""From the drawn element to its description: BPMN's own attributes and Camunda 8's extension elements."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from lxml.etree import _Element

from engine.spiff.drawing import Area, Drawing, Node, child_text, extension, extensions
from engine.spiff.elements import Assignment, ElementInfo, ProcessInfo, StartInfo
from engine.spiff.names import local

_TIMES = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


def describe_element(drawing: Drawing, node: Node) -> ElementInfo:
    """All that the diagram says about one element."""
    element = node.element
    area = node.scope
    return ElementInfo(
        id=node.id,
        kind=node.tag,
        process_id=area.process_id,
        file=drawing.file,
        name=element.get("name", ""),
        parent=area.id if area.parent else "",
        lane=_lane(drawing, node),
        documentation=child_text(element, "documentation") or "",
        properties=properties_of(element),
        headers=_headers(element),
        inputs=_assignments(element, "input"),
        outputs=_assignments(element, "output"),
        attached_to=element.get("attachedToRef", ""),
        interrupting=_interrupts(element),
        multiple=node.loop is not None and local(node.loop) == "multiInstanceLoopCharacteristics",
        **_task(element),
        **_event(drawing, node),
    )


def describe_process(drawing: Drawing, area: Area, infos: Mapping[str, ElementInfo]) -> ProcessInfo:
    """All that the diagram says about a process as a whole."""
    inside = [info for info in infos.values() if info.process_id == area.id]
    tag = extension(area.element, "versionTag")
    return ProcessInfo(
        id=area.id,
        file=drawing.file,
        name=area.element.get("name", ""),
        version_tag="" if tag is None else tag.get("value", ""),
        documentation=child_text(area.element, "documentation") or "",
        properties=properties_of(area.element),
        starts=_starts(area, infos),
        calls=_constants(info.called_process for info in inside),
        decisions=_constants(info.decision_id for info in inside),
        lanes=tuple(dict.fromkeys(info.lane for info in inside if info.lane)),
    )


def properties_of(element: _Element) -> Mapping[str, str]:
    """The ``zeebe:property`` entries of an element."""
    holder = extension(element, "properties")
    entries = () if holder is None else holder
    return MappingProxyType({entry.get("name", ""): entry.get("value", "") for entry in entries})


def time_of(definition: _Element) -> tuple[str, str]:
    """The text of a timer's time and its sort; two empty texts where there is none."""
    for tag, kind in _TIMES.items():
        text = child_text(definition, tag)
        if text:
            return text, kind
    return "", ""


def message_of(drawing: Drawing, node: Node) -> _Element | None:
    """The message that an event or task refers to."""
    holders = [*node.definitions[:1], node.element]
    reference = next(filter(None, (holder.get("messageRef") for holder in holders)), "")
    return drawing.messages.get(reference)


def _task(element: _Element) -> dict[str, Any]:
    """What the task's own extension elements say."""
    said: dict[str, Any] = {}
    for tag, names in _ATTRIBUTES.items():
        found = extension(element, tag)
        if found is not None:
            said |= {
                field: found.get(name, "") for name, field in names.items() if found.get(name) is not None
            }
    plain_script = child_text(element, "script")
    if "script" not in said and plain_script:
        said |= {"script": plain_script, "result_variable": element.get("id", "")}
    if "called_process" not in said and element.get("calledElement"):
        said["called_process"] = element.get("calledElement", "")
    return said


_ATTRIBUTES: dict[str, dict[str, str]] = {
    "formDefinition": {"formId": "form_id", "formKey": "form_key", "externalReference": "form_key"},
    "assignmentDefinition": {
        "assignee": "assignee",
        "candidateGroups": "candidate_groups",
        "candidateUsers": "candidate_users",
    },
    "taskSchedule": {"dueDate": "due_date", "followUpDate": "follow_up_date"},
    "priorityDefinition": {"priority": "priority"},
    "taskDefinition": {"type": "task_type"},
    "script": {"expression": "script", "resultVariable": "result_variable"},
    "calledDecision": {"decisionId": "decision_id", "resultVariable": "result_variable"},
    "calledElement": {"processId": "called_process"},
}


def _event(drawing: Drawing, node: Node) -> dict[str, Any]:
    """What its event definition says, or its message if it is a receive or send task."""
    said: dict[str, Any] = {"event": node.event}
    if node.tag in ("receiveTask", "sendTask"):
        said["event"] = "message"
    definition = node.definitions[0] if node.definitions else None
    if said["event"] == "message":
        said |= _message(drawing, node)
    elif definition is not None:
        said |= _definition(drawing, definition, said["event"])
    return said


def _message(drawing: Drawing, node: Node) -> dict[str, str]:
    message = message_of(drawing, node)
    if message is None:
        return {}
    subscription = extension(message, "subscription")
    key = "" if subscription is None else subscription.get("correlationKey", "")
    return {"event_name": message.get("name", ""), "correlation_key": key}


def _definition(drawing: Drawing, definition: _Element, event: str) -> dict[str, str]:
    if event == "timer":
        text, kind = time_of(definition)
        return {"time": text, "time_kind": kind}
    if event == "conditional":
        return {"condition": child_text(definition, "condition") or ""}
    if event == "signal":
        signal = drawing.signals.get(definition.get("signalRef", ""))
        return {"event_name": "" if signal is None else signal.get("name", "")}
    if event == "error":
        return {"event_name": _code(drawing.errors.get(definition.get("errorRef", "")), "errorCode")}
    if event == "escalation":
        return {
            "event_name": _code(
                drawing.escalations.get(definition.get("escalationRef", "")), "escalationCode"
            )
        }
    return {"event_name": definition.get("name", "")}


def _code(element: _Element | None, attribute: str) -> str:
    """A code, or what identifies an error or escalation that was drawn without one."""
    if element is None:
        return ""
    return element.get(attribute) or element.get("name") or element.get("id") or ""


def _lane(drawing: Drawing, node: Node) -> str:
    place: Node | None = node
    while place is not None:
        if place.id in drawing.lanes:
            return drawing.lanes[place.id]
        outer = place.scope
        place = outer.parent.nodes.get(outer.id) if outer.parent else None
    return ""


def _headers(element: _Element) -> Mapping[str, str]:
    holder = extension(element, "taskHeaders")
    entries = () if holder is None else holder
    return MappingProxyType({entry.get("key", ""): entry.get("value", "") for entry in entries})


def _assignments(element: _Element, tag: str) -> tuple[Assignment, ...]:
    holders = extensions(element, "ioMapping")
    entries = [entry for holder in holders for entry in holder if local(entry) == tag]
    return tuple(Assignment(entry.get("source", ""), entry.get("target", "")) for entry in entries)


def _interrupts(element: _Element) -> bool:
    attribute = "cancelActivity" if local(element) == "boundaryEvent" else "isInterrupting"
    return element.get(attribute, "true").strip().lower() not in ("false", "0")


def _starts(area: Area, infos: Mapping[str, ElementInfo]) -> tuple[StartInfo, ...]:
    drawn = [infos[node.id] for node in area.starts() if node.tag == "startEvent"]
    if not drawn:
        return (StartInfo("", "none"),)
    return tuple(
        StartInfo(info.id, info.event or "none", info.event_name, info.time, info.time_kind)  # type: ignore[arg-type]
        for info in drawn
    )


def _constants(texts: Any) -> frozenset[str]:
    return frozenset(text for text in texts if text and not text.startswith("="))
