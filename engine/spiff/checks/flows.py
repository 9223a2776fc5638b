"""Sequence flows: both ends exist, and a condition stands only where somebody decides."""

from __future__ import annotations

from engine.spiff.drawing import Area, Drawing, Flow, Node
from engine.spiff.findings import Report
from engine.spiff.names import ACTIVITIES

_CHOICES = ("exclusiveGateway", "inclusiveGateway")


def check_flows(drawing: Drawing, report: Report) -> None:
    """Check all flows of a file."""
    for area in drawing.areas():
        for flow in area.flows:
            _check_ends(drawing, area, flow, report)
        for node in area.nodes.values():
            _check_leaving(node, area.outgoing(node.id), report)


def _check_ends(drawing: Drawing, area: Area, flow: Flow, report: Report) -> None:
    for end, node_id in (("begins", flow.source), ("ends", flow.target)):
        if node_id in area.nodes:
            continue
        elsewhere = any(node_id in other.nodes for other in drawing.areas())
        where = "in another process or sub-process" if elsewhere else "nowhere"
        report.error(
            _named(flow),
            "flow-to-nowhere",
            f"The sequence flow {_ends(flow)} {end} {where}.",
            "Connect both ends to elements of the same process or sub-process.",
        )
    _check_direction(area, flow, report)


def _check_direction(area: Area, flow: Flow, report: Report) -> None:
    source, target = area.nodes.get(flow.source), area.nodes.get(flow.target)
    if source is not None and source.tag == "endEvent":
        report.error(source.id, "flow-out-of-end", "A sequence flow leaves an end event.", "Remove the flow.")
    if target is not None and target.tag in ("startEvent", "boundaryEvent"):
        report.error(
            target.id,
            "flow-into-start",
            "A sequence flow leads into an element that only an event can reach.",
            "Lead the flow to another element.",
        )
    for node in (source, target):
        if node is not None and (node.is_event_subprocess or node.is_compensation_handler):
            report.error(
                node.id,
                "flow-at-handler",
                "A sequence flow is drawn at an event sub-process or compensation handler.",
                "Remove the flow.",
            )


def _check_leaving(node: Node, leaving: list[Flow], report: Report) -> None:
    default = node.element.get("default")
    conditional = [flow for flow in leaving if flow.condition]
    _check_empty_conditions(leaving, report)
    if default and default not in [flow.id for flow in leaving]:
        report.error(
            node.id,
            "default-elsewhere",
            f"Its default flow '{default}' does not leave it.",
            "Mark one of its own outgoing flows as the default.",
        )
    for flow in conditional:
        if flow.id == default:
            report.error(
                flow.id,
                "default-with-condition",
                "The default flow has a condition.",
                "Remove one of the two.",
            )
    if node.tag in _CHOICES:
        _check_choice(node, leaving, default, report)
    elif conditional:
        _check_conditions_elsewhere(node, leaving, default, report)


def _check_empty_conditions(leaving: list[Flow], report: Report) -> None:
    for flow in leaving:
        if flow.condition == "":
            report.error(
                _named(flow),
                "empty-condition",
                "The flow has a condition that says nothing.",
                "Write the condition.",
            )


def _check_choice(node: Node, leaving: list[Flow], default: str | None, report: Report) -> None:
    if len(leaving) < 2:
        return
    for flow in leaving:
        if flow.condition is None and flow.id != default:
            report.error(
                _named(flow),
                "choice-without-condition",
                f"The flow {_ends(flow)} leaves a choice without a condition and is not its default.",
                "Write a condition, or mark the flow as the default.",
            )
    if not default and all(flow.condition for flow in leaving):
        report.warn(
            node.id,
            "no-default",
            "The choice has no default flow: where no condition holds, the case stops with an incident.",
            "Mark the flow for all other cases as the default.",
        )


def _check_conditions_elsewhere(node: Node, leaving: list[Flow], default: str | None, report: Report) -> None:
    if node.tag in ("parallelGateway", "eventBasedGateway"):
        for flow in leaving:
            if flow.condition:
                report.error(
                    _named(flow),
                    "condition-at-gateway",
                    "A condition stands on a flow out of a gateway that does not decide.",
                    "Remove the condition, or use an exclusive or inclusive gateway.",
                )
    elif not default and all(flow.condition for flow in leaving):
        kind = "activity" if node.tag in ACTIVITIES else "event"
        report.error(
            node.id,
            "conditions-without-default",
            f"All flows out of the {kind} have conditions: where none holds, the case would be lost.",
            "Add a default flow, or decide at an exclusive gateway after it.",
        )


def _named(flow: Flow) -> str:
    """What to call a flow in a finding; one without an id of its own is known by its source."""
    return flow.id if ":" not in flow.id else flow.source


def _ends(flow: Flow) -> str:
    return f"from '{flow.source}' to '{flow.target}'"
