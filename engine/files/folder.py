"""The folder of an installation's files: each lies under its own content's hash, never under a name.

    <folder>/incoming/           what is on its way; nothing here is anybody's yet
    <folder>/<authority>/ab/ab12...   a stored file, by its SHA-256

A file is written, synced to the disk and only then renamed to its place, so that what lies there is whole.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import Busy, Conflict

#: Bytes that are held in memory at a time.
CHUNK = 256 * 1024
#: Gives the next bytes, at most as many as asked for; nothing at the end.
Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Staged:
    """A file that has arrived and is nobody's yet: where it lies, its length in bytes, its SHA-256 in hex."""

    path: Path
    size: int
    digest: str


class FileFolder:
    """The bytes of files. Nothing is made before something is to be kept."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # --- arriving ----------------------------------------------------------------------------

    @contextmanager
    def staged(self, read: Read, most: int) -> Iterator[Staged]:
        """Write what is read to a file of its own, which is gone afterwards unless it was kept.

        Reading ends after `most` bytes and one more, which shows whoever asked that it is too long.
        """
        path = self.new_part()
        try:
            size, digest = self._write(path, read, most + 1)
            yield Staged(path, size, digest)
        finally:
            path.unlink(missing_ok=True)

    def new_part(self) -> Path:
        """An empty file for bytes that are on their way, under a name of chance."""
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._incoming / f"{secrets.token_hex(16)}.part"
        path.touch(mode=0o600)
        return path

    def part(self, name: str) -> Path:
        """Where the part of this name lies."""
        return self._incoming / name

    @contextmanager
    def held(self, name: str) -> Iterator[Part]:
        """A part that nobody else writes meanwhile.

        Raises:
            Conflict: somebody does, or it isn't there any more.
        """
        try:
            file = self.part(name).open("r+b")
        except FileNotFoundError:
            raise Conflict("What was sent before is no longer there. Begin the upload again.") from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("Another request is sending a part of this file. Wait for its end.") from None
            with self._room_on_disk():
                yield Part(file)

    def hashed(self, name: str) -> Staged:
        """A part as a whole: the state of a hash can't be kept between requests."""
        path = self.part(name)
        digest = hashlib.sha256()
        with path.open("rb") as file:
            size = _copy(file.read, digest.update, path.stat().st_size)
        return Staged(path, size, digest.hexdigest())

    def drop_part(self, name: str) -> None:
        """Forget a part; one that isn't there is no mistake."""
        self.part(name).unlink(missing_ok=True)

    # --- kept --------------------------------------------------------------------------------

    def keep(self, staged: Staged, authority: str) -> None:
        """Move a file to its place; one with the same content is replaced by its equal."""
        place = self.place(authority, staged.digest)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        staged.path.replace(place)
        _sync_folder(place.parent)

    def place(self, authority: str, digest: str) -> Path:
        """Where a file of an authority lies, whether it is there or not."""
        return self.root / authority / digest[:2] / digest

    def holds(self, authority: str, digest: str) -> bool:
        """Whether the file is there."""
        return self.place(authority, digest).is_file()

    def remove(self, authority: str, digest: str) -> None:
        """Destroy the bytes of a file; one that isn't there is no mistake."""
        self.place(authority, digest).unlink(missing_ok=True)

    # --- inside ------------------------------------------------------------------------------

    @property
    def _incoming(self) -> Path:
        return self.root / "incoming"

    def _write(self, path: Path, read: Read, most: int) -> tuple[int, str]:
        digest = hashlib.sha256()
        with self._room_on_disk(), path.open("wb") as file:

            def take(chunk: bytes) -> None:
                digest.update(chunk)
                file.write(chunk)

            size = _copy(read, take, most)
            file.flush()
            os.fsync(file.fileno())
        return size, digest.hexdigest()

    @contextmanager
    def _room_on_disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if shutil.disk_usage(self.root).free > CHUNK:
                raise
            raise Busy("There is no room for files now. Nothing was changed: send it again later.") from error


class Part:
    """A file that is sent in parts, while it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def append(self, read: Read, *, offset: int, most: int) -> int:
        """Write what is read behind the first `offset` bytes; gives how many bytes came.

        Raises:
            Conflict: it is shorter than that.
        """
        if os.fstat(self._file.fileno()).st_size < offset:
            raise Conflict("What was sent before is no longer there. Begin the upload again.")
        self.cut(offset)  # what an interrupted request left behind it
        self._file.seek(offset)
        came = _copy(read, self._file.write, most)
        self._file.flush()
        os.fsync(self._file.fileno())
        return came

    def cut(self, offset: int) -> None:
        """Forget what stands behind the first `offset` bytes."""
        self._file.truncate(offset)


def _copy(read: Read, write: Callable[[bytes], object], most: int) -> int:
    """Hand on what is read, at most so many bytes; gives how many they were."""
    left = most
    while left > 0 and (chunk := read(min(CHUNK, left))):
        write(chunk)
        left -= len(chunk)
    return most - left


def _sync_folder(folder: Path) -> None:
    """A rename lasts once its folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
