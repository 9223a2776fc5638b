"""Events: each has one trigger that can happen where it stands, and refers to what exists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from engine.spiff.describing import message_of
from engine.spiff.drawing import Area, Drawing, Node, child_text
from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Report
from engine.spiff.names import ACTIVITIES, CATCHING, local

_ALLOWED: dict[str, frozenset[str]] = {
    "start of a process": frozenset({"", "message", "signal", "timer"}),
    "start of a sub-process": frozenset({""}),
    "start of an event sub-process": CATCHING,
    "boundaryEvent": CATCHING | {"compensate"},
    "intermediateCatchEvent": frozenset({"message", "signal", "timer", "conditional", "link"}),
    "intermediateThrowEvent": frozenset({"", "message", "signal", "escalation", "link", "compensate"}),
    "endEvent": frozenset({"", "message", "signal", "escalation", "error", "terminate", "compensate"}),
}
_REFERRED = {
    "signal": ("signalRef", "signals"),
    "error": ("errorRef", "errors"),
    "escalation": ("escalationRef", "escalations"),
}


def check_events(drawing: Drawing, infos: Mapping[str, ElementInfo], report: Report) -> None:
    """Check all events of a file."""
    for area in drawing.areas():
        _check_starts(area, report)
        _check_links(area, report)
        for node in area.nodes.values():
            if node.tag.endswith("Event"):
                _check_definitions(node, report)
                _check_reference(drawing, node, infos[node.id], report)
                _check_timer(node, infos[node.id], report)
            if node.tag == "boundaryEvent":
                _check_boundary(area, node, report)
            if infos[node.id].event == "message":
                _check_message(drawing, node, infos[node.id], report)
            if node.tag == "eventBasedGateway":
                _check_race(area, node, report)


def _check_starts(area: Area, report: Report) -> None:
    starts = [node for node in area.nodes.values() if node.tag == "startEvent"]
    if area.is_event_subprocess and (len(starts) != 1 or not starts[0].definitions):
        report.error(
            area.id,
            "event-subprocess-start",
            "An event sub-process needs exactly one start event, with the event that starts it.",
            "Draw one start event with a message, timer, signal, error, escalation or condition.",
        )
    elif area.parent is not None and len(starts) > 1:
        report.error(area.id, "several-starts", "A sub-process has one start event.", "Remove the others.")
    elif sum(1 for node in starts if not node.definitions) > 1:
        report.error(area.id, "several-starts", "A process has one plain start event.", "Remove the others.")


def _place(node: Node) -> str:
    if node.tag != "startEvent":
        return node.tag
    if node.scope.is_event_subprocess:
        return "start of an event sub-process"
    return "start of a sub-process" if node.scope.parent else "start of a process"


def _check_definitions(node: Node, report: Report) -> None:
    definitions, place = node.definitions, _place(node)
    if len(definitions) > 1:
        report.error(
            node.id,
            "several-triggers",
            "The event has several triggers; it can have one.",
            "Draw one event for each, for example several boundary events.",
        )
    elif node.event not in _ALLOWED[place] and (node.event or place != "start of an event sub-process"):
        what = (
            f"The trigger '{node.event}' cannot stand"
            if node.event
            else "An event without a trigger cannot stand"
        )
        report.error(
            node.id,
            "trigger",
            f"{what} at a {place}.",
            "Choose another trigger, or draw it as another element.",
        )
    if (
        node.event == "error"
        and node.element.get("isInterrupting", node.element.get("cancelActivity")) == "false"
    ):
        report.error(
            node.id,
            "error-interrupts",
            "An error always interrupts.",
            "Make it interrupting, or use an escalation.",
        )


def _check_reference(drawing: Drawing, node: Node, info: ElementInfo, report: Report) -> None:
    if not node.definitions:
        return
    if info.event in _REFERRED:
        attribute, table = _REFERRED[info.event]
        reference = node.definitions[0].get(attribute)
        if reference and reference not in getattr(drawing, table):
            _report_missing(node, info.event, reference, report)
        elif not info.event_name and (
            info.event == "signal" or node.tag in ("endEvent", "intermediateThrowEvent")
        ):
            report.error(
                node.id,
                f"no-{info.event}",
                f"The event does not say which {info.event} is meant.",
                f"Choose the {info.event}, and give it a name or code.",
            )
    elif info.event == "conditional" and not info.condition:
        report.error(node.id, "no-condition", "The event has no condition.", "Write the condition.")
    elif info.event == "compensate":
        _check_compensation(node, report)
    if info.event in ("signal",) and info.event_name.startswith("="):
        _report_computed_name(node, report)


def _report_missing(node: Node, kind: str, reference: str, report: Report) -> None:
    report.error(
        node.id,
        f"no-{kind}",
        f"The event refers to the {kind} '{reference}', which the diagram does not define.",
        f"Choose an existing {kind}.",
    )


def _report_computed_name(node: Node, report: Report) -> None:
    report.error(
        node.id,
        "computed-name",
        "The name is an expression; names of messages and signals are fixed here.",
        "Write the name itself, and tell cases apart by the correlation key.",
    )


def _check_timer(node: Node, info: ElementInfo, report: Report) -> None:
    if info.event != "timer" or not node.definitions:
        return
    given = [
        local(child)
        for child in node.definitions[0]
        if local(child) in ("timeDate", "timeDuration", "timeCycle")
    ]
    if not info.time or len(given) != 1:
        report.error(
            node.id,
            "no-time",
            "The timer has no time." if not info.time else "The timer has more than one time.",
            "Give it one date, duration or repeating interval.",
        )
    may_repeat = node.tag == "startEvent" and (not node.scope.is_event_subprocess or not info.interrupting)
    may_repeat = may_repeat or (node.tag == "boundaryEvent" and not info.interrupting)
    if info.time_kind == "cycle" and not may_repeat:
        report.error(
            node.id,
            "cycle-passed-once",
            "The timer repeats, but the event is passed only once.",
            "Give it a date or duration, or make the event non-interrupting.",
        )
    if info.rule and info.time_kind in ("duration", "cycle") and not info.time.startswith("=") and info.time:
        report.error(
            node.id,
            "literal-length",
            f"The timer has the rule {info.rule} and a length of its own.",
            "Use the date =limit.broken: the law's lengths live in one place.",
        )


def _check_boundary(area: Area, node: Node, report: Report) -> None:
    host = area.nodes.get(node.element.get("attachedToRef", ""))
    if host is None or host.tag not in ACTIVITIES:
        report.error(
            node.id,
            "boundary-of-nothing",
            "The boundary event is not attached to an activity of the same process or sub-process.",
            "Attach it to the activity that it watches.",
        )
    elif host.is_event_subprocess or host.is_compensation_handler:
        report.error(
            node.id,
            "boundary-of-handler",
            "A boundary event at an event sub-process or compensation handler is not carried out.",
            "Put the activity into a sub-process inside, with the boundary event there.",
        )
    if node.event == "compensate":
        _check_handler(area, node, report)
    elif not area.outgoing(node.id):
        report.warn(
            node.id,
            "leads-nowhere",
            "Nothing follows the boundary event.",
            "Draw what happens then, or an end event.",
        )


def _check_handler(area: Area, node: Node, report: Report) -> None:
    handlers = area.associated(node.id)
    if len(handlers) != 1 or not area.nodes[handlers[0]].is_compensation_handler:
        report.error(
            node.id,
            "no-handler",
            "The compensation event is not tied to one activity that undoes.",
            "Draw an association to one activity marked for compensation.",
        )
    thrown_around = _throws_compensation(area.parent) if area.parent else None
    if thrown_around:
        report.error(
            node.id,
            "compensation-of-subprocess",
            f"The event '{thrown_around}' would have to undo a completed sub-process, which cannot be.",
            "Undo the sub-process as a whole by one handler, or throw the compensation inside it.",
        )


def _throws_compensation(area: Area | None) -> str | None:
    while area is not None:
        for node in area.nodes.values():
            if node.event == "compensate" and node.tag != "boundaryEvent":
                return node.id
        area = area.parent
    return None


def _check_compensation(node: Node, report: Report) -> None:
    if node.tag == "boundaryEvent":
        return
    activity, area = node.definitions[0].get("activityRef"), node.scope
    if activity and activity not in area.nodes:
        report.error(
            node.id,
            "compensation-elsewhere",
            f"It undoes '{activity}', which is not in the same process or sub-process.",
            "Throw the compensation where the activity is.",
        )
    outer = area.parent
    if area.is_event_subprocess and outer and any(n.event == "compensate" for n in outer.nodes.values()):
        report.error(
            node.id,
            "compensation-from-handler",
            "An event sub-process cannot undo the activities of the process around it.",
            "Throw the compensation in the process itself.",
        )


_MAY_DO_A_JOB = ("endEvent", "intermediateThrowEvent", "sendTask")


def _check_message(drawing: Drawing, node: Node, info: ElementInfo, report: Report) -> None:
    if info.task_type and not info.sends_message and node.tag in _MAY_DO_A_JOB:
        return
    if message_of(drawing, node) is None or not info.event_name:
        report.error(
            node.id,
            "no-message",
            "It does not say which message is meant, or the message has no name.",
            "Choose a message and give it a name; to send a notice, give it the task type ehc:notice.",
        )
    elif info.event_name.startswith("="):
        _report_computed_name(node, report)
    elif _waits_for_message(node) and not info.correlation_key:
        report.warn(
            node.id,
            "no-correlation-key",
            f"The message '{info.event_name}' has no correlation key: it reaches whoever waits longest.",
            "Give the message a correlation key, such as =case_id.",
        )


def _waits_for_message(node: Node) -> bool:
    if node.tag == "startEvent":
        return node.scope.is_event_subprocess
    return node.tag in ("intermediateCatchEvent", "boundaryEvent", "receiveTask")


def _check_links(area: Area, report: Report) -> None:
    links = [node for node in area.nodes.values() if node.event == "link"]
    catches = Counter(_link(node) for node in links if node.tag == "intermediateCatchEvent")
    thrown = {_link(node) for node in links if node.tag == "intermediateThrowEvent"}
    for node in links:
        name = _link(node)
        if not name or catches[name] != 1 or name not in thrown:
            report.error(
                node.id,
                "link",
                f"The link '{name}' needs one catching event of its name, and events that lead to it.",
                "Give the throwing events and one catching event the same link name.",
            )


def _link(node: Node) -> str:
    return str(node.definitions[0].get("name", ""))


def _check_race(area: Area, node: Node, report: Report) -> None:
    targets = [area.nodes[flow.target] for flow in area.outgoing(node.id) if flow.target in area.nodes]
    wrong = [target for target in targets if target.tag not in ("intermediateCatchEvent", "receiveTask")]
    crowded = [
        target for target in targets if len(area.incoming(target.id)) > 1 or area.boundaries(target.id)
    ]
    if not targets or wrong or any(target.event == "link" for target in targets):
        report.error(
            node.id,
            "race",
            "An event-based gateway leads to events that it waits for, and to nothing else.",
            "Put a message, timer, signal or conditional catch event behind each of its flows.",
        )
    for target in crowded:
        report.error(
            target.id,
            "race-target",
            "An element behind an event-based gateway has no other incoming flow and no boundary events.",
            "Lead the other flow elsewhere.",
        )
    if any(child_text(target.element, "multiInstanceLoopCharacteristics") is not None for target in targets):
        report.error(
            node.id, "race-loop", "A receive task behind an event-based gateway cannot repeat.", "Remove it."
        )
