"""The folder that all processes of one test run share: made by the first, removed by it when the others are done.

owner       process id of the run; a folder whose owner is dead is cleared away by the next run
lock        held while something is made that all processes use
quick       where databases lie: in memory, if the machine has room there
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import postgresql

FOLDER = "EHC_TEST_RUN"
PREFIX = "ehc-tests-"
MEMORY = Path("/dev/shm")
ROOM_NEEDED = 2 * 1024**3


def open_for_this_run() -> Path:
    """Make the folder, and clear away those of runs that were killed. The workers inherit it by environment."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/owner"):
        if left.owner() == Path(f"/proc/{os.getpid()}").owner() and not _alive(left.read_text()):
            remove(left.parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    (folder / "owner").write_text(str(os.getpid()))
    (folder / "quick").symlink_to(
        tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY if _has_room(MEMORY) else folder)
    )
    os.environ[FOLDER] = str(folder)
    return folder


def of_this_run() -> Path:
    """The folder, in any process of the run."""
    return Path(os.environ[FOLDER])


def remove(folder: Path) -> None:
    """Stop what runs in a run's folder, and remove it."""
    quick = (folder / "quick").resolve()
    postgresql.stop(folder)
    shutil.rmtree(quick, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alive(process: str) -> bool:
    return process.isdigit() and Path(f"/proc/{process}").exists()


def _has_room(folder: Path) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free > ROOM_NEEDED
