"""Answers that are days, times of day, or both."""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.clock import day_of
from engine.forms.document import Component
from engine.forms.formulas import Scope
from engine.forms.kinds.kind import Schema, nullable

_TIME = r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d{2}:\d{2})?$"
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def subtype(component: Component) -> str:
    """``date``, ``time`` or ``datetime``; a date where the form doesn't say."""
    return str(component.attributes.get("subtype") or "date")


class DateOrTime:
    """A day (``2026-11-23``), a time of day (``14:30``), or a day with its time."""

    def empty(self, component: Component) -> object:
        """Null."""
        return None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A string in the format of the subtype."""
        if subtype(component) == "time":
            return nullable({"type": "string", "pattern": _TIME}, component)
        wanted = "date" if subtype(component) == "date" else "date-time"
        return nullable({"type": "string", "format": wanted}, component)

    def missing(self, component: Component) -> str:
        """Ask for the day or time."""
        wanted = {"date": "a date", "time": "a time"}.get(subtype(component), "a date and a time")
        return f"Enter {wanted} for “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """A day or time that exists; not a past day where the form forbids it."""
        if not isinstance(value, str) or not _exists(subtype(component), value):
            return f"“{component.title}” must be {_described(component, scope)}."
        if component.attributes.get("disallowPassedDates") is True and subtype(component) != "time":
            return _past_fault(component, value, scope)
        return None

    def example(self, component: Component, text: str) -> object:
        """The text as it stands, in ISO form."""
        return text


def _exists(kind: str, value: str) -> bool:
    if kind == "time":
        return re.fullmatch(_TIME, value) is not None
    try:
        if kind == "date":
            return _DATE.match(value) is not None and date.fromisoformat(value) is not None
        return len(value) > len("2026-01-01") and datetime.fromisoformat(value).utcoffset() is not None
    except ValueError:
        return False


def _described(component: Component, scope: Scope) -> str:
    today = day_of(scope.now).isoformat()
    examples = {
        "date": f"a real date, written like {today}",
        "time": "a time of day, written like 14:30",
    }
    return examples.get(subtype(component), f"a date and time with its offset, like {today}T14:30:00Z")


def _past_fault(component: Component, value: str, scope: Scope) -> str | None:
    day = date.fromisoformat(value) if subtype(component) == "date" else day_of(datetime.fromisoformat(value))
    if day >= day_of(scope.now):
        return None
    return f"“{component.title}” can't be in the past. Enter today or a later day."
