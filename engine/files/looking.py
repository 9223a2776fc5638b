"""What a file is, by its content: a short list of kinds is taken, and what a name or a sender says counts
for nothing but that it must agree."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import filetype

from engine.errors import BadInput
from engine.files.office import is_office

#: Bytes at a file's beginning that tell its kind.
_HEAD = 8192
_CHUNK = 256 * 1024


class Kind(NamedTuple):
    """A kind of file that is taken: its media type and the endings that its name may have."""

    media_type: str
    endings: tuple[str, ...]


def _plain(media_type: str) -> Callable[[Path, bytes], bool]:
    def matches(_path: Path, head: bytes) -> bool:
        found = filetype.guess(head)
        return found is not None and found.mime == media_type

    return matches


def _text(path: Path, head: bytes) -> bool:
    return b"\0" not in head and _is_utf8(path)


def _office(inside: str) -> Callable[[Path, bytes], bool]:
    def matches(path: Path, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04") and is_office(path, inside)

    return matches


_OOXML = "application/vnd.openxmlformats-officedocument."
#: Every kind that is taken, and the look that tells it.
_LOOKS: Mapping[Kind, Callable[[Path, bytes], bool]] = {
    Kind("application/pdf", (".pdf",)): _plain("application/pdf"),
    Kind("image/png", (".png",)): _plain("image/png"),
    Kind("image/jpeg", (".jpg", ".jpeg")): _plain("image/jpeg"),
    Kind("image/heic", (".heic", ".heif")): _plain("image/heic"),
    Kind("image/tiff", (".tif", ".tiff")): _plain("image/tiff"),
    Kind(_OOXML + "wordprocessingml.document", (".docx",)): _office("word/"),
    Kind(_OOXML + "spreadsheetml.sheet", (".xlsx",)): _office("xl/"),
    Kind("text/csv", (".csv",)): _text,
    Kind("text/plain", (".txt",)): _text,
}
KINDS = tuple(_LOOKS)


def look(path: Path, name: str) -> str:
    """The media type of a file, by its content.

    Args:
        path: where its bytes lie.
        name: what its sender calls it; its ending must agree with what it is.

    Raises:
        BadInput: it isn't of a kind that is taken, or isn't what its name says.
    """
    ending = Path(name).suffix.lower()
    named = [kind for kind in KINDS if ending in kind.endings]
    if not named:
        raise BadInput.field("name", f"A file must be one of: {_endings()}. Save it as one of these.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not _LOOKS[named[0]](path, head):
        raise BadInput.field(
            "content",
            f"The content isn't that of a {ending} file without macros. Open the file, save it as"
            f" one of these, and send it again: {_endings()}.",
        )
    return named[0].media_type


def _endings() -> str:
    return ", ".join(ending for kind in KINDS for ending in kind.endings)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
