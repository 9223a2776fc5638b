"""A twin of our diagrams for a bare SpiffWorkflow: the same nodes and flows, said in what that library reads.

Conditions and scripts become Python, decisions become scripts that already know their answer, service tasks
become scripts that do nothing, statutory timers a date far away. Forms, candidates, mappings, lanes and
pictures go. Where the library refuses or misreads something, the twin leaves it out, which makes the bare
library's work smaller, never larger:

- event sub-processes, and boundary and intermediate events with a condition, with what only they lead to;
- the choice of the called process per adviser: all call the one that is named here;
- what a call hands over: a declared list of inputs, so that no called process carries all variables;
- expressions that the library has no place for (collections, inputs of calls): worked out beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from benchmarks.python_source import python_of

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FAR_AWAY = "2999-12-31T00:00:00+00:00"
_NODE_FREE = ("documentation", "laneSet", "extensionElements")


@dataclass
class Twin:
    """A twin: its diagrams by process, what instances start with, what called processes take."""

    process_id: str
    diagrams: dict[str, bytes] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)


def make_twin(
    files: Mapping[str, bytes],
    process_id: str,
    *,
    variables: Mapping[str, Any],
    decided: Mapping[str, Any],
    calls: Mapping[str, str],
) -> Twin:
    """The twin of a process and of all that it calls.

    Args:
        files: our diagrams by name.
        variables: what an instance starts with.
        decided: the decisions' answers by result variable.
        calls: for a call activity that chooses its process at run time, the process it calls here.

    Raises:
        UntranslatableError: an expression that Python source isn't known for.
        LookupError: a process that is called isn't in the files.
    """
    twin = Twin(process_id, variables=dict(variables))
    waiting = [process_id]
    while waiting:
        name = waiting.pop()
        if name not in twin.diagrams:
            rewriting = _Rewriting(_tree_of(files, name), twin, decided, calls)
            twin.diagrams[name] = rewriting.bytes()
            waiting.extend(rewriting.called)
    _declare_inputs(twin)
    return twin


class _Rewriting:
    """One diagram on its way."""

    def __init__(
        self, root: etree._Element, twin: Twin, decided: Mapping[str, Any], calls: Mapping[str, str]
    ) -> None:
        self.root = root
        self.twin = twin
        self.decided = decided
        self.calls = calls
        self.called: list[str] = []
        self._rewrite()

    def bytes(self) -> bytes:
        """The diagram as it will be parsed."""
        return etree.tostring(self.root)

    def _rewrite(self) -> None:
        for sub_process in self._all("subProcess"):
            if sub_process.get("triggeredByEvent") == "true":
                _remove(sub_process)
        for event in self._all("conditionalEventDefinition"):
            _remove(event.getparent())
        _prune(self._one("process"))
        for kind, rewrite in _KINDS.items():
            for node in self._all(kind):
                rewrite(self, node)
        for node in list(self.root.iter(*(f"{{{BPMN}}}{name}" for name in _NODE_FREE))):
            _remove(node)

    def decision(self, node: Any) -> None:
        """A script that gives what the decision table answered."""
        variable = _extension(node, "calledDecision").get("resultVariable")
        self._script(node, f"{variable} = {self.decided.get(variable)!r}")

    def service(self, node: Any) -> None:
        """A script without work."""
        self._script(node, "pass")

    def script(self, node: Any) -> None:
        """The same script in Python."""
        script = _extension(node, "script")
        self._script(node, f"{script.get('resultVariable')} = {python_of(script.get('expression'))}")

    def condition(self, node: Any) -> None:
        """The same condition in Python."""
        node.text = python_of(node.text or "")

    def time(self, node: Any) -> None:
        """A date that no run reaches."""
        node.text = repr(FAR_AWAY)

    def call(self, node: Any) -> None:
        """The same call, with the process named and the inputs known beforehand."""
        called = _extension(node, "calledElement").get("processId")
        name = self.calls[node.get("id")] if called.startswith("=") else called
        node.set("calledElement", name)
        self.called.append(name)
        taken = self.twin.taken.setdefault(name, set())
        for mapping in node.iter(f"{{{ZEEBE}}}input"):
            source, target = mapping.get("source").removeprefix("="), mapping.get("target")
            taken.add(target)
            if source != target:
                self.twin.variables.setdefault(target, self._known(source))

    def loop(self, node: Any) -> None:
        """The same collection, by the name of a variable."""
        loop = _extension(node, "loopCharacteristics")
        collection, item = loop.get("inputCollection").removeprefix("="), loop.get("inputElement")
        if not collection.isidentifier():
            name = f"{node.getparent().get('id')}_items"
            self.twin.variables[name] = self._known(collection)
            collection = name
        etree.SubElement(node, f"{{{BPMN}}}loopDataInputRef").text = collection
        etree.SubElement(node, f"{{{BPMN}}}inputDataItem", name=item, id=item)

    def _known(self, expression: str) -> object:
        """The value of an expression over what is known at the start; None where that isn't enough."""
        known = {**self.decided, **self.twin.variables}
        try:
            return eval(python_of(expression), {}, known)
        except NameError:
            return None

    def _script(self, node: Any, text: str) -> None:
        node.tag = f"{{{BPMN}}}scriptTask"
        etree.SubElement(node, f"{{{BPMN}}}script").text = text

    def _all(self, name: str) -> list[Any]:
        return list(self.root.iter(f"{{{BPMN}}}{name}"))

    def _one(self, name: str) -> Any:
        (found,) = self._all(name)
        return found


