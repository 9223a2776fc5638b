"""A letter leaves the house later than it was made: from then on its copy counts as sent, and as served."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.definitions import vocabulary
from engine.services.audit.audit import Event
from engine.services.notices.copies import copy_in, leave_house
from engine.services.notices.letters_sent import chase_at
from engine.services.notices.notice_recipients import served_on

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def posted(step: CaseStep, delivery_key: int, on: date) -> None:
    """Take it that a copy was posted on a day; what counts from its service follows.

    Raises:
        NotFound: the case has no such copy.
    """
    copy = copy_in(step, delivery_key)
    kind = vocabulary().letters.get(copy.kind)
    chased = chase_at(step, on) if kind is not None and kind.chased else None
    step.audit.append(Event.LETTER_POSTED, notice=copy.notice_key, delivery=copy.key, posted=on.isoformat())
    leave_house(step, copy, on, channel="post", served_on=served_on(step, "post", on), chase_at=chased)
