"""Which processes call or start each other, and which limits each of them closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.definitions.diagram import Diagram
from engine.definitions.remarks import constant
from engine.spiff.elements import ElementInfo

START = "ehc:start"
Rules = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Families:
    """Processes by id.

    Attributes:
        calls: those that a process calls or starts.
        unnamed: those that nobody calls or starts by name; a call that is only worked out when it runs may
            mean any of them.
        meets: the rules that elements of a process meet; ``closes`` with those they set aside.
    """

    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    meets: Rules = field(default_factory=dict)
    closes: Rules = field(default_factory=dict)

    def beneath(self, process: str) -> frozenset[str]:
        """A process with all that it calls or starts, near or far."""
        return _closure(process, self.calls)

    def around(self, process: str) -> frozenset[str]:
        """A process with all beneath it, and those that call or start it."""
        callers: dict[str, set[str]] = {}
        for caller, called in self.calls.items():
            for each in called:
                callers.setdefault(each, set()).add(caller)
        return self.beneath(process) | _closure(process, callers)

    def met_around(self, process: str) -> frozenset[str]:
        """The rules that something in the family of a process meets."""
        return frozenset().union(*(self.meets.get(each, frozenset()) for each in self.around(process)))

    def closed_around(self, process: str) -> frozenset[str]:
        """The rules that something in the family of a process closes."""
        return frozenset().union(*(self.closes.get(each, frozenset()) for each in self.around(process)))

    def closed_beneath(self, process: str) -> frozenset[str]:
        """The rules that a process closes, with all it calls or starts."""
        return frozenset().union(*(self.closes.get(each, frozenset()) for each in self.beneath(process)))

    def going_to(self, element: ElementInfo) -> frozenset[str]:
        """The processes that an element calls or starts."""
        named = called_by(element)
        if named is None:
            return frozenset()
        return frozenset({named}) if named else self.unnamed


def called_by(element: ElementInfo) -> str | None:
    """The process an element calls or starts; empty where only running tells, None if it does neither."""
    if element.kind == "callActivity":
        return constant(element.called_process) or ""
    if element.task_type == START:
        source = next((each.source for each in element.inputs if each.target == "processId"), "")
        return constant(source) or ""
    return None


def families_of(diagrams: Sequence[Diagram]) -> Families:
    """The families of the processes of a deployment."""
    infos = [drawn.info for diagram in diagrams for drawn in diagram.elements]
    processes = {process for diagram in diagrams for process in diagram.processes}
    named = {(info.process_id, called_by(info)) for info in infos if called_by(info) is not None}
    unnamed = frozenset(processes - {called for _, called in named})
    calls: dict[str, frozenset[str]] = {}
    for process in processes:
        own = {called for caller, called in named if caller == process and called}
        computed = unnamed - {process} if (process, "") in named else frozenset()
        calls[process] = frozenset(own) | computed
    return Families(calls, unnamed, _rules(infos, "ehc:meets"), _rules(infos, "ehc:meets", "ehc:supersedes"))


def _rules(infos: Iterable[ElementInfo], *names: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for info in infos:
        found.setdefault(info.process_id, set()).update(rules_in(info, *names))
    return {process: frozenset(rules) for process, rules in found.items()}


def rules_in(info: ElementInfo, *names: str) -> Iterator[str]:
    """The rules that an element names in some of its properties."""
    return (rule for name in names for rule in info.properties.get(name, "").split())


def _closure(start: str, edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += edges.get(name, ())
    return frozenset(seen)
