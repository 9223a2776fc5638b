"""Each kind of shape as it is drawn."""

from __future__ import annotations

from engine.definitions.picture.layout import Shape
from engine.definitions.picture.lettering import INK, height_of, lettered, short, wrapped
from engine.definitions.picture.symbols import symbol

_GREY = "#505a5f"
_HEADER = 30.0
_GROUND = "#ffffff"
Colours = tuple[str, str] | None


def drawn(shape: Shape, colours: Colours) -> str:
    """A shape with its sign and its name; ``colours`` of line and ground where it is highlighted."""
    if shape.tag in ("participant", "lane"):
        return _band(shape)
    if shape.tag.endswith("Event"):
        return _event(shape, colours)
    if shape.tag.endswith("Gateway"):
        return _gateway(shape, colours)
    if shape.tag == "textAnnotation":
        return _note(shape)
    if shape.tag == "group":
        return _rectangle(shape, None, radius=10, dashes="8 4 2 4", ground="none") + _below(shape)
    if shape.tag.startswith("data"):
        return _rectangle(shape, None, radius=2) + _below(shape)
    return _activity(shape, colours)


def _band(shape: Shape) -> str:
    """A pool or lane with its name in a strip at its left, read from below (or at its top)."""
    box = shape.box
    lines = wrapped(shape.name, (box.height if shape.horizontal else box.width) - 10, 12)
    ruled = f'stroke="{_GREY}" stroke-width="1.2"'
    if not shape.horizontal:
        rule = f'<path d="M{short(box.x)},{short(box.y + _HEADER)} H{short(box.right)}" {ruled}/>'
        named = lettered(lines[:2], box.centre[0], box.y + 8, 12)
    else:
        rule = f'<path d="M{short(box.x + _HEADER)},{short(box.y)} V{short(box.bottom)}" {ruled}/>'
        middle = f"rotate(-90) translate({short(-box.centre[1])} {short(box.x + _HEADER / 2)})"
        words = lettered(lines[:2], 0, -height_of(lines[:2], 12) / 2, 12)
        named = f'<g transform="{middle}">{words}</g>'
    return _rectangle(shape, None, radius=0, stroke=_GREY, width=1.2) + rule + named


def _activity(shape: Shape, colours: Colours) -> str:
    box = shape.box
    dashes = "2 4" if shape.triggered else ""
    width = 4.0 if shape.tag == "callActivity" else 1.5
    parts = [_rectangle(shape, colours, radius=8, dashes=dashes, width=width)]
    if shape.expanded:
        lines = wrapped(shape.name, box.width - 50, 12)
        parts.append(lettered(lines[:2], box.x + 14, box.y + 8, 12, anchor="start"))
    else:
        sign = symbol(shape.tag, box.x + 15, box.y + 15, scale=0.85)
        parts += [sign, _inside(shape, top=24 if sign else 4)]
    return "".join([*parts, _markers(shape)])


def _inside(shape: Shape, *, top: float) -> str:
    """The name within a task, in letters small enough for it to fit."""
    box, below = shape.box, 16 if shape.loop or shape.tag == "subProcess" else 3
    room = box.height - below
    for size in (12.0, 11.0, 10.0, 9.0):
        lines = wrapped(shape.name, box.width - 12, size)
        if height_of(lines, size) <= room - top:
            break
    start = max(top, (room - height_of(lines, size)) / 2)
    return lettered(lines, box.centre[0], box.y + start, size)


def _markers(shape: Shape) -> str:
    """The signs at the foot of an activity: repetition, and that it holds something that isn't shown."""
    names = [shape.loop] if shape.loop else []
    names += ["collapsed"] if shape.tag == "subProcess" and not shape.expanded else []
    first = shape.box.centre[0] - 9 * (len(names) - 1)
    return "".join(symbol(name, first + 18 * n, shape.box.bottom - 9) for n, name in enumerate(names))


def _event(shape: Shape, colours: Colours) -> str:
    (x, y), radius = shape.box.centre, min(shape.box.width, shape.box.height) / 2
    line, ground = colours or (INK, _GROUND)
    dashes = "" if shape.interrupting else ' stroke-dasharray="5 3.5"'
    width = 4.0 if shape.tag == "endEvent" else 2.2 if colours else 1.5
    rings = [f'r="{short(radius)}" fill="{ground}" stroke-width="{width}"']
    if shape.tag.startswith("intermediate") or shape.tag == "boundaryEvent":
        rings.append(f'r="{short(radius - 3.5)}" fill="none" stroke-width="1.5"')
    circles = "".join(
        f'<circle cx="{short(x)}" cy="{short(y)}" {ring} stroke="{line}"{dashes}/>' for ring in rings
    )
    throws = shape.tag in ("endEvent", "intermediateThrowEvent")
    return circles + symbol(shape.event, x, y, scale=radius / 20, filled=throws) + _below(shape)


def _gateway(shape: Shape, colours: Colours) -> str:
    (x, y), (line, ground) = shape.box.centre, colours or (INK, _GROUND)
    points = f"{short(x)},{short(shape.box.y)} {short(shape.box.right)},{short(y)}"
    points += f" {short(x)},{short(shape.box.bottom)} {short(shape.box.x)},{short(y)}"
    width = 2.2 if colours else 1.5
    diamond = f'<polygon points="{points}" fill="{ground}" stroke="{line}" stroke-width="{width}"/>'
    if shape.tag != "eventBasedGateway":
        return diamond + symbol(shape.tag, x, y) + _below(shape)
    rings = "".join(
        f'<circle cx="{short(x)}" cy="{short(y)}" r="{r}" fill="none" stroke="{INK}"/>' for r in (12, 9.5)
    )
    return diamond + rings + _pentagon(x, y) + _below(shape)


def _pentagon(x: float, y: float) -> str:
    corners = ((0, -6), (5.7, -1.9), (3.5, 4.9), (-3.5, 4.9), (-5.7, -1.9))
    points = " ".join(f"{short(x + dx)},{short(y + dy)}" for dx, dy in corners)
    return f'<polygon points="{points}" fill="none" stroke="{INK}" stroke-width="1.2"/>'


def _note(shape: Shape) -> str:
    box = shape.box
    bracket = f"M{short(box.x + 10)},{short(box.y)} H{short(box.x)} V{short(box.bottom)} h10"
    lines = wrapped(shape.name, box.width - 14, 11)
    words = lettered(lines, box.x + 8, box.y + 5, 11, anchor="start")
    return f'<path d="{bracket}" fill="none" stroke="{_GREY}" stroke-width="1.2"/>' + words


def _below(shape: Shape) -> str:
    """The name of what is too small to hold it, where the layout puts it, else below."""
    box = shape.label
    middle, top = box.centre[0] if box else shape.box.centre[0], box.y if box else shape.box.bottom + 5
    lines = wrapped(shape.name, max(box.width if box else 0, 90.0) + 4, 11)
    return lettered(lines, middle, top, 11)


def _rectangle(
    shape: Shape,
    colours: Colours,
    *,
    radius: float,
    dashes: str = "",
    width: float = 1.5,
    stroke: str = INK,
    ground: str = _GROUND,
) -> str:
    box = shape.box
    if colours:
        stroke, ground, width = colours[0], colours[1], max(width, 2.2)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<rect x="{short(box.x)}" y="{short(box.y)}" width="{short(box.width)}" height="{short(box.height)}"'
        f' rx="{short(radius)}" fill="{ground}" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'
    )
