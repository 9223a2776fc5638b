"""The ladder that this release brings, and what its cells may name."""

from __future__ import annotations

from engine.config import Settings
from engine.ladder import FILE, Known, Ladder, read_ladder

TEXT = (Settings.from_environment({}).bpmn_folder / FILE).read_text("utf-8")


def shipped(known: Known | None = None) -> Ladder:
    """The ladder as it is read."""
    return read_ladder(TEXT, known=known)
