"""Offsets of named time zones, from the packaged zone data and never the machine's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from engine.feel.temporal.civil import civil_from_days

NANOS = 1_000_000_000
DAY_NANOS = 86_400 * NANOS
_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    listing = files("tzdata").joinpath("zones").read_text(encoding="utf-8")
    return frozenset(listing.split())


@lru_cache(maxsize=600)
def time_zone(name: str) -> ZoneInfo:
    """The rules of a named zone."""
    resource = files("tzdata").joinpath("zoneinfo", *name.split("/"))
    with resource.open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def is_zone(name: str) -> bool:
    """Whether the name is one of the IANA time zones."""
    return bool(_NAME.fullmatch(name)) and name in _zone_names()


def _near_year(year: int) -> int:
    """A year the standard library can count in, with the same calendar and the same zone rules."""
    if year > 9_000:
        return 2_400 + year % 400
    return max(year, 2)


def offset_at_local(name: str, day: int, nanos: int) -> int:
    """The offset from UTC, in seconds, of a local time in a zone; the earlier one in a repeated hour."""
    year, month, date = civil_from_days(day)
    local = datetime(_near_year(year), month, date, tzinfo=time_zone(name)) if year >= 2 else _early(name)
    moment = (local.replace(tzinfo=None) + timedelta(seconds=nanos // NANOS)).replace(tzinfo=time_zone(name))
    return _seconds(moment.utcoffset())


def offset_at_instant(name: str, instant: int) -> int:
    """The offset from UTC, in seconds, that a zone has at an instant (nanoseconds from 1970, UTC)."""
    day, nanos = divmod(instant, DAY_NANOS)
    year, month, date = civil_from_days(day)
    if year < 2:
        return _seconds(_early(name).utcoffset())
    moment = datetime(_near_year(year), month, date, tzinfo=UTC) + timedelta(seconds=nanos // NANOS)
    return _seconds(moment.astimezone(time_zone(name)).utcoffset())


def _early(name: str) -> datetime:
    return datetime(2, 1, 1, tzinfo=time_zone(name))


def _seconds(offset: timedelta | None) -> int:
    return 0 if offset is None else offset.days * 86_400 + offset.seconds
