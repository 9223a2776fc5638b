"""The lines between shapes, with their heads and names."""

from __future__ import annotations

from math import hypot

from engine.definitions.picture.layout import Edge
from engine.definitions.picture.lettering import INK, height_of, lettered, short, wrapped

Point = tuple[float, float]
_DASHES = {"messageFlow": "7 4", "association": "2 4"}


def flow(edge: Edge) -> str:
    """A line with rounded corners and, for what leads somewhere, a head."""
    dashes = _DASHES.get(edge.tag, "2 4" if edge.tag.startswith("data") else "")
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    line = f'<path d="{_path(edge.points)}" fill="none" stroke="{INK}" stroke-width="1.4"{dashed}/>'
    head = "" if edge.tag == "association" else _head(edge)
    return line + head + (_slash(edge.points) if edge.is_default else "") + _named(edge)


def _path(points: tuple[Point, ...]) -> str:
    parts = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        entering, leaving = _towards(corner, before, 6), _towards(corner, after, 6)
        parts.append(f"L{_at(entering)} Q{_at(corner)} {_at(leaving)}")
    return " ".join([*parts, f"L{_at(points[-1])}"])


def _head(edge: Edge) -> str:
    tip, (ux, uy) = edge.points[-1], _direction(edge.points[-2], edge.points[-1])
    back = (tip[0] - 10 * ux, tip[1] - 10 * uy)
    corners = [tip, (back[0] - 4.5 * uy, back[1] + 4.5 * ux), (back[0] + 4.5 * uy, back[1] - 4.5 * ux)]
    ground = "#ffffff" if edge.tag == "messageFlow" else INK
    points = " ".join(_at(corner) for corner in corners)
    return f'<polygon points="{points}" fill="{ground}" stroke="{INK}" stroke-linejoin="round"/>'


def _slash(points: tuple[Point, ...]) -> str:
    """The stroke at the beginning of the flow that is taken when no other is."""
    ux, uy = _direction(points[0], points[1])
    x, y = points[0][0] + 12 * ux, points[0][1] + 12 * uy
    dx, dy = 4 * ux - 5 * uy, 4 * uy + 5 * ux
    return f'<path d="M{_at((x - dx, y - dy))} L{_at((x + dx, y + dy))}" stroke="{INK}" stroke-width="1.4"/>'


def _named(edge: Edge) -> str:
    if not edge.name:
        return ""
    if edge.label is not None:
        lines = wrapped(edge.name, max(edge.label.width, 60.0) + 4, 11)
        return lettered(lines, edge.label.centre[0], edge.label.y, 11)
    (x1, y1), (x2, y2) = max(zip(edge.points, edge.points[1:], strict=False), key=_length)
    lines = wrapped(edge.name, 100, 11)
    if abs(x2 - x1) < abs(y2 - y1):
        return lettered(lines, x1 + 6, (y1 + y2) / 2 - height_of(lines, 11) / 2, 11, anchor="start")
    return lettered(lines, (x1 + x2) / 2, min(y1, y2) - height_of(lines, 11) - 3, 11)


def _length(segment: tuple[Point, Point]) -> float:
    (x1, y1), (x2, y2) = segment
    return hypot(x2 - x1, y2 - y1)


def _direction(start: Point, end: Point) -> Point:
    length = _length((start, end)) or 1.0
    return (end[0] - start[0]) / length, (end[1] - start[1]) / length


def _towards(start: Point, end: Point, most: float) -> Point:
    ux, uy = _direction(start, end)
    way = min(most, _length((start, end)) / 2)
    return start[0] + ux * way, start[1] + uy * way


def _at(point: Point) -> str:
    return f"{short(point[0])},{short(point[1])}"
