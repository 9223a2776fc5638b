"""What a diagram's layout says: where each shape and flow lies, and what BPMN says it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element

from engine.spiff.names import BPMN, EVENT_DEFINITIONS, bpmn, is_bpmn, local

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DD = "http://www.omg.org/spec/DD/20100524/DI"
#: Coordinates beyond this are a mistake of the file, and would make a picture that nobody can open.
_FARTHEST = 100_000.0


@dataclass(frozen=True)
class Box:
    """A rectangle: the upper left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Shape:
    """Something with a place: an element, a pool, a lane, a note.

    ``event`` is the sort of its first event definition, ``loop`` one of parallel, sequential and loop.
    """

    id: str
    tag: str
    name: str
    box: Box
    label: Box | None
    event: str
    loop: str
    expanded: bool
    horizontal: bool
    interrupting: bool
    triggered: bool


@dataclass(frozen=True)
class Edge:
    """A line between two shapes."""

    id: str
    tag: str
    name: str
    points: tuple[tuple[float, float], ...]
    label: Box | None
    is_default: bool


@dataclass(frozen=True)
class Layout:
    """All that is drawn of a file, in the order in which it lies over one another."""

    shapes: tuple[Shape, ...]
    edges: tuple[Edge, ...]


def layout_of(root: _Element) -> Layout:
    """Read the layout of a diagram's first plane; what has no place, or an impossible one, is left out."""
    named = {element.get("id", ""): element for element in root.iter() if is_bpmn(element)}
    defaults = {element.get("default", "") for element in named.values()} - {""}
    plane = next(root.iter(f"{{{_DI}}}BPMNPlane"), None)
    children = list(plane) if plane is not None else []
    shapes = [_shape(child, named) for child in children if local(child) == "BPMNShape"]
    edges = [_edge(child, named, defaults) for child in children if local(child) == "BPMNEdge"]
    return Layout(
        tuple(sorted((each for each in shapes if each is not None), key=_depth)),
        tuple(each for each in edges if each is not None),
    )


_ORDER = {"participant": 0, "lane": 1}
_FRAMES = frozenset({"participant", "lane", "subProcess"})


def is_frame(shape: Shape) -> bool:
    """Whether other shapes lie inside it."""
    return shape.tag in _FRAMES and (shape.tag != "subProcess" or shape.expanded)


def _depth(shape: Shape) -> tuple[int, float]:
    if not is_frame(shape):
        return 4 if shape.tag == "boundaryEvent" else 3, 0.0
    return _ORDER.get(shape.tag, 2), -shape.box.width * shape.box.height


def _shape(drawn: _Element, named: Mapping[str, _Element]) -> Shape | None:
    element = named.get(drawn.get("bpmnElement", ""))
    box = _bounds(drawn)
    if element is None or box is None:
        return None
    loop = next((child for child in element if local(child).endswith("LoopCharacteristics")), None)
    text = next((child.text for child in element.iterchildren(bpmn("text"))), None)
    return Shape(
        id=element.get("id", ""),
        tag=local(element),
        name=(element.get("name") or text or "").strip(),
        box=box,
        label=_label(drawn),
        event=next(_events(element), ""),
        loop=_loop(loop),
        expanded=drawn.get("isExpanded") == "true",
        horizontal=drawn.get("isHorizontal", "true") == "true",
        interrupting=element.get("cancelActivity", element.get("isInterrupting", "true")) == "true",
        triggered=element.get("triggeredByEvent") == "true",
    )


def _events(element: _Element) -> Iterator[str]:
    for child in element:
        if local(child) in EVENT_DEFINITIONS and is_bpmn(child):
            yield local(child).removesuffix("EventDefinition")


def _loop(characteristics: _Element | None) -> str:
    if characteristics is None:
        return ""
    if local(characteristics) == "standardLoopCharacteristics":
        return "loop"
    return "sequential" if characteristics.get("isSequential") == "true" else "parallel"


def _edge(drawn: _Element, named: Mapping[str, _Element], defaults: set[str]) -> Edge | None:
    element = named.get(drawn.get("bpmnElement", ""))
    points = [_point(each) for each in drawn.iterchildren(f"{{{_DD}}}waypoint")]
    found = tuple(point for point in points if point is not None)
    if element is None or len(found) < 2:
        return None
    id_ = element.get("id", "")
    return Edge(id_, local(element), element.get("name", "").strip(), found, _label(drawn), id_ in defaults)


def _label(drawn: _Element) -> Box | None:
    label = next(drawn.iterchildren(f"{{{_DI}}}BPMNLabel"), None)
    return None if label is None else _bounds(label)


def _bounds(drawn: _Element) -> Box | None:
    bounds = next(drawn.iterchildren(f"{{{_DC}}}Bounds"), None)
    if bounds is None:
        return None
    values = [_number(bounds.get(name)) for name in ("x", "y", "width", "height")]
    known = [value for value in values if value is not None]
    return Box(*known) if len(known) == 4 and min(known[2:]) > 0 else None


def _point(waypoint: _Element) -> tuple[float, float] | None:
    x, y = _number(waypoint.get("x")), _number(waypoint.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if -_FARTHEST <= value <= _FARTHEST else None


def process_name(root: _Element, process_id: str) -> str:
    """The name of a process, of its pool, or its id."""
    for tag, key in (("process", "id"), ("participant", "processRef")):
        for element in root.iter(f"{{{BPMN}}}{tag}"):
            if element.get(key) == process_id and element.get("name"):
                return str(element.get("name"))
    return process_id
