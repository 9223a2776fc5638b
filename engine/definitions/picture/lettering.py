"""Text in a picture: broken into lines by estimated widths, since nobody measures letters on a server."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

INK = "#0b0c0c"
FONT = "Arial, Helvetica, sans-serif"
_NARROW = frozenset("fijlrtI.,;:!|'’ ()[]-/")
_WIDE = frozenset("mwMW@%—")
#: Lines of one text; more would run out of any shape.
_MOST_LINES = 8


def width_of(text: str, size: float) -> float:
    """About how wide a line of Arial is."""
    return size * sum(_width(letter) for letter in text)


def _width(letter: str) -> float:
    if letter in _NARROW:
        return 0.3
    if letter in _WIDE:
        return 0.87
    return 0.68 if letter.isupper() else 0.54


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text that fit a width; a word that doesn't is broken."""
    lines: list[str] = []
    line = ""
    for word in (piece for whole in text.split() for piece in _pieces(whole, width, size)):
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size) > width:
            lines.append(line)
            longer = word
        line = longer
    lines += [line] if line else []
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], lines[_MOST_LINES - 1] + "…"]
    return lines


def _pieces(word: str, width: float, size: float) -> list[str]:
    most = max(int(width / (size * 0.54)), 1)
    if width_of(word, size) <= width:
        return [word]
    return [word[start : start + most] for start in range(0, len(word), most)]


def lettered(
    lines: list[str], x: float, y: float, size: float, *, anchor: str = "middle", colour: str = INK
) -> str:
    """Lines one below the other; ``y`` is the upper edge of the first."""
    if not lines:
        return ""
    rows = "".join(
        f'<tspan x="{short(x)}" y="{short(y + size * (0.88 + 1.2 * number))}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return (
        f'<text font-family={quoteattr(FONT)} font-size="{short(size)}" text-anchor="{anchor}"'
        f' fill="{colour}">{rows}</text>'
    )


def height_of(lines: list[str], size: float) -> float:
    """How much room lines take from top to bottom."""
    return size * 1.2 * len(lines)


def short(number: float) -> str:
    """A coordinate without digits that nobody sees."""
    return f"{number:.1f}".removesuffix(".0")
