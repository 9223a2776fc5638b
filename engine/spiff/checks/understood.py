"""What is understood, as lists: whatever else a diagram says is named instead of being read past.

BPMN that the adapter does not carry out refuses the file. Extensions of Camunda 8 that it does not read do
so too if they would change what happens; those of other tools get a warning.
"""

from __future__ import annotations

from lxml.etree import _Element

from engine.spiff.drawing import Drawing
from engine.spiff.findings import Report
from engine.spiff.names import (
    ACTIVITIES,
    BPMN,
    EVENT_DEFINITIONS,
    EVENTS,
    FLOW_NODES,
    GATEWAYS,
    UNSUPPORTED,
    ZEEBE,
    is_bpmn,
    local,
)

_ALWAYS = frozenset({"id", "name"})
_ACTIVITY = _ALWAYS | {
    "default",
    "startQuantity",
    "completionQuantity",
    "isForCompensation",
    "implementation",
}
_ATTRIBUTES: dict[str, frozenset[str]] = {
    **dict.fromkeys(ACTIVITIES, _ACTIVITY),
    **{tag: _ALWAYS | {"gatewayDirection", "default"} for tag in GATEWAYS},
    **{tag: _ALWAYS | {"parallelMultiple"} for tag in EVENTS},
    **dict.fromkeys(EVENT_DEFINITIONS, _ALWAYS),
    "process": _ALWAYS | {"isExecutable", "processType", "isClosed", "definitionalCollaborationRef"},
    "sequenceFlow": _ALWAYS | {"sourceRef", "targetRef", "isImmediate"},
    "multiInstanceLoopCharacteristics": _ALWAYS | {"isSequential", "behavior"},
    "standardLoopCharacteristics": _ALWAYS | {"testBefore", "loopMaximum"},
}
for _tag, _more in {
    "scriptTask": {"scriptFormat"},
    "serviceTask": {"operationRef"},
    "sendTask": {"operationRef", "messageRef"},
    "receiveTask": {"operationRef", "messageRef", "instantiate"},
    "callActivity": {"calledElement"},
    "subProcess": {"triggeredByEvent"},
    "startEvent": {"isInterrupting"},
    "boundaryEvent": {"attachedToRef", "cancelActivity"},
    "eventBasedGateway": {"instantiate", "eventGatewayType"},
    "messageEventDefinition": {"messageRef"},
    "signalEventDefinition": {"signalRef"},
    "errorEventDefinition": {"errorRef"},
    "escalationEventDefinition": {"escalationRef"},
    "compensateEventDefinition": {"activityRef", "waitForCompletion"},
}.items():
    _ATTRIBUTES[_tag] |= _more

