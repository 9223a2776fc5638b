"""A process or sub-process as a net: places where a token may be, and what may happen to it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from engine.definitions.soundness.order import ranks_of
from engine.definitions.soundness.outcomes import linked_to, ways_out
from engine.spiff.drawing import Area, Flow, Node

_ENDS_ALL = ("terminate", "error")


def flow_key(number: int) -> str:
    """What a place calls a flow; flows may lack an id."""
    return f"flow {number:06d}"


@dataclass(frozen=True)
class Place:
    """Where a token may be: on a flow to a node, or within it, past so many of the events at its boundary."""

    node: str
    flow: str = ""
    past: int = 0


@dataclass(frozen=True)
class Outcome:
    """One thing that may happen at a node: which places get a token.

    Attributes:
        event: the boundary event that brings it about; empty when the node is simply done.
        stays: the node isn't left yet.
    """

    places: tuple[int, ...]
    event: str = ""
    stays: bool = False


@dataclass(frozen=True)
class Net:
    """Places in the order of the process: what lies nearer to the start has the lower number.

    Attributes:
        starts: the places that get a token at the beginning, for each way to begin.
        outcomes: by place, everything that may happen to a token there.
        joins: by parallel gateway, the places that must all hold a token.
        gathers: by inclusive gateway with several incoming flows, the places it takes tokens from.
        ending: places at which the whole area is over at once.
    """

    area: Area
    places: Sequence[Place]
    starts: Sequence[tuple[int, ...]]
    outcomes: Sequence[Sequence[Outcome]]
    joins: Mapping[str, Sequence[int]]
    gathers: Mapping[str, Sequence[int]]
    ending: frozenset[int]
    _reached: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def followers(self) -> Mapping[str, frozenset[str]]:
        """By node, those that may get a token from it."""
        found: dict[str, set[str]] = {name: set() for name in self.area.nodes}
        for place, outcomes in zip(self.places, self.outcomes, strict=True):
            found[place.node].update(self.places[to].node for each in outcomes for to in each.places)
        return {name: frozenset(after) for name, after in found.items()}

    def reached_from(self, node: str) -> frozenset[str]:
        """The nodes to which a token may come from one, itself only by a circle."""
        if node not in self._reached:
            seen, waiting = set[str](), list(self.followers[node])
            while waiting:
                name = waiting.pop()
                if name not in seen:
                    seen.add(name)
                    waiting += self.followers[name]
            self._reached[node] = frozenset(seen)
        return self._reached[node]

    def may_fill(self, start: int, wanted: int) -> bool:
        """Whether a token at one place may come to another."""
        giver = self.source(wanted)
        node = self.places[start].node
        return start == wanted or node == giver or giver in self.reached_from(node)

    def flow_of(self, place: int) -> Flow | None:
        """The flow on which a place is; None for one within a node."""
        return self._flows.get(self.places[place].flow)

    def source(self, place: int) -> str:
        """The node that puts tokens on a flow; empty for a place within a node."""
        flow = self.flow_of(place)
        return flow.source if flow else ""

    @cached_property
    def _flows(self) -> Mapping[str, Flow]:
        return {flow_key(number): flow for number, flow in enumerate(self.area.flows)}


def net_of(area: Area) -> Net:
    """The net of what is drawn directly in an area; sub-processes within it are one step."""
    return _Compiling(area).net()


@dataclass(frozen=True)
class _Drawn:
    places: tuple[Place, ...]
    event: str = ""
    stays: bool = False


class _Compiling:
    """Reads an area once, then numbers its places."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.flows = {
            id(flow): Place(flow.target, flow_key(number)) for number, flow in enumerate(area.flows)
        }
        self.beside: dict[str, list[Node]] = {name: [] for name in area.nodes}
        for node in area.nodes.values():
            if node.tag == "boundaryEvent" and node.event != "compensate":
                self.beside.get(node.element.get("attachedToRef", ""), []).append(node)
        self.stages = {node.id: list(self._stages(node)) for node in area.nodes.values()}

    def net(self) -> Net:
        area = self.area
        ranks = ranks_of(self._edges(), [node.id for node in area.starts()])
        every = sorted(self._places(), key=lambda place: (ranks[place.node], place.past, place.flow))
        numbers = {place: number for number, place in enumerate(every)}
        waiting = {name: [numbers[place] for place in self._into(name)] for name in area.nodes}
        return Net(
            area=area,
            places=every,
            starts=[tuple(numbers[Place(name)] for name in names) for names in _beginnings(area)],
            outcomes=[
                [_numbered(each, numbers) for each in self.stages[place.node][place.past]] for place in every
            ],
            joins=_waiting_at("parallelGateway", area, waiting),
            gathers=_waiting_at("inclusiveGateway", area, waiting),
            ending=frozenset(numbers[place] for place in every if _ends_all(area.nodes[place.node])),
        )

    def _stages(self, node: Node) -> Iterator[list[_Drawn]]:
        """What may happen, stage by stage: first each event that leaves the node going, then the rest."""
        beside = self.beside[node.id]
        lasting = [each for each in beside if each.element.get("cancelActivity") == "false"]
        for number, event in enumerate(lasting, 1):
            stay = Place(node.id, past=number)
            yield [_Drawn((stay,), stays=True), _Drawn((stay, Place(event.id)), event.id, stays=True)]
        link = linked_to(self.area, node)
        ways = [tuple(self.flows[id(flow)] for flow in way) for way in ways_out(self.area, node)]
        leaving = [_Drawn((Place(link),))] if link else [_Drawn(way) for way in ways]
        yield leaving + [_Drawn((Place(each.id),), each.id) for each in beside if each not in lasting]

    def _edges(self) -> dict[str, list[str]]:
        return {
            name: [place.node for stage in stages for each in stage for place in each.places]
            for name, stages in self.stages.items()
        }

    def _places(self) -> set[Place]:
        plain = {Place(name) for name in self.area.nodes}
        drawn = (each for stages in self.stages.values() for stage in stages for each in stage)
        return plain.union(*(each.places for each in drawn))

    def _into(self, name: str) -> list[Place]:
        """The places on the flows to a node from another of the area."""
        flows = (flow for flow in self.area.incoming(name) if flow.source in self.area.nodes)
        return [self.flows[id(flow)] for flow in flows]


def _beginnings(area: Area) -> list[list[str]]:
    """An instance begins at one start event; where none is drawn, everywhere that nothing leads to."""
    starts = area.starts()
    drawn = [[node.id] for node in starts if node.tag == "startEvent"]
    return drawn or [[node.id for node in starts]]


def _waiting_at(tag: str, area: Area, incoming: Mapping[str, list[int]]) -> dict[str, list[int]]:
    return {name: held for name, held in incoming.items() if area.nodes[name].tag == tag and len(held) > 1}


def _numbered(each: _Drawn, numbers: Mapping[Place, int]) -> Outcome:
    return Outcome(tuple(numbers[place] for place in each.places), each.event, each.stays)


def _ends_all(node: Node) -> bool:
    return node.tag == "endEvent" and node.event in _ENDS_ALL
