"""Small files of every kind that is taken, and of kinds that aren't."""

from __future__ import annotations

import io
import zipfile

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(20)
TIFF = b"II*\0" + bytes(20)


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP with these files."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def docx(more: dict[str, bytes] | None = None, types: str = "") -> bytes:
    """A Word file, with further parts."""
    parts = {"[Content_Types].xml": _TYPES.format(types).encode(), "word/document.xml": b"<w:document/>"}
    return zipped({**parts, **(more or {})})


def xlsx(more: dict[str, bytes] | None = None) -> bytes:
    """An Excel file, with further parts."""
    parts = {"[Content_Types].xml": _TYPES.format("").encode(), "xl/workbook.xml": b"<workbook/>"}
    return zipped({**parts, **(more or {})})
