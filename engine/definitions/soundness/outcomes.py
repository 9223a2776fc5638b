"""What a node may do with a token that has arrived: the flows it leaves by, for each way it may decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

from engine.spiff.drawing import Area, Flow, Node

_MANY = 4
"""Of more flows than this not every selection is tried, but each alone and all together."""

Ways = Sequence[tuple[Flow, ...]]


def ways_out(area: Area, node: Node) -> Ways:
    """Every set of flows by which a token may leave; one empty set where it stops."""
    leaving = [flow for flow in area.outgoing(node.id) if flow.target in area.nodes]
    if node.tag in ("exclusiveGateway", "eventBasedGateway"):
        return [(flow,) for flow in leaving] or [()]
    if node.tag == "parallelGateway":
        return [tuple(leaving)]
    usual = node.element.get("default")
    free = [flow for flow in leaving if not flow.condition and flow.id != usual]
    if node.tag == "inclusiveGateway":
        return _selected(area, node, leaving, ()) if len(leaving) > 1 else [tuple(leaving)]
    return _selected(area, node, [flow for flow in leaving if flow not in free], tuple(free))


def linked_to(area: Area, node: Node) -> str | None:
    """The catch event that a throwing link goes on at."""
    if node.tag != "intermediateThrowEvent" or node.event != "link":
        return None
    name = node.definitions[0].get("name")
    same = (
        other.id
        for other in area.nodes.values()
        if other.tag == "intermediateCatchEvent"
        and other.event == "link"
        and other.definitions[0].get("name") == name
    )
    return next(same, None)


def _selected(area: Area, node: Node, asked: Sequence[Flow], always: tuple[Flow, ...]) -> Ways:
    """The flows without a condition, with any of those that have one, or else the default."""
    usual = node.element.get("default")
    default = tuple(flow for flow in asked if flow.id == usual)
    conditional = [flow for flow in asked if flow.id != usual]
    found = [(*always, *some) for some in _some_of(conditional)]
    if default or always or not found:
        found.append((*always, *default))
    return found


def _some_of(flows: Sequence[Flow]) -> Iterator[tuple[Flow, ...]]:
    sizes = range(1, len(flows) + 1) if len(flows) <= _MANY else sorted({1, len(flows)})
    return chain.from_iterable(combinations(flows, size) for size in sizes)
