"""How an element stands, put onto its shape: by number and sign as well as by colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definitions.picture.layout import Box
from engine.definitions.picture.lettering import FONT, short, width_of

_BLUE, _RED, _YELLOW = "#1d70b8", "#d4351c", "#ffdd00"
_SIZE = 12.0


@dataclass(frozen=True)
class Mark:
    """Figures of one element: tokens that are open there, that only listen, late ones, and incidents."""

    open: int = 0
    listening: int = 0
    overdue: int = 0
    incidents: int = 0

    @property
    def words(self) -> str:
        """The figures in words; empty where all are zero."""
        told = (
            (self.open, "open"),
            (self.listening, "waiting beside it"),
            (self.overdue, "overdue"),
            (self.incidents, "with an incident"),
        )
        return ", ".join(f"{number} {what}" for number, what in told if number)

    @property
    def highlight(self) -> tuple[str, str] | None:
        """The colours of line and ground of a shape where something is open; None where nothing is."""
        if self.incidents or self.overdue:
            return _RED, "#fcecea"
        return (_BLUE, "#e8f1f9") if self.open else None


def badges(mark: Mark, box: Box) -> str:
    """The signs on a shape: tokens at its upper left, lateness and incidents at its upper right."""
    left = [(_pill(str(mark.open), _BLUE, "#ffffff"))] if mark.open else []
    right = [_pill(f"{mark.overdue} late", _RED, "#ffffff")] if mark.overdue else []
    right += [_pill(f"! {mark.incidents}", _YELLOW, "#0b0c0c")] if mark.incidents else []
    return "".join([*_placed(left, box.x, box.y, 1), *_placed(right[::-1], box.right, box.y, -1)])


def _pill(text: str, ground: str, ink: str) -> tuple[float, str]:
    width = max(width_of(text, _SIZE) + 12, 20.0)
    rectangle = (
        f'<rect x="{short(-width / 2)}" y="-10" width="{short(width)}" height="20" rx="10" fill="{ground}"'
        ' stroke="#ffffff" stroke-width="1.5"/>'
    )
    words = (
        f'<text x="0" y="4.3" text-anchor="middle" font-family="{FONT}" font-size="{short(_SIZE)}"'
        f' font-weight="bold" fill="{ink}">{text}</text>'
    )
    return width, rectangle + words


def _placed(pills: list[tuple[float, str]], edge: float, y: float, direction: int) -> Iterator[str]:
    """Pills in a row from an edge inwards (1) or from the right edge inwards (-1)."""
    reached = edge - direction * 6
    for width, drawn in pills:
        middle = reached + direction * width / 2
        yield f'<g transform="translate({short(middle)} {short(y - 6)})">{drawn}</g>'
        reached += direction * (width + 3)
