"""The ways through a diagram: where they stop short, and joins that wait for what can never come."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.remarks import Remark, error
from engine.spiff.drawing import Area, Node

Found = tuple[str, Remark]


def ways_in(area: Area) -> Iterator[Found]:
    """The remarks on one process or sub-process, each with its element's id."""
    yield from dead_ends(area)
    yield from joins_that_never_fill(area)


def dead_ends(area: Area) -> Iterator[Found]:
    """Where end events are drawn, every way leads to one: a way that just stops is a flow somebody lost.

    A gateway or boundary event that leads nowhere is one everywhere.
    """
    draws_ends = any(node.tag == "endEvent" for node in area.nodes.values())
    for node in area.nodes.values():
        always = node.tag.endswith("Gateway") or node.tag == "boundaryEvent"
        if (draws_ends or always) and _stops(area, node):
            yield (
                node.id,
                error(
                    "dead-end",
                    f"No sequence flow leaves {_named(node)}, so the process silently stops there.",
                    "Draw the flow to what comes next, or to an end event.",
                ),
            )


def joins_that_never_fill(area: Area) -> Iterator[Found]:
    """A parallel join waits for one token on every incoming flow; a choice before it sends only one."""
    for node in area.nodes.values():
        if node.tag == "parallelGateway" and len(area.incoming(node.id)) > 1 and not _splits(area, node.id):
            yield (
                node.id,
                error(
                    "join-never-fills",
                    f"{_named(node)} waits for all its {len(area.incoming(node.id))} incoming flows, "
                    "but nothing before it goes several ways at once: the case would stand here for ever.",
                    "Make it an exclusive gateway, or split with a parallel gateway before it.",
                ),
            )


def _stops(area: Area, node: Node) -> bool:
    throws_link = node.tag == "intermediateThrowEvent" and node.event == "link"
    stands_apart = node.is_event_subprocess or node.is_compensation_handler
    ends = node.tag == "endEvent" or node.event == "compensate"
    return not (ends or throws_link or stands_apart or area.outgoing(node.id))


def _splits(area: Area, join: str) -> bool:
    """Whether anything from which the join can be reached can make a second token."""
    links = _link_sources(area)
    waiting, seen = [flow.source for flow in area.incoming(join)], {join}
    while waiting:
        name = waiting.pop()
        node = area.nodes.get(name)
        if name in seen or node is None:
            continue
        seen.add(name)
        if _makes_more(area, node):
            return True
        waiting += [flow.source for flow in area.incoming(name)]
        waiting += links.get(name, [])
        waiting += [node.element.get("attachedToRef", "")] if node.tag == "boundaryEvent" else []
    return len([name for name in seen if area.nodes[name].tag == "startEvent"]) > 1


def _makes_more(area: Area, node: Node) -> bool:
    if node.tag == "boundaryEvent":
        return node.element.get("cancelActivity") == "false"
    several = len(area.outgoing(node.id)) > 1
    return several and node.tag not in ("exclusiveGateway", "eventBasedGateway")


def _link_sources(area: Area) -> dict[str, list[str]]:
    """Of each link catch event, the link throw events that may lead to it."""
    links = [node for node in area.nodes.values() if node.event == "link"]
    throws = [node.id for node in links if node.tag == "intermediateThrowEvent"]
    return {node.id: throws for node in links if node.tag == "intermediateCatchEvent"}


def _named(node: Node) -> str:
    return f"“{node.element.get('name') or node.id}”"
