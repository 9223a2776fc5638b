"""Puts PDFs one behind the other: an address before a letter, a batch for the printer."""

from __future__ import annotations

import io
from collections.abc import Iterable

from pypdf import PdfReader, PdfWriter

#: Pages are printed on both sides: each part of a batch begins on a new sheet.
_SIDES = 2


def joined(parts: Iterable[bytes], *, new_sheets: bool = False) -> bytes:
    """One PDF of several.

    Args:
        new_sheets: whether each part begins on the front of a sheet, behind an empty back where need be.
    """
    writer = PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part), import_outline=False)
        if new_sheets and len(writer.pages) % _SIDES:
            writer.add_blank_page()
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF has."""
    return len(PdfReader(io.BytesIO(pdf)).pages)
