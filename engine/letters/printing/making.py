"""What makes a PDF of a letter's HTML, whoever does it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Protocol

_HERE = Path(__file__).parent
#: Weight of each font that letters are set in -> its file.
FONTS = {400: "DejaVuSans.ttf", 700: "DejaVuSans-Bold.ttf"}
_HEAD = "</head>"


class MakerAway(Exception):
    """This machine lacks what a maker needs; the message says what, and what to do."""


class PdfRefused(ValueError):
    """A letter of which no PDF can be made; the message says why, without a word of the letter."""


class Maker(Protocol):
    """Makes PDFs. The same page gives a PDF that reads the same, whenever it is made."""

    @property
    def name(self) -> str:
        """The program and its version, as it is kept with what it made."""

    @property
    def is_accessible(self) -> bool:
        """Whether its PDFs claim PDF/UA; where they don't, the HTML is the accessible one."""

    def make(self, page: str, *, styles: str = "print.css") -> bytes:
        """The PDF of a page of HTML, set with one of our style sheets for paper.

        Raises:
            PdfRefused: it can't be made of this page.
        """


def font(name: str) -> bytes:
    """The bytes of one of our fonts."""
    return (_HERE / "fonts" / name).read_bytes()


def for_paper(page: str, styles: str, faces: str) -> str:
    """A page with our styles for paper behind its own.

    Args:
        styles: the name of a style sheet of ours.
        faces: the `@font-face` rules by which a maker finds our fonts.

    Raises:
        PdfRefused: it isn't a whole page.
    """
    before, head, after = page.partition(_HEAD)
    if not head:
        raise PdfRefused("The letter has no head: its template must begin as _letter.html does.")
    return f"{before}<style>{faces}{_sheet(styles)}</style>{head}{after}"


def face(weight: int, source: str) -> str:
    """The rule by which a style sheet's `EHC Letter` finds a font."""
    return (
        f'@font-face {{ font-family: "EHC Letter"; font-weight: {weight}; src: url("{source}")'
        ' format("truetype"); }'
    )


@cache
def _sheet(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
