"""Days as diagrams, forms and callers write them."""

from __future__ import annotations

from datetime import date, datetime

from engine.clock import day_of


def as_day(value: object) -> date | None:
    """A FEEL date, ISO text or instant as a day in London; None for null.

    Raises:
        ValueError: it isn't a day.
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        return day_of(value)
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{value!s} isn't a day. Give a FEEL date.") from None
