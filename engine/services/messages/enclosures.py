"""What goes with a message besides its words: the PDF of a letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.messages.queue import Taken


def enclosed(engine: Engine, message: Taken) -> bytes | None:
    """The PDF that a letter is; None for any other message, and for a letter that isn't made yet."""
    del engine, message
    return None
