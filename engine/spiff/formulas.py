"""All formulas of one file, found by element and role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml.etree import _Element

from engine.spiff.compiling import Compiler
from engine.spiff.drawing import Drawing, Flow, Node, child_text, extension, first_child
from engine.spiff.elements import Assignment, ElementInfo
from engine.spiff.expressions import Condition, Formula, TimeFormula
from engine.spiff.failures import StepFailed
from engine.spiff.mappings import Mappings
from engine.spiff.schedule import constant_attribute

SCHEDULE = (
    "assignee",
    "candidate_groups",
    "candidate_users",
    "due_date",
    "follow_up_date",
    "priority",
    "form_id",
)


@dataclass
class Formulas:
    """The compiled expressions of one file; what could not be compiled is missing here and in the report."""

    infos: Mapping[str, ElementInfo]
    conditions: dict[str, Condition] = field(default_factory=dict)
    """Of sequence flows, by the flow's id."""
    times: dict[str, TimeFormula] = field(default_factory=dict)
    waits: dict[str, Condition] = field(default_factory=dict)
    """Conditions of conditional events."""
    values: dict[tuple[str, str], Formula] = field(default_factory=dict)
    """By element and role: script, key, task_type, called, decision, collection, cardinality, and others."""
    ends: dict[str, Condition] = field(default_factory=dict)
    """Completion and loop conditions."""
    mappings: dict[str, Mappings] = field(default_factory=dict)
    schedules: dict[str, dict[str, Formula]] = field(default_factory=dict)
    filters: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)
    """Of conditional events: the variables they listen to, and to what happens to them."""


def compile_formulas(drawing: Drawing, infos: Mapping[str, ElementInfo], compiler: Compiler) -> Formulas:
    """Compile everything that a file's elements and flows work out."""
    made = Formulas(infos)
    for area in drawing.areas():
        for node in area.nodes.values():
            _Elements(made, compiler, node, infos[node.id]).compile()
        for flow in area.flows:
            _compile_flow(made, compiler, flow)
    return made


def _compile_flow(made: Formulas, compiler: Compiler, flow: Flow) -> None:
    text, source = flow.condition, made.infos.get(flow.source)
    if not text or source is None:
        return
    condition = compiler.condition(compiler.place(source), text, flow.id)
    if condition is not None:
        made.conditions[flow.id] = condition


class _Elements:
    """The formulas of one element."""

    def __init__(self, made: Formulas, compiler: Compiler, node: Node, info: ElementInfo) -> None:
        self._made = made
        self._compiler = compiler
        self._node = node
        self._info = info
        self._place = compiler.place(info)

    def compile(self) -> None:
        """Compile all of them."""
        info = self._info
        self._mappings()
        for role, text in (
            ("task_type", info.task_type),
            ("called", info.called_process),
            ("decision", info.decision_id),
            ("key", info.correlation_key),
            ("occurrence", info.occurrence),
            ("agency", info.agency),
            ("met_on", info.met_on),
        ):
            self._value(role, text)
        if info.script:
            self._keep("script", self._compiler.script(self._place, info.script))
        self._schedule()
        self._event()
        if self._node.loop is not None:
            self._loop(self._node.loop)

    def _mappings(self) -> None:
        info = self._info
        if info.inputs or info.outputs:
            inputs = tuple(self._pairs(info.inputs, "input"))
            outputs = tuple(self._pairs(info.outputs, "output"))
            self._made.mappings[info.id] = Mappings(inputs, outputs)

    def _pairs(self, assignments: tuple[Assignment, ...], what: str) -> Iterator[tuple[Formula, str]]:
        for assignment in assignments:
            formula = self._compiler.value(self._place, assignment.source, f"{what} of '{assignment.target}'")
            if formula is not None:
                yield formula, assignment.target

    def _schedule(self) -> None:
        found: dict[str, Formula] = {}
        for name in SCHEDULE:
            text: str = getattr(self._info, name)
            formula = self._compiler.value(self._place, text, name.replace("_", " ")) if text else None
            if formula is not None and self._fits(formula, name):
                found[name] = formula
        self._made.schedules[self._info.id] = found

    def _fits(self, formula: Formula, name: str) -> bool:
        """A constant is looked at now; what an expression gives is looked at when it runs."""
        try:
            constant_attribute(formula, name)
        except StepFailed as problem:
            self._compiler.refuse(formula.place, "attribute", problem.message)
            return False
        return True

    def _event(self) -> None:
        info = self._info
        if info.time:
            time = self._compiler.time(self._place, info.time, info.time_kind)  # type: ignore[arg-type]
            if time is not None:
                self._made.times[info.id] = time
        if info.condition:
            condition = self._compiler.condition(self._place, info.condition)
            if condition is not None:
                self._made.waits[info.id] = condition
                chosen = extension(self._node.definitions[0], "conditionalFilter")
                self._made.filters[info.id] = (
                    _words(chosen, "variableNames"),
                    _words(chosen, "variableEvents"),
                )

    def _loop(self, loop: _Element) -> None:
        zeebe = extension(loop, "loopCharacteristics")
        if zeebe is not None:
            self._value("collection", zeebe.get("inputCollection", ""), is_feel=True)
            self._value("output_element", zeebe.get("outputElement", ""), is_feel=True)
        for role, tag in (("cardinality", "loopCardinality"), ("collection", "loopDataInputRef")):
            self._value(role, _reference(loop, child_text(loop, tag) or ""), is_feel=True)
        item = first_child(loop, "outputDataItem")
        if item is not None:
            self._value("output_element", item.get("name") or item.get("id") or "", is_feel=True)
        self._value("maximum", loop.get("loopMaximum", ""))
        for tag in ("completionCondition", "loopCondition"):
            text = child_text(loop, tag)
            condition = self._compiler.condition(self._place, text) if text else None
            if condition is not None:
                self._made.ends[self._info.id] = condition

    def _value(self, role: str, text: str, *, is_feel: bool = False) -> None:
        if text:
            written = text if text.startswith("=") or not is_feel else f"={text}"
            self._keep(role, self._compiler.value(self._place, written, role.replace("_", " ")))

    def _keep(self, role: str, formula: Formula | None) -> None:
        if formula is not None:
            self._made.values[self._info.id, role] = formula


def _words(element: _Element | None, attribute: str) -> frozenset[str]:
    text = "" if element is None else element.get(attribute, "")
    return frozenset(word.strip() for word in text.split(",") if word.strip())


def _reference(loop: _Element, text: str) -> str:
    """A variable's name for a reference that may be the id of a data input or data object of that name."""
    if not text:
        return ""
    root = loop.getroottree().getroot()
    for tag in ("dataInput", "dataOutput", "dataObjectReference", "dataObject"):
        for element in root.iter(f"{{*}}{tag}"):
            if element.get("id") == text and element.get("name"):
                return str(element.get("name"))
    return text
