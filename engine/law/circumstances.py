"""The exceptions: circumstances that lift a limit if they make keeping it impractical."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.law.rules import Confidence


@dataclass(frozen=True, slots=True)
class Circumstance:
    """An exception as a code that a case can record.

    Args:
        code: its stable code, ``EX_...``.
        title: a few words for a list.
        circumstance: what must be so, in a sentence or two.
        effect: what recording it does.
        where: the provisions it stands in.
        in_force_from: the first day it may be relied on.
        in_force_to: the last such day, or None while it is law.
        confidence: how the text was checked.
        checked_on: when that was.
    """

    code: str
    title: str
    circumstance: str
    effect: str
    where: str
    in_force_from: date
    in_force_to: date | None
    confidence: Confidence
    checked_on: date

    def is_in_force(self, on: date) -> bool:
        """Whether it may be relied on for something that happened on a day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)
