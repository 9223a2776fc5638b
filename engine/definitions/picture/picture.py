"""A whole picture: frames first, flows over them, elements over those, and how they stand on top."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from engine.definitions.folder import root_of
from engine.definitions.picture.flows import flow
from engine.definitions.picture.layout import Box, Layout, Shape, is_frame, layout_of, process_name
from engine.definitions.picture.lettering import lettered, short, wrapped
from engine.definitions.picture.marks import Mark, badges
from engine.definitions.picture.shapes import drawn

_MARGIN = 20.0
_NO_LAYOUT = (
    "This diagram was saved without a layout, so there is nothing to draw. Open and save it in a modeler."
)
_NOTHING: Mapping[str, Mark] = {}
_KINDS = {
    "participant": "Pool",
    "lane": "Lane",
    "subProcess": "Sub-process",
    "callActivity": "Call of a process",
    "intermediateCatchEvent": "Intermediate event",
    "intermediateThrowEvent": "Thrown event",
    "textAnnotation": "Note",
    "businessRuleTask": "Decision",
}


def draw(content: bytes, process_id: str, marks: Mapping[str, Mark] = _NOTHING, *, description: str) -> str:
    """The picture of a diagram file.

    Args:
        marks: how elements stand, by element id.
        description: what the picture shows, in a sentence, for those who can't see it.
    """
    root = root_of(content)
    layout = layout_of(root) if root is not None else Layout((), ())
    title = process_name(root, process_id) if root is not None else process_id
    if not layout.shapes:
        return _framed(Box(0, 0, 520, 60), title, description, _empty())
    body = "".join(_parts(layout, marks))
    return _framed(_extent(layout), title, description, body)


def _parts(layout: Layout, marks: Mapping[str, Mark]) -> Iterator[str]:
    for shape in layout.shapes:
        if is_frame(shape):
            yield _group(shape, marks.get(shape.id))
    for edge in layout.edges:
        named = f"<title>{escape(edge.name)}</title>" if edge.name else ""
        yield f"<g data-element-id={quoteattr(edge.id)}>{named}{flow(edge)}</g>"
    for shape in layout.shapes:
        if not is_frame(shape):
            yield _group(shape, marks.get(shape.id))
    for shape in layout.shapes:
        if shape.id in marks:
            yield badges(marks[shape.id], shape.box)


def _group(shape: Shape, mark: Mark | None) -> str:
    words = f"{_kind(shape)}: {shape.name or shape.id}"
    if mark is not None and mark.words:
        words += f" ({mark.words})"
    colours = mark.highlight if mark is not None else None
    return (
        f'<g data-element-id={quoteattr(shape.id)} role="img" aria-label={quoteattr(words)}>'
        f"<title>{escape(words)}</title>{drawn(shape, colours)}</g>"
    )


def _kind(shape: Shape) -> str:
    named = _KINDS.get(shape.tag)
    if named is None:
        spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in shape.tag)
        named = spaced.strip().capitalize()
    return f"{named}, {shape.event}" if shape.event else named


def _extent(layout: Layout) -> Box:
    """The smallest box around everything that is drawn, names included."""
    labels = [*(shape.label for shape in layout.shapes), *(edge.label for edge in layout.edges)]
    boxes = [box for box in labels if box is not None] + [shape.box for shape in layout.shapes]
    points = [point for edge in layout.edges for point in edge.points]
    left = min([box.x for box in boxes] + [x for x, _ in points]) - _MARGIN
    top = min([box.y for box in boxes] + [y for _, y in points]) - _MARGIN
    right = max([box.right for box in boxes] + [x for x, _ in points]) + _MARGIN
    bottom = max([box.bottom for box in boxes] + [y for _, y in points]) + _MARGIN
    return Box(left, top, right - left, bottom - top)


def _framed(box: Box, title: str, description: str, body: str) -> str:
    view = " ".join(short(each) for each in (box.x, box.y, box.width, box.height))
    ground = f'<rect x="{short(box.x)}" y="{short(box.y)}" width="100%" height="100%" fill="#ffffff"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{short(box.width)}" height="{short(box.height)}"'
        f' viewBox="{view}" role="group" aria-label={quoteattr(f"{title}. {description}")} lang="en-GB">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{ground}{body}</svg>\n"
    )


def _empty() -> str:
    return lettered(wrapped(_NO_LAYOUT, 480, 13), 20, 12, 13, anchor="start")
