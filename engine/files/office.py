"""Looks into an office file without unpacking it: what it holds, that it holds no program, and that it is no
bomb. Its list of contents is measured before anything reads it, so that a hostile one costs no memory."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

#: What the list of contents of an honest file stays far below.
_MOST_ENTRIES = 5_000
_LARGEST_LIST = 2 * 1024 * 1024
#: Bytes that an honest file may have unpacked, and how many times its own length that may be.
_LARGEST_INSIDE = 512 * 1024 * 1024
_MOST_TIMES = 200
#: Small files may be packed better than that: white space, an empty sheet.
_ALWAYS_ALLOWED = 16 * 1024 * 1024
_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_LONGEST_COMMENT = 65_535
_TYPES = "[Content_Types].xml"
_LARGEST_TYPES = 1024 * 1024
_ENCRYPTED = 0x1
#: Parts that run.
_PROGRAMS = ("vbaproject.bin", "vbadata.xml", "/activex/", "/macrosheets/")


def is_office(path: Path, inside: str) -> bool:
    """Whether a file is an office file with this folder inside, without a program, and no bomb."""
    if not _list_is_small(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return _is_sound(archive, path.stat().st_size) and _holds(archive, inside)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, RuntimeError, EOFError):
        return False  # it says something that no office program writes


def _list_is_small(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _END.size - _LONGEST_COMMENT))
        tail = file.read()
    at = tail.rfind(_END_MARK)
    if at < 0 or len(tail) - at < _END.size:
        return False
    _, _, _, _, entries, length, _, _ = _END.unpack_from(tail, at)
    # 0xFFFF and 0xFFFFFFFF send the reader to the longer form, which no file of our size needs.
    return bool(entries <= _MOST_ENTRIES and length <= _LARGEST_LIST)


def _is_sound(archive: zipfile.ZipFile, size: int) -> bool:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    return (
        len(names) <= _MOST_ENTRIES
        and len(set(names)) == len(names)
        and unpacked <= _LARGEST_INSIDE
        and unpacked <= max(_ALWAYS_ALLOWED, _MOST_TIMES * size)
        and not any(entry.flag_bits & _ENCRYPTED for entry in entries)
        and not any(program in f"/{name.lower()}" for name in names for program in _PROGRAMS)
    )


def _holds(archive: zipfile.ZipFile, inside: str) -> bool:
    names = archive.namelist()
    if _TYPES not in names or not any(name.startswith(inside) for name in names):
        return False
    with archive.open(_TYPES) as file:
        types = file.read(_LARGEST_TYPES + 1)
    return len(types) <= _LARGEST_TYPES and b"macroEnabled" not in types
