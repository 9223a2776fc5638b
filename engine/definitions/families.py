"""Which processes call or start each other, and which limits each of them closes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.definitions.diagram import Diagram
from engine.definitions.remarks import constant
from engine.spiff.elements import ElementInfo

START = "ehc:start"
Rules = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Families:
    """Processes by id.

    Attributes:
        calls: those that a process calls, ``starts`` those that it starts and leaves to themselves.
        unnamed: those that nobody calls or starts by name; a call that is only worked out when it runs may
            mean any of them.
        meets: the rules that elements of a process meet; ``closes`` with those they set aside.
    """

    calls: Mapping[str, frozenset[str]] = field(default_factory=dict)
    starts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unnamed: frozenset[str] = frozenset()
    meets: Rules = field(default_factory=dict)
    closes: Rules = field(default_factory=dict)

    def beneath(self, process: str) -> frozenset[str]:
        """A process with all that it calls or starts, near or far."""
        return _closure(process, self._below)

    def around(self, process: str) -> frozenset[str]:
        """A process with all beneath it, and those that call or start it."""
        return self.beneath(process) | _closure(process, self._above)

    def above(self, process: str) -> frozenset[str]:
        """A process with those that call or start it, near or far."""
        return _closure(process, self._above)

    def below(self, process: str) -> frozenset[str]:
        """Those that a process itself calls or starts."""
        return self._below.get(process, frozenset())

    def met_around(self, process: str) -> frozenset[str]:
        """The rules that something in the family of a process meets."""
        return _together(self.meets, self.around(process))

    def closed_around(self, process: str) -> frozenset[str]:
        """The rules that something in the family of a process closes."""
        return _together(self.closes, self.around(process))

    def closed_at(self, element: ElementInfo) -> frozenset[str]:
        """The rules closed by what an element calls, and what that calls, or by what it starts."""
        others = self.going_to(element)
        if element.kind == "callActivity":
            others = frozenset().union(*(_closure(each, self.calls) for each in others))
        return _together(self.closes, others)

    def going_to(self, element: ElementInfo) -> frozenset[str]:
        """The processes that an element calls or starts."""
        named = called_by(element)
        if named is None:
            return frozenset()
        return frozenset({named}) if named else self.unnamed - {element.process_id}

    @cached_property
    def _below(self) -> Rules:
        names = self.calls.keys() | self.starts.keys()
        return {
            name: self.calls.get(name, frozenset()) | self.starts.get(name, frozenset()) for name in names
        }

    @cached_property
    def _above(self) -> Rules:
        names = {each for below in self._below.values() for each in below}
        return {
            name: frozenset(upper for upper, below in self._below.items() if name in below) for name in names
        }


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
    named = frozenset(called for info in infos if (called := called_by(info)))
    families = Families(unnamed=frozenset(processes) - named)
    calls = [info for info in infos if info.kind == "callActivity"]
    starts = [info for info in infos if info.task_type == START]
    return Families(
        calls={each: _gone_to(each, calls, families) for each in processes},
        starts={each: _gone_to(each, starts, families) for each in processes},
        unnamed=families.unnamed,
        meets=_rules(infos, "ehc:meets"),
        closes=_rules(infos, "ehc:meets", "ehc:supersedes"),
    )


def _gone_to(process: str, elements: Sequence[ElementInfo], families: Families) -> frozenset[str]:
    return frozenset().union(*(families.going_to(each) for each in elements if each.process_id == process))


def _together(rules: Rules, processes: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(rules.get(each, frozenset()) for each in processes))


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
