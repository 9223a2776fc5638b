"""Namespaces and tags of BPMN, of Camunda 8's extensions and of our own normal form."""

from __future__ import annotations

from lxml.etree import _Element

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
MODELER = "http://camunda.org/schema/modeler/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NORMAL = "urn:ehc:normal-form"
"""Namespace of what rewriting adds; nobody draws it."""

MADE = ":"
"""Part of every id that is ours: XML allows no colon in the ids that people and editors write."""

CATCHING = frozenset({"message", "signal", "timer", "conditional", "error", "escalation"})
ACTIVITIES = frozenset(
    {"task", "userTask", "manualTask", "scriptTask", "serviceTask", "businessRuleTask", "sendTask"}
    | {"receiveTask", "callActivity", "subProcess"}
)
EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
UNSUPPORTED = frozenset({"transaction", "adHocSubProcess", "complexGateway"})
FLOW_NODES = ACTIVITIES | EVENTS | GATEWAYS | UNSUPPORTED
EVENT_DEFINITIONS = frozenset(
    f"{sort}EventDefinition" for sort in CATCHING | {"terminate", "compensate", "link", "cancel"}
)


def bpmn(tag: str) -> str:
    """The full name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def zeebe(tag: str) -> str:
    """The full name of a Camunda 8 extension element."""
    return f"{{{ZEEBE}}}{tag}"


def normal(tag: str) -> str:
    """The full name of an element or attribute of our normal form."""
    return f"{{{NORMAL}}}{tag}"


def local(element: _Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_bpmn(element: _Element) -> bool:
    """Whether an element belongs to BPMN itself."""
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")
