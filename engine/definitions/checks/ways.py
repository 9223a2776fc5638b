"""The ways through a diagram: where they stop short, and where they never end."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.joins import soundness_of
from engine.definitions.remarks import Remark, error, warning
from engine.spiff.drawing import Area, Node

Found = tuple[str, Remark]


def ways_in(area: Area) -> Iterator[Found]:
    """The remarks on one process or sub-process, each with its element's id."""
    stopped = list(dead_ends(area))
    yield from stopped or choices_of_one(area)
    yield from soundness_of(area)


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


def choices_of_one(area: Area) -> Iterator[Found]:
    """A gateway that neither parts nor joins ways has lost some: what it decided is decided no more."""
    for node in area.nodes.values():
        out, into = len(area.outgoing(node.id)), len(area.incoming(node.id))
        races = node.tag == "eventBasedGateway"
        if node.tag.endswith("Gateway") and out == 1 and (into < 2 or races):
            yield (
                node.id,
                warning(
                    "one-way-gateway",
                    f"{_named(node)} is a gateway with only one way on: it decides nothing.",
                    "Draw the other ways again, or remove the gateway.",
                ),
            )


def _stops(area: Area, node: Node) -> bool:
    throws_link = node.tag == "intermediateThrowEvent" and node.event == "link"
    stands_apart = node.is_event_subprocess or node.is_compensation_handler
    ends = node.tag == "endEvent" or node.event == "compensate"
    return not (ends or throws_link or stands_apart or area.outgoing(node.id))


def _named(node: Node) -> str:
    return f"“{node.element.get('name') or node.id}”"
