"""Makes PDFs of letters: with WeasyPrint where its libraries are, else with a Chromium, else not at all."""

from engine.letters.printing.choosing import Choice, choose
from engine.letters.printing.joining import joined, pages_of
from engine.letters.printing.making import Maker, MakerAway, PdfRefused
from engine.letters.printing.sheets import AddressRefused, address_lines, address_sheet

__all__ = [
    "AddressRefused",
    "Choice",
    "Maker",
    "MakerAway",
    "PdfRefused",
    "address_lines",
    "address_sheet",
    "choose",
    "joined",
    "pages_of",
]
