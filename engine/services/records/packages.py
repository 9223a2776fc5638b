"""Writes a package that leaves the house: a ZIP on the disk, with a list of every part's hash."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from engine.clock import LONDON, format_instant

_CHUNK = 256 * 1024
MANIFEST = "manifest.json"


class Package:
    """A ZIP that grows. Nothing of it is held in memory but the list of its parts."""

    def __init__(self, path: Path, at: datetime) -> None:
        """Begin a package in this file; `at` is what its parts are dated with."""
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._date = at.astimezone(LONDON).timetuple()[:6]
        self.parts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write a part."""
        info = zipfile.ZipInfo(name, self._date)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        self.parts[name] = {"sha256": digest.hexdigest(), "size": size}

    def add_text(self, name: str, text: str) -> None:
        """Write a part that is text."""
        self.add(name, [text.encode()])

    def add_json(self, name: str, value: Any) -> None:
        """Write a part that is JSON, made to be read by people too."""
        self.add_text(name, json.dumps(value, indent=2, ensure_ascii=False, default=plain) + "\n")

    def add_file(self, name: str, path: Path) -> None:
        """Write a part that lies on the disk."""
        self.add(name, _pieces(path))

    def close(self, facts: Mapping[str, Any]) -> None:
        """Write the list of parts with these facts, and end."""
        self.add_json(MANIFEST, {**facts, "parts": dict(self.parts)})
        self._zip.close()

    def give_up(self) -> None:
        """End without a list: the file is no package."""
        self._zip.close()


@contextmanager
def packed(path: Path, at: datetime, facts: Callable[[], Mapping[str, Any]]) -> Iterator[Package]:
    """A package that is closed with its facts at the end; what breaks off leaves no file."""
    package = Package(path, at)
    try:
        yield package
        package.close(facts())
    except BaseException:
        package.give_up()
        path.unlink(missing_ok=True)
        raise


def lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Rows as JSON Lines."""
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, default=plain, separators=(",", ":")).encode() + b"\n"


def plain(value: Any) -> Any:
    """A value of a column as JSON writes it: instants in UTC, days, and bytes in Base64.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} can't be written as JSON.")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
