"""Small diagrams for the tests: one element between a start and an end."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
YES_NO_FORM = b"""{"type": "default", "id": "decide", "schemaVersion": 19, "components": [
 {"type": "radio", "id": "F1", "key": "assess", "label": "Assess?", "validate": {"required": true},
  "valuesExpression": "=[{label: \\"Yes\\", value: true}, {label: \\"No\\", value: false}]",
  "properties": {"ehc:process": "yes", "ehc:example": "true"}},
 {"type": "number", "id": "F2", "key": "daysLeft", "label": "Days left", "properties": {"ehc:process": "yes"}}]}"""
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="tables" name="tables" namespace="urn:tables">
 <decision id="grade" name="Grade"><variable name="Grade"/><literalExpression><text>"good"</text></literalExpression></decision>
</definitions>"""


def bpmn(
    body: str, *, process: str = "p", more: str = "", properties: Mapping[str, str] | None = None
) -> bytes:
    """A Camunda 8 diagram with one process."""
    head = f'<bpmn:definitions {SPACES} id="d" targetNamespace="urn:x" modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0">'
    own = f"<bpmn:extensionElements>{props(properties)}</bpmn:extensionElements>" if properties else ""
    return f'{head}<bpmn:process id="{process}" isExecutable="true">{own}{body}</bpmn:process>{more}</bpmn:definitions>'.encode()


def props(entries: Mapping[str, str] | None) -> str:
    """The ``zeebe:properties`` of an element."""
    if not entries:
        return ""
    inside = "".join(
        f'<zeebe:property name="{name}" value="{escape(value)}"/>' for name, value in entries.items()
    )
    return f"<zeebe:properties>{inside}</zeebe:properties>"


def mapping(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    """The ``zeebe:ioMapping`` of an element."""
    entries = [
        f'<zeebe:input source="{escape(source)}" target="{target}"/>'
        for target, source in (inputs or {}).items()
    ]
    entries += [
        f'<zeebe:output source="{escape(source)}" target="{target}"/>'
        for target, source in (outputs or {}).items()
    ]
    return f"<zeebe:ioMapping>{''.join(entries)}</zeebe:ioMapping>" if entries else ""


def chain(element: str, *, attached: str = "", attributes: Mapping[str, str] | None = None) -> bytes:
    """Start, one element with the id ``it``, end; and what is attached to the element."""
    flows = '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="it"/><bpmn:sequenceFlow id="f2" sourceRef="it" targetRef="e"/>'
    return bpmn(
        f'<bpmn:startEvent id="s"/>{element}<bpmn:endEvent id="e"/>{attached}{flows}', properties=attributes
    )


def task(
    extensions: str = "",
    *,
    tag: str = "userTask",
    attributes: str = "",
    properties: Mapping[str, str] | None = None,
    loop: str = "",
) -> str:
    """A task with the id ``it``."""
    user = "<zeebe:userTask/>" if tag == "userTask" else ""
    if user and "assignmentDefinition" not in extensions:
        extensions += '<zeebe:assignmentDefinition candidateGroups="caseworker"/>'
    if user and "formDefinition" not in extensions:
        extensions += '<zeebe:formDefinition formId="decide"/>'
    inside = f"<bpmn:extensionElements>{user}{extensions}{props(properties)}</bpmn:extensionElements>"
    return f'<bpmn:{tag} id="it" name="Do it" {attributes}>{inside}{loop}</bpmn:{tag}>'


def user_task(extensions: str = "", **properties: str) -> bytes:
    """A process with one user task; keyword ``rule`` is the property ``ehc:rule``."""
    return chain(task(extensions, properties=own(properties)))


def service_task(kind: str, inputs: Mapping[str, str] | None = None, **properties: str) -> bytes:
    """A process with one service task of a type of ours."""
    return chain(
        task(
            f'<zeebe:taskDefinition type="{kind}"/>{mapping(inputs)}',
            tag="serviceTask",
            properties=own(properties),
        )
    )


def own(properties: Mapping[str, str]) -> dict[str, str]:
    """Properties with the prefix ``ehc:``."""
    return {f"ehc:{name}": value for name, value in properties.items()}


def timer(
    time: str,
    *,
    kind: str = "timeDate",
    interrupting: bool = False,
    place: str = "boundary",
    **properties: str,
) -> bytes:
    """A process with a timer ``t``: at a task's boundary, as an intermediate event, or starting an event sub-process."""
    definition = f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{escape(time)}</bpmn:{kind}></bpmn:timerEventDefinition>'
    inside = f"<bpmn:extensionElements>{props(own(properties))}</bpmn:extensionElements>"
    cancel = "true" if interrupting else "false"
    if place == "catch":
        body = f'<bpmn:startEvent id="s"/><bpmn:intermediateCatchEvent id="t" name="Wait">{inside}{definition}</bpmn:intermediateCatchEvent><bpmn:endEvent id="e"/>'
        return bpmn(
            body
            + '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/><bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e"/>'
        )
    if place == "start":
        start = f'<bpmn:startEvent id="t" name="Late" isInterrupting="{cancel}">{inside}{definition}</bpmn:startEvent>'
        sub = f'<bpmn:subProcess id="sub" triggeredByEvent="true">{start}<bpmn:endEvent id="e2"/><bpmn:sequenceFlow id="f3" sourceRef="t" targetRef="e2"/></bpmn:subProcess>'
        return chain(task(), attached=sub)
    event = f'<bpmn:boundaryEvent id="t" name="Late" attachedToRef="it" cancelActivity="{cancel}">{inside}{definition}</bpmn:boundaryEvent>'
    return chain(
        task(),
        attached=event + '<bpmn:endEvent id="e3"/><bpmn:sequenceFlow id="f3" sourceRef="t" targetRef="e3"/>',
    )


def gateway(condition: str, element: str = "", **attributes: str) -> bytes:
    """Start, an optional element, an exclusive gateway with one condition and a default."""
    before = element or task('<zeebe:script expression="=1" resultVariable="made"/>', tag="scriptTask")
    body = (
        f'<bpmn:startEvent id="s"/>{before}<bpmn:exclusiveGateway id="g" name="Which way?" default="no"/><bpmn:endEvent id="e1"/><bpmn:endEvent id="e2"/>'
        '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="it"/><bpmn:sequenceFlow id="f2" sourceRef="it" targetRef="g"/>'
        f'<bpmn:sequenceFlow id="yes" sourceRef="g" targetRef="e1"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression></bpmn:sequenceFlow>'
        '<bpmn:sequenceFlow id="no" sourceRef="g" targetRef="e2"/>'
    )
    return bpmn(body, properties=own(attributes))


def script_task(text: str) -> bytes:
    """A process with one script task."""
    return chain(task(f'<zeebe:script expression="{escape(text)}" resultVariable="made"/>', tag="scriptTask"))
