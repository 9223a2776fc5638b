"""A plan for a migration: which element of one version of a process becomes which of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.services.processes.definitions import Definition
from engine.spiff import Bundle, ElementInfo, Way

#: What a case may stand at: it waits there, or goes on only when something inside is done.
STANDS = frozenset(
    {"userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent", "callActivity", "subProcess"}
)
#: What a case waits at when several ways meet.
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
Place = tuple[str, str]


@dataclass(frozen=True)
class Step:
    """One line of a plan; `target` is None where the other version has no place for the element.

    `how` says why: by "id", by "name" (with the same kind and rule), or by "hand".
    """

    process_id: str
    source: str
    target: str | None
    how: str = "hand"


@dataclass(frozen=True)
class Plan:
    """What a migration does with every element.

    Attributes:
        processes: by process of the former version, that of the new one, where their ids differ.
        recalculate: work the times of waiting timers out again, instead of keeping them.
    """

    source_key: int
    target_key: int
    steps: tuple[Step, ...]
    processes: Mapping[str, str] = field(default_factory=dict)
    recalculate: bool = False

    @property
    def way(self) -> Way:
        """The plan as the adapter takes it."""
        targets = {(each.process_id, each.source): each.target for each in self.steps if each.target}
        return Way(targets, dict(self.processes), self.recalculate)

    def to_json(self) -> dict[str, Any]:
        """The plan as it is kept with a batch."""
        return {
            "source": self.source_key,
            "target": self.target_key,
            "steps": [[each.process_id, each.source, each.target] for each in self.steps],
            "processes": dict(self.processes),
            "recalculate": self.recalculate,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Plan:
        """The plan that was kept."""
        steps = tuple(Step(*each) for each in kept["steps"])
        return cls(kept["source"], kept["target"], steps, kept["processes"], kept["recalculate"])


def generate(source: Definition, target: Definition, *, recalculate: bool = False) -> Plan:
    """The plan that suggests itself: by id, then by name with the same kind and rule.

    Elements of processes that the two call are mapped too, process by process of the same id.
    """
    processes = {} if source.process_id == target.process_id else {source.process_id: target.process_id}
    steps: list[Step] = []
    for process_id in reached(source.bundle, source.process_id):
        other = processes.get(process_id, process_id)
        steps += _of_process(
            source.bundle.elements[process_id], target.bundle.elements.get(other, {}), process_id
        )
    return Plan(source.key, target.key, tuple(steps), processes, recalculate)


def reached(bundle: Bundle, process_id: str) -> list[str]:
    """A process and all those of its deployment that it may call, directly or further on."""
    seen, waiting = [process_id], [process_id]
    while waiting:
        process = bundle.processes[waiting.pop()]
        dynamic = any(info.called_process.startswith("=") for info in bundle.elements[process.id].values())
        for called in sorted(bundle.processes) if dynamic else sorted(process.calls):
            if called in bundle.processes and called not in seen:
                seen.append(called)
                waiting.append(called)
    return seen


def _of_process(
    source: Mapping[str, ElementInfo], target: Mapping[str, ElementInfo], process_id: str
) -> list[Step]:
    """What an element lies in, and what it sits on, is mapped before it: both must agree."""
    found: dict[str, tuple[str, str]] = {}
    waiting = _outer_first(source)
    for info in waiting:
        other = target.get(info.id)
        if other is not None and _agrees(info, other, found):
            found[info.id] = other.id, "id"
    taken = {target_id for target_id, _ in found.values()}
    for info in waiting:
        if info.id in found:
            continue
        alike = [each for each in _alike(info, target.values(), found) if each.id not in taken]
        if len(alike) == 1:
            found[info.id] = alike[0].id, "id" if alike[0].id == info.id else "name"
            taken.add(alike[0].id)
    return [
        Step(process_id, info.id, *found[info.id]) if info.id in found else Step(process_id, info.id, None)
        for info in source.values()
    ]


def _outer_first(elements: Mapping[str, ElementInfo]) -> list[ElementInfo]:
    def depth(info: ElementInfo) -> tuple[int, bool]:
        levels, around = 0, elements.get(info.parent)
        while around is not None:
            levels, around = levels + 1, elements.get(around.parent)
        return levels, bool(info.attached_to)

    return sorted(elements.values(), key=depth)


def _agrees(info: ElementInfo, other: ElementInfo, found: Mapping[str, tuple[str, str]]) -> bool:
    return next(disagreements(info, other, lambda each: found.get(each, ("", ""))[0]), None) is None


def _alike(
    info: ElementInfo, others: Iterable[ElementInfo], found: Mapping[str, tuple[str, str]]
) -> Iterator[ElementInfo]:
    for other in others:
        same = (info.name, info.rule) == (other.name, other.rule)
        if info.name and same and _agrees(info, other, found):
            yield other


def disagreements(info: ElementInfo, other: ElementInfo, mapped: Any) -> Iterator[str]:
    """Why one element can't become another: sentences for process owners.

    Args:
        mapped: for an element of the former version, that of the new one; empty if it has none.
    """
    if (info.kind, info.event) != (other.kind, other.event):
        yield f"is a {kind_in_words(info)} and would become a {kind_in_words(other)}"
    if info.multiple != other.multiple:
        yield "is done for several items in one version and once in the other"
    if info.kind == "boundaryEvent" and info.interrupting != other.interrupting:
        yield "takes its activity away in one version and leaves it going in the other"
    if (mapped(info.parent) if info.parent else "") != other.parent:
        yield "lies in another sub-process than what it would become"
    if (mapped(info.attached_to) if info.attached_to else "") != other.attached_to:
        yield "sits on another activity than what it would become"


def kind_in_words(info: ElementInfo) -> str:
    """A kind of element for people: `boundaryEvent` with a timer is a timer boundary event."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in info.kind)
    return f"{info.event} {words}".strip()
