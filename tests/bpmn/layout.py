"""Reads a diagram's drawing and says what a reader would stumble over.

Boxes that overlap, flows through shapes or labels, flows that cross, labels on top of something, elements
outside their lane, and shapes off the grid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from pathlib import Path

from lxml import etree

NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "way": "http://www.omg.org/spec/DD/20100524/DI",
}
GRID = 10
FRAMES = frozenset({"participant", "lane"})


@dataclass(frozen=True)
class Box:
    """A rectangle: its upper left corner, width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2

    def overlaps(self, other: Box) -> bool:
        return (
            self.x < other.x + other.w
            and other.x < self.x + self.w
            and self.y < other.y + other.h
            and other.y < self.y + self.h
        )

    def holds(self, point: tuple[float, float]) -> bool:
        return self.x <= point[0] <= self.x + self.w and self.y <= point[1] <= self.y + self.h


Segment = tuple[tuple[float, float], tuple[float, float]]


@dataclass
class Drawing:
    """What the diagram interchange of one file holds, by element id."""

    elements: dict[str, etree._Element]
    shapes: dict[str, Box] = field(default_factory=dict)
    labels: dict[str, Box] = field(default_factory=dict)
    flows: dict[str, list[Segment]] = field(default_factory=dict)

    def kind(self, element: str) -> str:
        return etree.QName(self.elements[element]).localname

    def nodes(self) -> dict[str, Box]:
        return {name: box for name, box in self.shapes.items() if self.kind(name) not in FRAMES}

    def ends(self, flow: str) -> set[str]:
        return {self.elements[flow].get("sourceRef", ""), self.elements[flow].get("targetRef", "")}

    def around(self, element: str) -> str | None:
        """What an element may lie on: its sub-process, and for a boundary event its activity."""
        node = self.elements[element]
        parent = node.getparent()
        return node.get("attachedToRef") or (parent.get("id") if parent is not None else None)


def read(path: Path) -> Drawing:
    """The drawing of one file."""
    root = etree.parse(path).getroot()
    drawing = Drawing({node.get("id", ""): node for node in root.iter() if node.get("id")})
    for shape in root.iterfind(".//di:BPMNShape", NS):
        name = shape.get("bpmnElement", "")
        drawing.shapes[name] = _box(shape.find("dc:Bounds", NS))
        _read_label(drawing, name, shape)
    for edge in root.iterfind(".//di:BPMNEdge", NS):
        name = edge.get("bpmnElement", "")
        points = [(float(p.get("x", 0)), float(p.get("y", 0))) for p in edge.iterfind("way:waypoint", NS)]
        drawing.flows[name] = list(pairwise(points))
        _read_label(drawing, name, edge)
    return drawing


def findings(path: Path) -> list[str]:
    """Everything to put right in one file, as sentences."""
    drawing = read(path)
    checks = (_overlaps, _flows_through_shapes, _flows_through_labels, _crossings, _labels, _lanes, _off_grid)
    return [f"{path.name}: {text}" for check in checks for text in check(drawing)]


def _overlaps(drawing: Drawing) -> Iterator[str]:
    for (one, box), (other, its) in combinations(drawing.nodes().items(), 2):
        related = drawing.around(one) == other or drawing.around(other) == one
        if box.overlaps(its) and not related:
            yield f"{one} and {other} overlap"


def _flows_through_shapes(drawing: Drawing) -> Iterator[str]:
    for flow, segments in drawing.flows.items():
        surrounding = drawing.around(flow)
        for name, box in drawing.nodes().items():
            if name in drawing.ends(flow) or name == surrounding:
                continue
            if any(_meets(segment, box) for segment in segments):
                yield f"{flow} runs through {name}"


def _flows_through_labels(drawing: Drawing) -> Iterator[str]:
    for flow, segments in drawing.flows.items():
        for name, box in drawing.labels.items():
            if any(_meets(segment, box) for segment in segments):
                yield f"{flow} runs through the label of {name}"


def _crossings(drawing: Drawing) -> Iterator[str]:
    for (one, segments), (other, its) in combinations(drawing.flows.items(), 2):
        if drawing.ends(one) & drawing.ends(other):
            continue  # flows from or to one element may run together like the branches of a tree
        if any(_meets(segment, _thin(crossed)) for segment in segments for crossed in its):
            yield f"{one} and {other} cross"


def _labels(drawing: Drawing) -> Iterator[str]:
    for name, box in drawing.labels.items():
        for other, its in drawing.nodes().items():
            if box.overlaps(its) and other != drawing.around(name) and drawing.kind(other) != "subProcess":
                yield f"the label of {name} lies on {other}"
    for (one, box), (other, its) in combinations(drawing.labels.items(), 2):
        if box.overlaps(its):
            yield f"the labels of {one} and {other} overlap"


def _lanes(drawing: Drawing) -> Iterator[str]:
    seen: list[str] = []
    for lane in (name for name in drawing.shapes if drawing.kind(name) == "lane"):
        for reference in drawing.elements[lane].iterfind("bpmn:flowNodeRef", NS):
            name = reference.text or ""
            seen.append(name)
            if not drawing.shapes[lane].holds(drawing.shapes[name].centre):
                yield f"{name} is drawn outside its lane {lane}"
    for name in drawing.nodes():
        if not _in_sub_process(drawing, name) and seen.count(name) != 1:
            yield f"{name} is in {seen.count(name)} lanes"


def _in_sub_process(drawing: Drawing, name: str) -> bool:
    parent = drawing.elements[name].getparent()
    return parent is not None and etree.QName(parent).localname == "subProcess"


def _off_grid(drawing: Drawing) -> Iterator[str]:
    for name, box in drawing.nodes().items():
        if any(value % GRID for value in box.centre):
            yield f"the centre of {name} is off the {GRID} px grid"


def _read_label(drawing: Drawing, name: str, shape: etree._Element) -> None:
    bounds = shape.find("di:BPMNLabel/dc:Bounds", NS)
    if bounds is not None:
        drawing.labels[name] = _box(bounds)


def _box(bounds: etree._Element | None) -> Box:
    assert bounds is not None, "a shape or label without bounds"
    return Box(*(float(bounds.get(side, 0)) for side in ("x", "y", "width", "height")))


def _thin(segment: Segment) -> Box:
    return _spanned(segment, 0.5)


def _meets(segment: Segment, box: Box) -> bool:
    return _spanned(segment, 0).overlaps(box)


def _spanned(segment: Segment, margin: float) -> Box:
    (x, y), (to_x, to_y) = segment
    left, top = min(x, to_x) - margin, min(y, to_y) - margin
    return Box(left, top, abs(to_x - x) + 2 * margin, abs(to_y - y) + 2 * margin)
