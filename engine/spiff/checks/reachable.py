"""Every element can be reached, and every circle has a way out. Nothing recurses, however long a diagram."""

from __future__ import annotations

from collections.abc import Iterator

from engine.spiff.drawing import Area, Drawing
from engine.spiff.findings import Report

_WAYS_OUT = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
Edges = dict[str, list[str]]


def check_reachable(drawing: Drawing, report: Report) -> None:
    """Check each process and sub-process by itself."""
    for area in drawing.areas():
        if not area.nodes:
            _report_empty(area, report)
            continue
        edges = _edges(area)
        _check_reach(area, edges, report)
        for circle in _circles(edges):
            _check_circle(area, circle, edges, report)


def _report_empty(area: Area, report: Report) -> None:
    kind = "sub-process" if area.parent else "process"
    report.error(area.id, "empty", f"The {kind} holds no elements.", "Draw what happens in it, or remove it.")


def _edges(area: Area) -> Edges:
    """To which elements a token can come from each: by flows, boundary events, compensation and links."""
    edges: Edges = {node_id: [] for node_id in area.nodes}
    for flow in area.flows:
        if flow.source in edges and flow.target in edges:
            edges[flow.source].append(flow.target)
    for node in area.nodes.values():
        if node.tag == "boundaryEvent":
            edges.get(node.element.get("attachedToRef", ""), []).append(node.id)
            if node.event == "compensate":
                edges[node.id] += area.associated(node.id)
        elif node.tag == "intermediateThrowEvent" and node.event == "link":
            name = node.definitions[0].get("name")
            edges[node.id] += [
                other.id
                for other in area.nodes.values()
                if other.tag == "intermediateCatchEvent"
                and other.event == "link"
                and other.definitions[0].get("name") == name
            ]
    return edges


def _check_reach(area: Area, edges: Edges, report: Report) -> None:
    starts = [node.id for node in area.starts()]
    if not starts:
        report.error(
            area.id,
            "no-start",
            "There is no start event, and no element at which it could begin.",
            "Draw a start event.",
        )
        return
    waiting = starts + [node.id for node in area.nodes.values() if node.is_event_subprocess]
    seen = set(waiting)
    while waiting:
        for target in edges[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    for node_id in area.nodes:
        if node_id not in seen:
            report.error(
                node_id,
                "unreachable",
                "No sequence flow leads here from the start, so it would never happen.",
                "Connect it, or remove it.",
            )


def _check_circle(area: Area, circle: list[str], edges: Edges, report: Report) -> None:
    inside = set(circle)
    choices = [name for name in circle if area.nodes[name].tag in _WAYS_OUT or _decides(area, name)]
    first = next(name for name in area.nodes if name in inside)
    if not choices:
        report.error(
            first,
            "circle",
            f"The elements {', '.join(sorted(inside))} form a circle in which nothing decides.",
            "Put an exclusive gateway into the circle with a flow that leaves it.",
        )
    elif all(target in inside for name in circle for target in edges[name]) and not _is_ended(area):
        report.warn(
            first,
            "endless-circle",
            f"No flow leaves the circle of {', '.join(sorted(inside))}: the process never ends by itself.",
            "Add a way out, or end it by an event.",
        )


def _is_ended(area: Area) -> bool:
    """Whether an event sub-process that interrupts ends whatever goes round in the area."""
    starts = (node for inner in area.inner if inner.is_event_subprocess for node in inner.starts())
    return any(start.element.get("isInterrupting") != "false" for start in starts)


def _decides(area: Area, name: str) -> bool:
    node = area.nodes[name]
    return node.tag == "boundaryEvent" or any(flow.condition for flow in area.outgoing(name))


def _circles(edges: Edges) -> list[list[str]]:
    """The strongly connected parts that hold a circle (Tarjan's way, with a stack of our own)."""
    search = _Search(edges)
    for name in edges:
        if name not in search.index:
            search.visit(name)
    return [part for part in search.parts if len(part) > 1 or part[0] in edges[part[0]]]


class _Search:
    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        self.index: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.stack: list[str] = []
        self.on_stack: set[str] = set()
        self.parts: list[list[str]] = []

    def visit(self, start: str) -> None:
        """Search everything that can be reached from one element."""
        path = [(start, self._enter(start))]
        while path:
            name, targets = path[-1]
            target = next(targets, None)
            if target is None:
                path.pop()
                self._leave(name, path[-1][0] if path else None)
            elif target not in self.index:
                path.append((target, self._enter(target)))
            elif target in self.on_stack:
                self.low[name] = min(self.low[name], self.index[target])

    def _enter(self, name: str) -> Iterator[str]:
        self.index[name] = self.low[name] = len(self.index)
        self.stack.append(name)
        self.on_stack.add(name)
        return iter(self.edges[name])

    def _leave(self, name: str, below: str | None) -> None:
        if below is not None:
            self.low[below] = min(self.low[below], self.low[name])
        if self.low[name] != self.index[name]:
            return
        part: list[str] = []
        while not part or part[-1] != name:
            part.append(self.stack.pop())
            self.on_stack.discard(part[-1])
        self.parts.append(part)
