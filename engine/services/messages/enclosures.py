"""What goes with a message besides its words: the PDF of a letter."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.errors import Conflict
from engine.letters.printing import AddressRefused, PdfRefused
from engine.services.notices.pdfs import letter_of_copy

if TYPE_CHECKING:
    from engine.application import Engine
    from engine.services.messages.queue import Taken

log = logging.getLogger(__name__)


def enclosed(engine: Engine, message: Taken) -> bytes | None:
    """The PDF that a letter is; None for any other message, and for a letter that isn't made yet."""
    if message.channel != "letter" or message.delivery_key is None:
        return None
    try:
        return letter_of_copy(engine, message.delivery_key)
    except (AddressRefused, Conflict, PdfRefused) as reason:
        log.warning("Message %s has no letter yet (%s).", message.key, type(reason).__name__)
        return None
