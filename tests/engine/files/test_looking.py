"""What a file is, is told by its content; what could run isn't taken, and no file costs more than it may."""

from __future__ import annotations

import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.files import KINDS, look
from tests.support.office_files import HEIC, JPEG, PDF, PNG, TIFF, docx, xlsx, zipped

GOOD = {
    "report.pdf": (PDF, "application/pdf"),
    "Report.PDF": (PDF, "application/pdf"),
    "picture.png": (PNG, "image/png"),
    "photo.jpeg": (JPEG, "image/jpeg"),
    "photo.heic": (HEIC, "image/heic"),
    "scan.tif": (TIFF, "image/tiff"),
    "notes.txt": ("Zoë said: “yes”.\n".encode(), "text/plain"),
    "table.csv": (b"a,b\n1,2\n", "text/csv"),
    "letter.docx": (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "sheet.xlsx": (xlsx(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
BAD = {
    "a program called a letter": ("letter.pdf", b"MZ" + bytes(100)),
    "a picture called a letter": ("letter.pdf", PNG),
    "a ZIP called a letter": ("letter.docx", zipped({"a.txt": b"a"})),
    "a sheet called a letter": ("letter.docx", xlsx()),
    "a letter with macros": ("letter.docx", docx({"word/vbaProject.bin": b"x"})),
    "macros in capitals": ("letter.docx", docx({"word/VBAPROJECT.BIN": b"x"})),
    "a control that runs": ("letter.docx", docx({"word/activeX/activeX1.xml": b"x"})),
    "old macros of a sheet": ("sheet.xlsx", xlsx({"xl/macrosheets/sheet1.xml": b"x"})),
    "a type with macros": ("letter.docx", docx(types='<Override ContentType="application/x.macroEnabled"/>')),
    "a bomb": ("letter.docx", docx({"word/media/a": bytes(40_000_000)})),
    "half a letter": ("letter.docx", docx()[:-30]),
    "text with NUL": ("notes.txt", b"abc\0def"),
    "text that isn't UTF-8": ("notes.txt", b"caf\xe9 au lait, s'il vous pla\xeet"),
    "text cut in a letter": ("notes.txt", "Zoë".encode()[:-1]),
    "a page": ("page.html", b"<script>alert(1)</script>"),
    "a program": ("tool.exe", b"MZ"),
    "no ending": ("letter", PDF),
    "an old office file": ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "a picture that runs": ("picture.svg", b"<svg onload='x'/>"),
}


@pytest.fixture
def lying(tmp_path: Path):
    def write(content: bytes) -> Path:
        path = tmp_path / "content"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize("name", GOOD)
def test_a_kind_that_is_taken_is_known_by_its_content(lying, name):
    content, media_type = GOOD[name]
    assert look(lying(content), name) == media_type


def test_every_kind_that_is_taken_is_tried():
    assert {media_type for _, media_type in GOOD.values()} == {kind.media_type for kind in KINDS}


@pytest.mark.parametrize("what", BAD)
def test_what_is_not_taken_is_refused_with_what_to_do(lying, what):
    name, content = BAD[what]
    with pytest.raises(BadInput, match=r"\.pdf.*\.docx"):
        look(lying(content), name)


def test_a_list_of_contents_that_is_a_bomb_costs_no_memory(lying):
    """A million entries: read into memory they would be some hundred megabytes."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0) + b"word"
    listed = entry * 60_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 60_000, 60_000, len(listed), 4, 0)
    path = lying(b"PK\3\4" + listed + end)
    tracemalloc.start()
    with pytest.raises(BadInput):
        look(path, "letter.docx")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_names_that_stand_twice_are_refused(lying):
    once = docx({"word/document.xmm": b"<w:document/>"})
    twice = lying(once.replace(b"word/document.xmm", b"word/document.xml"))
    with pytest.raises(BadInput):
        look(twice, "letter.docx")


@given(cut=st.integers(0, 300), at=st.integers(0, 300), put=st.binary(max_size=40))
def test_whatever_is_done_to_an_office_file_it_is_taken_or_refused(tmp_path_factory, cut, at, put):
    whole = docx()
    spoiled = whole[: at % len(whole)] + put + whole[at % len(whole) + cut :]
    path = tmp_path_factory.getbasetemp() / "spoiled"
    path.write_bytes(spoiled)
    try:
        assert look(path, "letter.docx").endswith("wordprocessingml.document")
    except BadInput:
        assert spoiled != whole