#: The script tasks come first: the other kinds turn into script tasks.
_KINDS = {
    "scriptTask": _Rewriting.script,
    "businessRuleTask": _Rewriting.decision,
    "serviceTask": _Rewriting.service,
    "callActivity": _Rewriting.call,
    "multiInstanceLoopCharacteristics": _Rewriting.loop,
    "conditionExpression": _Rewriting.condition,
    "timeDate": _Rewriting.time,
}


def _tree_of(files: Mapping[str, bytes], process_id: str) -> etree._Element:
    """A copy of the diagram of a process: the process itself and the definitions it refers to."""
    for content in files.values():
        root = etree.fromstring(content)
        if any(process.get("id") == process_id for process in root.iter(f"{{{BPMN}}}process")):
            whole = deepcopy(root)
            for child in list(whole):
                if etree.QName(child).localname in ("collaboration", "BPMNDiagram"):
                    whole.remove(child)
            return whole
    raise LookupError(f"No diagram holds the process {process_id}.")


def _prune(process: Any) -> None:
    """Take away what no start event leads to any more, until nothing changes."""
    while True:
        flows = list(process.iter(f"{{{BPMN}}}sequenceFlow"))
        reached = _reached(process, flows)
        lost = [flow for flow in flows if not {flow.get("sourceRef"), flow.get("targetRef")} <= reached]
        gone = [node for node in _nodes(process) if node.get("id") not in reached]
        if not lost and not gone:
            return
        for element in (*lost, *gone):
            _remove(element)
        _forget_ends(process, {flow.get("id") for flow in lost})


def _reached(process: Any, flows: list[Any]) -> set[str]:
    nodes = {node.get("id"): node for node in _nodes(process)}
    open_ones = [name for name, node in nodes.items() if etree.QName(node).localname == "startEvent"]
    reached: set[str] = set()
    while open_ones:
        name = open_ones.pop()
        if name in reached or name not in nodes:
            continue
        reached.add(name)
        open_ones.extend(flow.get("targetRef") for flow in flows if flow.get("sourceRef") == name)
        open_ones.extend(event for event, node in nodes.items() if node.get("attachedToRef") == name)
    return reached


def _nodes(process: Any) -> Iterator[Any]:
    for element in process:
        if element.find(f"{{{BPMN}}}incoming") is not None or element.find(f"{{{BPMN}}}outgoing") is not None:
            yield element


def _forget_ends(process: Any, flows: set[str | None]) -> None:
    for end in list(process.iter(f"{{{BPMN}}}incoming", f"{{{BPMN}}}outgoing")):
        if end.text in flows:
            _remove(end)


def _declare_inputs(twin: Twin) -> None:
    """Say in each called process what it takes: without it the library copies everything in and out."""
    for name, inputs in twin.taken.items():
        root = etree.fromstring(twin.diagrams[name])
        specification = etree.Element(f"{{{BPMN}}}ioSpecification")
        taken = etree.Element(f"{{{BPMN}}}inputSet")
        for variable in sorted(inputs):
            etree.SubElement(specification, f"{{{BPMN}}}dataInput", id=variable, name=variable)
            etree.SubElement(taken, f"{{{BPMN}}}dataInputRefs").text = variable
        specification.append(taken)
        next(root.iter(f"{{{BPMN}}}process")).insert(0, specification)
        twin.diagrams[name] = etree.tostring(root)


def _extension(node: Any, name: str) -> Any:
    found = node.find(f"{{{BPMN}}}extensionElements/{{{ZEEBE}}}{name}")
    if found is None:
        raise LookupError(f"{node.get('id')} has no zeebe:{name}.")
    return found


def _remove(element: Any) -> None:
    element.getparent().remove(element)
