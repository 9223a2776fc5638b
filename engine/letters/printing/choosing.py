"""Which maker this machine has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.letters.printing.chromium import ChromiumMaker
from engine.letters.printing.making import Maker, MakerAway
from engine.letters.printing.weasy import WeasyMaker


@dataclass(frozen=True)
class Choice:
    """The maker that letters are made with, and why the ones before it aren't it.

    Attributes:
        maker: None where this machine has none: the HTML is then all there is.
        away: name of a maker -> what it lacks here.
    """

    maker: Maker | None
    away: dict[str, str]


def choose(chromium: Path | None = None) -> Choice:
    """WeasyPrint where it runs, for its PDFs claim PDF/UA; else Chromium; else none.

    Args:
        chromium: the executable to use; None looks on the PATH.
    """
    away: dict[str, str] = {}
    try:
        return Choice(WeasyMaker(), away)
    except MakerAway as problem:
        away["weasyprint"] = str(problem)
    try:
        return Choice(ChromiumMaker(chromium), away)
    except MakerAway as problem:
        away["chromium"] = str(problem)
    return Choice(None, away)