_FIXED: dict[str, tuple[str, ...]] = {
    "startQuantity": ("1",),
    "completionQuantity": ("1",),
    "instantiate": ("false",),
    "parallelMultiple": ("false",),
    "eventGatewayType": ("Exclusive",),
    "behavior": ("All",),
    "waitForCompletion": ("true",),
    "isForCompensation": ("true", "false"),
    "triggeredByEvent": ("true", "false"),
    "isInterrupting": ("true", "false"),
    "cancelActivity": ("true", "false"),
    "isSequential": ("true", "false"),
    "testBefore": ("true", "false"),
}
_REMARKS = frozenset(
    {
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "auditing",
        "monitoring",
        "categoryValueRef",
    }
    | {"property", "laneSet", "textAnnotation", "association", "group", "artifact", "ioSpecification"}
    | {
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInput",
        "dataOutput",
        "inputSet",
        "outputSet",
    }
    | {"dataInputAssociation", "dataOutputAssociation", "supportedInterfaceRef", "ioBinding", "operationRef"}
)
_PEOPLE = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering"})
_CHILDREN: dict[str, frozenset[str]] = {
    "process": FLOW_NODES | {"sequenceFlow"},
    "subProcess": FLOW_NODES | {"sequenceFlow"},
    "scriptTask": frozenset({"script"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "timerEventDefinition": frozenset({"timeDate", "timeDuration", "timeCycle"}),
    "conditionalEventDefinition": frozenset({"condition"}),
    "linkEventDefinition": frozenset({"source", "target"}),
    "standardLoopCharacteristics": frozenset({"loopCondition"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {"loopCardinality", "loopDataInputRef", "loopDataOutputRef", "inputDataItem", "outputDataItem"}
        | {"completionCondition"}
    ),
}
_LOOPS = frozenset({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"})
_INSTEAD = {
    "transaction": "Draw it as a sub-process with an error boundary event.",
    "adHocSubProcess": "Draw the order of the activities, or a parallel multi-instance sub-process.",
    "complexGateway": "Use an inclusive gateway.",
    "cancelEventDefinition": "Use an error event.",
    "eventDefinitionRef": "Put the event definition into the event itself.",
}

_READ = frozenset(
    {"userTask", "assignmentDefinition", "formDefinition", "taskSchedule", "priorityDefinition", "properties"}
    | {"loopCharacteristics", "ioMapping", "script", "calledDecision", "calledElement", "subscription"}
    | {"taskDefinition", "conditionalFilter", "versionTag", "taskHeaders"}
)
"""Camunda 8's extension elements that the adapter reads."""
_PASSED_OVER = frozenset({"userTaskForm"})
"""Those that can be passed over without changing what happens."""
_REMOVE = "Remove it, or say the same with an element that is read."
_OTHER_ENGINES = ("camunda.org/schema/1.0/bpmn", "activiti.org", "flowable.org")


def check_understood(drawing: Drawing, report: Report) -> None:
    """Check every element of the executable processes."""
    for element in drawing.root.iterchildren(f"{{{BPMN}}}correlationProperty"):
        _refuse(element, report, "Give the message a correlation key (zeebe:subscription) instead.")
    for area in drawing.processes:
        for element in area.element.iter():
            if is_bpmn(element) and local(element) in UNSUPPORTED:
                _refuse(element, report, _INSTEAD[local(element)])
            elif is_bpmn(element) and local(element) in _ATTRIBUTES:
                _check_attributes(element, report)
                _check_children(element, report)
            elif local(element) == "extensionElements" and is_bpmn(element):
                _check_extensions(element, report)
            elif local(element) in ("dataInputAssociation", "dataOutputAssociation"):
                _check_association(element, report)


def _check_attributes(element: _Element, report: Report) -> None:
    known = _ATTRIBUTES[local(element)]
    for name, value in ((str(name), str(value)) for name, value in element.attrib.items()):
        if name.startswith("{"):
            _check_foreign_attribute(element, name, report)
        elif name not in known:
            report.error(
                _owner(element),
                "unknown-attribute",
                f"The attribute '{name}' is not known on a {local(element)}.",
                "Correct its spelling, or remove it.",
            )
        elif name in _FIXED and value not in _FIXED[name]:
            report.error(
                _owner(element),
                "not-supported",
                f'The attribute {name}="{value}" is not carried out; it may be {" or ".join(_FIXED[name])}.',
                "Change the value, or draw it another way.",
            )


def _check_foreign_attribute(element: _Element, name: str, report: Report) -> None:
    if any(engine in name for engine in _OTHER_ENGINES):
        report.warn(
            _owner(element),
            "foreign-attribute",
            f"The attribute '{name.rpartition('}')[2]}' of another engine is not read.",
            "Use the property of the same meaning for Camunda 8.",
        )


def _check_children(element: _Element, report: Report) -> None:
    tag = local(element)
    allowed = _REMARKS | _CHILDREN.get(tag, frozenset())
    for child in element:
        name = local(child)
        if not is_bpmn(child) or name in allowed:
            continue
        if (tag in EVENTS and name in EVENT_DEFINITIONS - {"cancelEventDefinition"}) or (
            tag in ACTIVITIES and name in _LOOPS
        ):
            continue
        if name in _PEOPLE:
            _warn_of_people(element, name, report)
        else:
            _refuse(child, report, _INSTEAD.get(name, "Draw it another way, or remove it."))


def _warn_of_people(element: _Element, name: str, report: Report) -> None:
    report.warn(
        _owner(element),
        "not-read",
        f"The '{name}' of the task is not read.",
        "Say who may do the task in its assignment.",
    )


def _refuse(element: _Element, report: Report, remedy: str) -> None:
    report.error(_owner(element), "not-supported", f"A {local(element)} is not carried out.", remedy)


def _check_extensions(holder: _Element, report: Report) -> None:
    for child in holder:
        name = local(child)
        if child.tag == f"{{{ZEEBE}}}{name}":
            if name in _PASSED_OVER:
                report.warn(
                    _owner(holder), "unknown-extension", f"The extension 'zeebe:{name}' is not read.", _REMOVE
                )
            elif name not in _READ:
                report.error(
                    _owner(holder),
                    "unknown-extension",
                    f"The extension 'zeebe:{name}' is not read, and would change what happens.",
                    _REMOVE,
                )
        elif is_bpmn(child):
            _refuse(child, report, "Draw it in the process itself.")
        elif name:
            prefix = child.prefix or "extension"
            report.warn(
                _owner(holder),
                "foreign-extension",
                f"The extension '{prefix}:{name}' is not read.",
                "Nothing to do if it is a remark; else say it in Camunda 8's words.",
            )


def _check_association(element: _Element, report: Report) -> None:
    for child in element:
        if local(child) in ("assignment", "transformation"):
            report.error(
                _owner(element),
                "data-mapping",
                "A data association changes the data on its way, which is not carried out.",
                "Use an input or output mapping.",
            )


def _owner(element: _Element) -> str:
    """The id of the flow node, flow or process that an element belongs to."""
    place: _Element | None = element
    while place is not None:
        if local(place) in FLOW_NODES | {"sequenceFlow", "process"} and place.get("id"):
            return str(place.get("id"))
        place = place.getparent()
    return str(element.get("id") or "")
