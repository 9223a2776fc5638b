"""Small diagrams drawn with few words, for the tests of the adapter.

A process or sub-process is drawn by chaining: ``Process("p").start("s").user("h").end("e").path("s h e")``.
Conditions and scripts are FEEL. Events are made by the functions at the end.
"""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape, quoteattr

SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0"'
)


def tag(kind: str, inside: str = "", /, **attributes: str) -> str:
    """One XML element; an attribute's trailing underscore keeps it apart from a Python word."""
    given = "".join(f" {key.rstrip('_')}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{kind}{given}>{inside}</{kind}>" if inside else f"<{kind}{given}/>"


class Sketch:
    """Something that holds elements and flows."""

    def __init__(self) -> None:
        self.elements: list[str] = []
        self.flows: list[tuple[str, str, str]] = []
        self.defaults: dict[str, str] = {}

    def put(self, element: str) -> Sketch:
        self.elements.append(element)
        return self

    def node(self, kind: str, name: str, inside: str = "", **attributes: str) -> Sketch:
        return self.put(tag(kind, inside, id=name, **attributes))

    def start(self, name: str = "s", event: str = "", **attributes: str) -> Sketch:
        return self.node("startEvent", name, event, **attributes)

    def end(self, *names: str, event: str = "") -> Sketch:
        for name in names or ("e",):
            self.node("endEvent", name, event)
        return self

    def user(self, *names: str, loop: str = "", extra: str = "") -> Sketch:
        for name in names:
            self.node("userTask", name, extra + loop)
        return self

    def script(self, *names: str, set_: str = "", loop: str = "") -> Sketch:
        """A script; ``set_`` is ``variable = expression``, without it nothing is worked out."""
        variable, _, expression = set_.partition(" = ")
        for name in names:
            body = tag(
                "zeebe:script", expression=f"={expression or 'null'}", resultVariable=variable or f"of_{name}"
            )
            self.node("scriptTask", name, tag("extensionElements", body) + loop)
        return self

    def gate(self, kind: str, *names: str) -> Sketch:
        for name in names:
            self.node(f"{kind}Gateway", name)
        return self

    def catch(self, name: str, event: str) -> Sketch:
        return self.node("intermediateCatchEvent", name, event)

    def throw(self, name: str, event: str = "") -> Sketch:
        return self.node("intermediateThrowEvent", name, event)

    def beside(self, name: str, host: str, event: str, *, interrupting: bool = True) -> Sketch:
        """A boundary event."""
        return self.node(
            "boundaryEvent", name, event, attachedToRef=host, cancelActivity=str(interrupting).lower()
        )

    def sub(self, name: str, inner: Sketch, loop: str = "", **attributes: str) -> Sketch:
        return self.node("subProcess", name, inner.body() + loop, **attributes)

    def call(self, name: str, process: str, loop: str = "", extra: str = "") -> Sketch:
        return self.node("callActivity", name, extra + loop, calledElement=process)

    def handler(self, name: str, inner: Sketch) -> Sketch:
        """An event sub-process."""
        return self.sub(name, inner, triggeredByEvent="true")

    def path(self, names: str) -> Sketch:
        for source, target in itertools.pairwise(names.split()):
            self.flows.append((source, target, ""))
        return self

    def when(self, source: str, target: str, condition: str) -> Sketch:
        self.flows.append((source, target, condition))
        return self

    def otherwise(self, source: str, target: str) -> Sketch:
        self.defaults[source] = self._flow_id(len(self.flows), source, target)
        return self.path(f"{source} {target}")

    def body(self) -> str:
        drawn = "".join(self.elements)
        for source, flow in self.defaults.items():
            drawn = drawn.replace(f'id="{source}"', f'id="{source}" default="{flow}"', 1)
        return drawn + "".join(self._flow(number, *flow) for number, flow in enumerate(self.flows))

    @staticmethod
    def _flow_id(number: int, source: str, target: str) -> str:
        return f"f{number}_{source}_{target}"

    def _flow(self, number: int, source: str, target: str, condition: str) -> str:
        inside = tag("conditionExpression", escape(f"={condition}")) if condition else ""
        ends = {"sourceRef": source, "targetRef": target}
        return tag("sequenceFlow", inside, id=self._flow_id(number, source, target), **ends)


class Process(Sketch):
    """A process."""

    def __init__(self, name: str = "p", **attributes: str) -> None:
        super().__init__()
        self.name = name
        self.attributes = {"isExecutable": "true", **attributes}

    def xml(self) -> str:
        return tag("process", self.body(), id=self.name, **self.attributes)


SHARED = "".join(
    [
        tag("message", id="m", name="m"),
        tag("message", id="m2", name="m2"),
        tag("message", id="plan_amended", name="plan_amended"),
        tag(
            "message",
            tag("extensionElements", tag("zeebe:subscription", correlationKey="=case")),
            id="keyed",
            name="keyed",
        ),
        tag("signal", id="g", name="g"),
        tag("escalation", id="x", name="x", escalationCode="X"),
        tag("escalation", id="y", name="y", escalationCode="Y"),
        tag("error", id="r", name="r", errorCode="R"),
        tag("error", id="q2", name="q2", errorCode="Q"),
    ]
)


def document(*parts: Sketch | str, cloud: bool = False) -> bytes:
    """A whole file of processes and other elements."""
    drawn = "".join(part.xml() if isinstance(part, Process) else str(part) for part in parts)
    platform = (
        ' modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0"' if cloud else ""
    )
    return f'<definitions {SPACES} id="d" targetNamespace="test"{platform}>{SHARED}{drawn}</definitions>'.encode()


def extension(*inside: str) -> str:
    return tag("extensionElements", "".join(inside))


def properties(**given: str) -> str:
    """Our properties; ``rule="x"`` is ``ehc:rule``."""
    entries = [tag("zeebe:property", name=f"ehc:{name}", value=value) for name, value in given.items()]
    return tag("zeebe:properties", "".join(entries))


def timer(text: str, kind: str = "Duration") -> str:
    return tag("timerEventDefinition", tag(f"time{kind}", escape(text)))


def event(kind: str, reference: str = "") -> str:
    given = {f"{kind}Ref": reference} if reference else {}
    return tag(f"{kind}EventDefinition", **given)


def condition(text: str) -> str:
    return tag("conditionalEventDefinition", tag("condition", escape(f"={text}")))


def times(count: int = 3, *, sequential: bool = False, until: str = "") -> str:
    """Multi-instance by number."""
    inside = tag("loopCardinality", str(count))
    return _multi(inside, sequential, until)


def each(collection: str, item: str, *, out: str = "", output: str = "", sequential: bool = False) -> str:
    """Multi-instance over a collection, as Camunda 8 draws it."""
    given = {"inputCollection": f"={collection}", "inputElement": item}
    if out:
        given |= {"outputCollection": out, "outputElement": f"={output}"}
    return _multi(extension(tag("zeebe:loopCharacteristics", **given)), sequential, "")


def _multi(inside: str, sequential: bool, until: str) -> str:
    if until:
        inside += tag("completionCondition", escape(f"={until}"))
    return tag("multiInstanceLoopCharacteristics", inside, isSequential=str(sequential).lower())
