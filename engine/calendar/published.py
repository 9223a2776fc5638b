"""The shipped bank holidays, and corrections of them, as they are read from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from engine.calendar.errors import CalendarRefused
from engine.calendar.working_days import Calendar, Correction

SHIPPED = "bank_holidays.yaml"
_KEYS = {"division", "source", "checked_on", "published_from", "published_to", "days", "proclaimed"}
_CORRECTION_KEYS = {"day", "is_holiday", "reason"}


@cache
def england() -> Calendar:
    """England's calendar as shipped with this release, read once."""
    text = files("engine.calendar").joinpath(SHIPPED).read_text("utf-8")
    return read_calendar(yaml.safe_load(text), SHIPPED)


def read_calendar(data: object, where: str) -> Calendar:
    """A calendar from the shape of ``bank_holidays.yaml``.

    Raises:
        CalendarRefused: naming the file, the key and the form it takes.
    """
    table = _table(data, where, "the whole file", _KEYS)
    first, last = (_day(table[key], where, key) for key in ("published_from", "published_to"))
    days = _named_days(table["days"], where, "days") | _named_days(table["proclaimed"], where, "proclaimed")
    for day in days:
        if not first <= day <= last:
            raise CalendarRefused(
                where,
                str(day),
                f"it lies outside {first} to {last}.",
                "Widen published_from or published_to.",
            )
    return Calendar(MappingProxyType(days), first, last, _day(table["checked_on"], where, "checked_on"))


def read_corrections(data: object, where: str) -> tuple[Correction, ...]:
    """Corrections from a list of ``{day, is_holiday: true | false, reason}``.

    Raises:
        CalendarRefused: naming the entry and the form it takes.
    """
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise CalendarRefused(
            where, "the whole file", "it is no list.", "Write a list of day, is_holiday and reason."
        )
    return tuple(_correction(entry, where, f"entry {number}") for number, entry in enumerate(data, 1))


def _correction(entry: object, where: str, key: str) -> Correction:
    table = _table(entry, where, key, _CORRECTION_KEYS)
    is_holiday, reason = table["is_holiday"], table["reason"]
    if not isinstance(is_holiday, bool):
        raise CalendarRefused(where, key, f"is_holiday is {is_holiday!r}.", "Write true or false.")
    if not isinstance(reason, str) or not reason.strip():
        raise CalendarRefused(where, key, "no reason is given.", "Say why, and who proclaimed it.")
    return Correction(_day(table["day"], where, key), is_holiday, reason)


def _table(data: object, where: str, key: str, keys: set[str]) -> Mapping[str, object]:
    form = f"Write exactly the keys {', '.join(sorted(keys))}."
    if not isinstance(data, Mapping):
        raise CalendarRefused(where, key, "it is no table of keys.", form)
    if wrong := {str(name) for name in data} ^ keys:
        raise CalendarRefused(
            where, key, f"these keys are missing or unknown: {', '.join(sorted(wrong))}.", form
        )
    return data


def _named_days(data: object, where: str, key: str) -> dict[date, str]:
    if not isinstance(data, Mapping):
        raise CalendarRefused(where, key, "it is no table.", "Write each day as YYYY-MM-DD: its name.")
    return {_day(day, where, key): str(name) for day, name in data.items()}


def _day(value: object, where: str, key: str) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise CalendarRefused(where, key, f"{value!r} is no date.", "Write it as YYYY-MM-DD.") from None
