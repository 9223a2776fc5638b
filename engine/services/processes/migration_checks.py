"""Whether a plan for a migration can be right, whatever case it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.definitions.remarks import constant
from engine.services.processes.definitions import Definition
from engine.services.processes.migration_plans import JOINS, STANDS, Plan, Step, disagreements, reached
from engine.spiff import ElementInfo

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class PlanFinding:
    """One thing to know about a plan; an `error` must be mended, a `warning` decided case by case."""

    severity: Severity
    rule: str
    process_id: str
    element_id: str
    message: str
    remedy: str


def findings_of(plan: Plan, source: Definition, target: Definition) -> list[PlanFinding]:
    """All there is to say about a plan, errors first."""
    checking = _Checking(plan, source, target)
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(checking.findings(), key=lambda each: (order[each.severity], each.process_id))


class _Checking:
    """One plan between two versions."""

    def __init__(self, plan: Plan, source: Definition, target: Definition) -> None:
        self.plan = plan
        self.source = source
        self.target = target
        self.mapped = {(each.process_id, each.source): each.target for each in plan.steps if each.target}

    def findings(self) -> Iterator[PlanFinding]:
        """Line by line, then what the lines leave open."""
        yield from self._processes()
        yield from self._twice()
        for step in self.plan.steps:
            yield from self._line(step)
        for process_id in reached(self.source.bundle, self.source.process_id):
            yield from self._unmapped(process_id)
            yield from self._added(process_id)

    def _other(self, process_id: str) -> str:
        return self.plan.way.process(process_id)

    def _processes(self) -> Iterator[PlanFinding]:
        if self._other(self.source.process_id) != self.target.process_id:
            yield PlanFinding(
                "error",
                "other-process",
                self.source.process_id,
                "",
                f"The plan's target is a version of {self.target.process_id}, but its processes say that "
                f"{self.source.process_id} becomes {self._other(self.source.process_id)}.",
                "Name the target's own process.",
            )

    def _twice(self) -> Iterator[PlanFinding]:
        sources = Counter((each.process_id, each.source) for each in self.plan.steps)
        targets = Counter((self._other(process), target) for (process, _), target in self.mapped.items())
        for (process_id, element), number in sources.items():
            if number > 1:
                yield self._error("mapped-twice", process_id, element, f"is mapped {number} times")
        for (process_id, element), number in targets.items():
            if number > 1:
                yield PlanFinding(
                    "error",
                    "mapped-twice",
                    process_id,
                    element,
                    f"{number} elements of the former version would become “{element}”: what waits at one "
                    "couldn't be told from the other.",
                    "Map one of them to it, and say for the other where its cases go on.",
                )

    def _line(self, step: Step) -> Iterator[PlanFinding]:
        info = self.source.bundle.elements.get(step.process_id, {}).get(step.source)
        if info is None:
            yield self._error("unknown-element", step.process_id, step.source, "isn't in the former version")
            return
        if step.target is None:
            return
        other = self.target.bundle.elements.get(self._other(step.process_id), {}).get(step.target)
        if other is None:
            yield self._error(
                "unknown-element",
                step.process_id,
                step.source,
                f"would become “{step.target}”, which {self._other(step.process_id)} hasn't any more",
            )
            return
        for why in disagreements(info, other, self._mapped_in(step.process_id)):
            yield self._error("doesnt-agree", step.process_id, step.source, why)
        yield from self._differences(info, other)

    def _mapped_in(self, process_id: str) -> Callable[[str], str]:
        return lambda element: self.mapped.get((process_id, element)) or ""

    def _differences(self, info: ElementInfo, other: ElementInfo) -> Iterator[PlanFinding]:
        if info.kind == "callActivity":
            yield from self._calls(info, other)
        if info.kind in STANDS and info.rule != other.rule:
            yield self._of(
                "warning",
                "other-limit",
                info,
                f"hangs on the limit {info.rule or 'none'} and would hang on {other.rule or 'none'}; the day "
                "on which an open task is due stays, and so does the limit's own row",
                "Map it to the element with the same rule, if there is one.",
            )
        if info.kind == "userTask" and info.form_id != other.form_id:
            yield self._of(
                "note",
                "other-form",
                info,
                f"has the form {info.form_id or 'none'} and gets {other.form_id or 'none'}; a draft that "
                "somebody has begun stays, and is checked against the new form",
                "Nothing, if that is meant.",
            )
        if info.kind == "userTask" and info.agency != other.agency:
            yield self._of(
                "note",
                "other-agency",
                info,
                f"is owed by {info.agency or 'the SEND team'} and in the new version by "
                f"{other.agency or 'the SEND team'}; an open task stays where it is",
                "Hand the open tasks over, if that is meant.",
            )

    def _calls(self, info: ElementInfo, other: ElementInfo) -> Iterator[PlanFinding]:
        called, calls = constant(info.called_process), constant(other.called_process)
        if called is None or calls is None or self._other(called) == calls:
            return
        yield self._of(
            "error",
            "other-call",
            info,
            f"calls {called} and would call {calls}, but the plan says nothing of how a running {called} "
            f"becomes a {calls}",
            f"Add {called} → {calls} to the plan's processes, and map its elements.",
        )

    def _unmapped(self, process_id: str) -> Iterator[PlanFinding]:
        gone: list[ElementInfo] = [
            info
            for info in self.source.bundle.elements[process_id].values()
            if info.kind in STANDS | JOINS and (process_id, info.id) not in self.mapped
        ]
        for info in gone:
            if info.kind in JOINS:
                yield self._of(
                    "note",
                    "no-place-to-meet",
                    info,
                    "has no place in the new version: a case in which a way waits here for another can't go",
                    "Map it to the gateway at which the ways meet there.",
                )
            elif info.kind == "boundaryEvent" or _is_trigger(info, self.source):
                yield self._of(
                    "note",
                    "no-longer-waits",
                    info,
                    "isn't in the new version: for running cases it no longer waits; a limit that it watched "
                    "goes on by itself",
                    "Nothing, if that is meant.",
                )
            else:
                yield self._of(
                    "warning",
                    "no-place",
                    info,
                    "has no place in the new version: a case that stands there needs a choice",
                    "Map it to an element of the same kind, or say where such a case goes on.",
                )

    def _added(self, process_id: str) -> Iterator[PlanFinding]:
        new = self.target.bundle.elements.get(self._other(process_id), {})
        targets = {target for (process, _), target in self.mapped.items() if process == process_id}
        for info in new.values():
            waits = info.kind == "boundaryEvent" or _is_trigger(info, self.target)
            if waits and info.id not in targets and self._concerns_running(info, targets):
                yield PlanFinding(
                    "note",
                    "begins-to-wait",
                    process_id,
                    info.id,
                    f"“{info.name or info.id}” is new: it begins to wait for every case that stands where it "
                    "belongs, and a limit counts from the day that the law says.",
                    "Nothing, if that is meant.",
                )

    def _concerns_running(self, info: ElementInfo, targets: set[str]) -> bool:
        return not info.attached_to or info.attached_to in targets

    def _error(self, rule: str, process_id: str, element: str, what: str) -> PlanFinding:
        info = self.source.bundle.elements.get(process_id, {}).get(element)
        name = (info.name if info else "") or element
        remedy = "Map it to another element, or take the line out."
        return PlanFinding("error", rule, process_id, element, f"“{name}” {what}.", remedy)

    def _of(self, severity: Severity, rule: str, info: ElementInfo, what: str, remedy: str) -> PlanFinding:
        return PlanFinding(
            severity, rule, info.process_id, info.id, f"“{info.name or info.id}” {what}.", remedy
        )


def _is_trigger(info: ElementInfo, definition: Definition) -> bool:
    """Whether it is the start of an event sub-process."""
    return info.kind == "startEvent" and bool(info.event) and bool(info.parent)


def errors_in(findings: Sequence[PlanFinding]) -> list[PlanFinding]:
    """Those that must be mended before anything is migrated."""
    return [each for each in findings if each.severity == "error"]
