"""Built-ins that make values: dates, times, durations, numbers, strings, contexts and ranges."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.errors import NoValue
from engine.feel.evaluation import Evaluation
from engine.feel.functions import family
from engine.feel.numbers import CONTEXT, from_text
from engine.feel.operators.comparison import order
from engine.feel.syntax.tokens import unescape
from engine.feel.temporal import (
    Date,
    DateAndTime,
    DaysAndTime,
    Time,
    YearsAndMonths,
    read_date,
    read_date_and_time,
    read_duration,
    read_temporal,
    read_time,
)
from engine.feel.temporal.moments import WIDEST_OFFSET
from engine.feel.temporal.zones import NANOS, is_zone
from engine.feel.texts import as_text
from engine.feel.values import UNBOUNDED, Range, Value

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")
_RANGE = re.compile(r"\s*([\[(\]])\s*(.*?)\s*\.\.\s*(.*?)\s*([\])\[])\s*", re.DOTALL)
_ONE_SIDED = re.compile(r"\s*\(\s*(<=|<|>=|>|=)\s*(.*?)\s*\)\s*", re.DOTALL)
_CALLED = re.compile(r'(date|time|date and time|duration)\s*\(\s*("(?:[^"\\]|\\.)*")\s*\)')


def _read(value: Value, what: str) -> Value:
    if value is None:
        raise NoValue(f"the text is no {what}")
    return value


def _date_from(source: str | Date | DateAndTime) -> Date:
    if isinstance(source, DateAndTime):
        return source.date
    return source if isinstance(source, Date) else _read(read_date(source), "date")


def _time_from(source: str | Time | DateAndTime | Date, *, evaluation: Evaluation) -> Time:
    if isinstance(source, Date):
        return Time(0, 0)
    if isinstance(source, DateAndTime):
        return source.time
    time = source if isinstance(source, Time) else _read(read_time(source), "time")
    return time.on(evaluation.today().number)


def _clock(hour: int, minute: int, second: Decimal) -> int:
    nanos = int(CONTEXT.multiply(second, Decimal(NANOS)))
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= nanos < 60 * NANOS):
        raise NoValue("there is no such time of day")
    return (hour * 3_600 + minute * 60) * NANOS + nanos


def _offset(length: DaysAndTime | None) -> int | None:
    if length is None:
        return None
    seconds, rest = divmod(length.nanos, NANOS)
    if abs(seconds) > WIDEST_OFFSET or rest:
        raise NoValue("an offset is at most 18 hours")
    return seconds


def _time(hour: int, minute: int, second: Decimal, offset: DaysAndTime | None = None) -> Time:
    return Time(_clock(hour, minute, second), _offset(offset))


def _moment_from(source: str | Date | DateAndTime) -> DateAndTime:
    if isinstance(source, DateAndTime):
        return source
    if isinstance(source, Date):
        return DateAndTime(source, 0, 0)
    day = read_date(source)
    return DateAndTime(day, 0) if day else _read(read_date_and_time(source), "date and time")


def _moment_of(date: Date | DateAndTime, time: Time) -> DateAndTime:
    day = date.date if isinstance(date, DateAndTime) else date
    return DateAndTime(day, time.nanos, None if time.zone else time.offset, time.zone)


def _moment_in(date: DateAndTime, timezone: str) -> DateAndTime:
    if not is_zone(timezone):
        raise NoValue(f"there is no time zone '{timezone}'")
    if not date.is_zoned:
        return DateAndTime(date.date, date.nanos, None, timezone)
    return DateAndTime.from_instant(date.line, timezone, None)


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: Decimal, zone: Value = None
) -> DateAndTime:
    if isinstance(zone, str) and not is_zone(zone):
        raise NoValue(f"there is no time zone '{zone}'")
    offset, name = (None, zone) if isinstance(zone, str) else (_offset(zone), None)
    return DateAndTime(Date(year, month, day), _clock(hour, minute, second), offset, name)


def _duration(source: str | DaysAndTime | YearsAndMonths) -> Value:
    return _read(read_duration(source), "duration") if isinstance(source, str) else source


def _months_between(start: Date | DateAndTime, end: Date | DateAndTime) -> YearsAndMonths:
    first, last = _split(start), _split(end)
    months = (last[0].year - first[0].year) * 12 + last[0].month - first[0].month
    part_of_month = (last[0].day, last[1]), (first[0].day, first[1])
    if months > 0 and part_of_month[0] < part_of_month[1]:
        months -= 1
    elif months < 0 and part_of_month[0] > part_of_month[1]:
        months += 1
    return YearsAndMonths(months)


def _split(moment: Date | DateAndTime) -> tuple[Date, int]:
    return (moment.date, moment.nanos) if isinstance(moment, DateAndTime) else (moment, 0)


def _number_from(source: str | Decimal) -> Decimal:
    if isinstance(source, Decimal):
        return source
    text = source.strip()
    return _read(from_text(text) if _NUMBER.fullmatch(text) else None, "number")  # type: ignore[no-any-return]


def _number(source: str, grouping: str | None, decimal: str | None) -> Decimal:
    known = grouping in (None, " ", ",", ".") and decimal in (None, ",", ".")
    if not known or (grouping is not None and grouping == decimal):
        raise NoValue("the separators are blank, comma or point, and not the same")
    text = source.replace(grouping, "") if grouping else source
    return _number_from(text.replace(decimal, ".") if decimal else text)


def _string(source: Value, *, evaluation: Evaluation) -> Value:
    if source is None:
        return None
    evaluation.weigh(source)
    return as_text(source)


def _context(entries: list[Value]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for entry in entries:
        if type(entry) is not dict or not {"key", "value"} <= entry.keys() or type(entry["key"]) is not str:
            raise NoValue("each entry is a context of key (a string) and value")
        if entry["key"] in result:
            raise NoValue(f"the key '{entry['key']}' is given twice")
        result[entry["key"]] = entry["value"]
    return result


def _range_from(source: str) -> Range:
    found = _RANGE.fullmatch(source)
    if found is None:
        return _one_sided_from(source)
    left, low, high, right = found.groups()
    span = Range(_end(low), _end(high), left == "[", right == "]")
    if span.low is UNBOUNDED and span.high is UNBOUNDED:
        raise NoValue("a range has at least one end")
    if UNBOUNDED not in (span.low, span.high):
        result = order(span.low, span.high)
        if result is None or result > 0:
            raise NoValue("the ends are of two types or in the wrong order")
    elif (span.low is UNBOUNDED and span.low_closed) or (span.high is UNBOUNDED and span.high_closed):
        raise NoValue("a missing end can't be included")
    return span


def _one_sided_from(source: str) -> Range:
    found = _ONE_SIDED.fullmatch(source)
    if found is None:
        raise NoValue("the text is no range")
    operator, end = found[1], _end(found[2])
    if end is UNBOUNDED:
        raise NoValue("the text is no range")
    if operator == "=":
        return Range(end, end, True, True)
    if operator[0] == "<":
        return Range(UNBOUNDED, end, False, operator == "<=")
    return Range(end, UNBOUNDED, operator == ">=", False)


def _end(text: str) -> Value:
    """The literal at an end of a range that is written as text; nothing there means no end."""
    if text == "":
        return UNBOUNDED
    if len(text) > 1 and text[0] == text[-1] == '"':
        return unescape(text[1:-1])
    called = _CALLED.fullmatch(text)
    if called or text.startswith('@"'):
        return _read(read_temporal(unescape(called[2][1:-1] if called else text[2:-1])), "range")
    return _read(from_text(text) if _NUMBER.fullmatch(text) else None, "range")


CONVERSION = family(
    [
        ("date(from: string|date|date and time) -> date", _date_from),
        ("date(year: integer, month: integer, day: integer) -> date", Date),
        ("time(from: string|time|date and time|date) -> time", _time_from),
        (
            "time(hour: integer, minute: integer, second: number, "
            "offset: days and time duration|null?) -> time",
            _time,
        ),
        ("date and time(from: string|date and time|date) -> date and time", _moment_from),
        ("date and time(date: date|date and time, time: time) -> date and time", _moment_of),
        ("date and time(date: date and time, timezone: string) -> date and time", _moment_in),
        (
            "date and time(year: integer, month: integer, day: integer, hour: integer, minute: integer, "
            "second: number, offset: days and time duration|null?) -> date and time",
            _moment,
        ),
        (
            "date and time(year: integer, month: integer, day: integer, hour: integer, minute: integer, "
            "second: number, timezone: string) -> date and time",
            _moment,
        ),
        ("duration(from: string|duration)", _duration),
        (
            "years and months duration(from: date|date and time, to: date|date and time)"
            " -> years and months duration",
            _months_between,
        ),
        ("number(from: string|number) -> number", _number_from),
        (
            "number(from: string, grouping separator: string|null, decimal separator: string|null) -> number",
            _number,
        ),
        ("string(from: any) -> string", _string),
        ("context(entries: list) -> context", _context),
        ("range(from: string) -> range", _range_from),
    ]
)
