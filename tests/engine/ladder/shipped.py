"""The ladder that this release brings, and some that a process owner might make of it."""

from __future__ import annotations

from engine.config import Settings
from engine.ladder import FILE, Known, Ladder, read_ladder

TEXT = (Settings.from_environment({}).bpmn_folder / FILE).read_text("utf-8")


def shipped(known: Known | None = None) -> Ladder:
    """The ladder as it is read."""
    return read_ladder(TEXT, known=known)


def another(text: str, before: str, after: str) -> str:
    """A ladder with other words in every cell that says something; it must say it somewhere."""
    assert f"<text>{before}</text>" in text
    return text.replace(f"<text>{before}</text>", f"<text>{after}</text>")


def kept_longer() -> str:
    """The ladder by which the manager, and the designated officer, keep what is late two days longer."""
    text = TEXT
    for before, after in (
        ("[1..2]", "[1..4]"),
        ("2", "[2..4]"),
        ("[3..14]", "[5..14]"),
        ("&gt;= 3", "&gt;= 5"),
    ):
        text = another(text, before, after)
    return text
