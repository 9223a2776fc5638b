"""What a provider says of one copy of a notice: that it arrived, or that it didn't."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from engine.services.notices.copies import copy_in, note_arrival

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def hear_of(step: CaseStep, delivery_key: int, state: str, on: date) -> None:
    """Take what a provider says of a copy. What somebody knows to have arrived, stays so.

    A day before the sending, or one that hasn't come, is a clock's mistake: the nearest that can be is taken.
    """
    copy = copy_in(step, delivery_key)
    if copy.state not in ("delivered", state):
        note_arrival(step, delivery_key, state, min(max(on, copy.sent_on), step.today))
