"""Values to JSON and back.

``to_json`` is for people and other programs: temporal values become ISO text. ``freeze`` is for state that
must come back as it was: what JSON would change is tagged, and ``thaw`` reads the tags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.feel.evaluation import count_parts
from engine.feel.inward import taken_in
from engine.feel.numbers import from_text, to_text
from engine.feel.temporal import TEMPORAL_CLASSES, Date, DateAndTime, Time, read_temporal
from engine.feel.values import UNBOUNDED, Function, Range, Value

MOST_PARTS = 1_000_000
TEMPORAL_TAG = "@"
NUMBER_TAG = "@n"
OFFSET_TAG = "@offset"
RANGE_TAG = "@range"
ESCAPE_TAG = "@context"
_TAGS = frozenset((TEMPORAL_TAG, NUMBER_TAG, RANGE_TAG, ESCAPE_TAG))


def to_json(value: Value) -> Any:
    """A value as plain JSON: temporal values, ranges and functions as text, whole numbers as int.

    Other numbers become floats if that changes nothing, else text.

    Raises:
        LimitExceeded: for a value of more than a million parts or more than 100 levels.
    """
    count_parts(value, MOST_PARTS)
    return _plain(value)


def _plain(value: Value) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (Decimal, int, float)):
        return _number(value if isinstance(value, Decimal) else Decimal(str(value)))
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Range):
        return range_text(value, lambda end: str(_plain(end)))
    if isinstance(value, (date, datetime)):
        return str(taken_in(value, _no_day))
    return str(value)


def _number(value: Decimal) -> int | float | str:
    text = to_text(value)
    if "." not in text:
        return int(text) if len(text) < 4_000 else text
    return float(text) if to_text(Decimal(repr(float(text)))) == text else text


def range_text(span: Range, show: Callable[[Value], str]) -> str:
    """A range as it is written: ``[1..5)``, ``(< 5)``, ``(>= 5)``."""
    if span.low is UNBOUNDED:
        return f"({'<=' if span.high_closed else '<'} {show(span.high)})"
    if span.high is UNBOUNDED:
        return f"({'>=' if span.low_closed else '>'} {show(span.low)})"
    left, right = "[" if span.low_closed else "(", "]" if span.high_closed else ")"
    return f"{left}{show(span.low)}..{show(span.high)}{right}"


def from_json(value: Any) -> Value:
    """The FEEL value of plain JSON: numbers become decimals, everything else stays as it is.

    Raises:
        TypeError: for something that isn't JSON.
        ValueError: for a number outside FEEL's range, or more than 100 levels.
    """
    try:
        return taken_in(value, _no_day)
    except ArithmeticError as error:
        raise ValueError("A number can't be used: it is too large, or not a number.") from error


def _no_day() -> Date:
    """Zoned times of day keep their offset open outside an evaluation."""
    raise LookupError("there is no day outside an evaluation")


def freeze(value: Value) -> Any:
    """A value as JSON from which ``thaw`` makes the same value.

    Temporal values become ``{"@": "2026-11-02"}``, numbers that a JSON float would change
    ``{"@n": "1.10"}``. Dates and datetimes of Python are taken as FEEL values.

    Raises:
        LimitExceeded: for a value of more than a million parts or more than 100 levels.
        TypeError: for a function, or a value that has no meaning in FEEL.
    """
    count_parts(value, MOST_PARTS)
    return _frozen(value)


def _frozen(value: Value) -> Any:
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, (Decimal, int, float)):
        return _frozen_number(value)
    if isinstance(value, (list, tuple)):
        return [_frozen(item) for item in value]
    if isinstance(value, Mapping):
        frozen = {str(key): _frozen(item) for key, item in value.items()}
        return {ESCAPE_TAG: frozen} if _TAGS & frozen.keys() else frozen
    if isinstance(value, Range):
        return {RANGE_TAG: [*map(_frozen_end, (value.low, value.high)), value.low_closed, value.high_closed]}
    return _frozen_temporal(value)


def _frozen_number(value: Decimal | int | float) -> Any:
    if isinstance(value, int):
        return value
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    whole = number == number.to_integral_value() and number.as_tuple().exponent == 0
    if whole and abs(number) < 10**15:
        return int(number)
    text = str(number)
    return float(text) if repr(float(text)) == text else {NUMBER_TAG: text}


def _frozen_end(end: Value) -> Any:
    return "unbounded" if end is UNBOUNDED else [_frozen(end)]


def _frozen_temporal(value: Value) -> Any:
    own = value if isinstance(value, TEMPORAL_CLASSES) else taken_in(value, _no_day)
    if isinstance(own, Function) or own is UNBOUNDED:
        raise TypeError("A function can't be kept. Keep what it answers.")
    frozen: dict[str, Any] = {TEMPORAL_TAG: str(own)}
    if isinstance(own, (Time, DateAndTime)) and own.zone is not None and own != read_temporal(str(own)):
        frozen[OFFSET_TAG] = own.offset
    return frozen


def thaw(frozen: Any) -> Value:
    """The value that ``freeze`` was given.

    Raises:
        ValueError: for a tag whose text can't be read.
    """
    if type(frozen) in _AS_THEY_ARE:
        return frozen
    if isinstance(frozen, list):
        return [item if type(item) in _AS_THEY_ARE else thaw(item) for item in frozen]
    if not isinstance(frozen, dict):
        return from_json(frozen)
    if _TAGS.isdisjoint(frozen):
        return _thawed_entries(frozen)
    return _untagged(next(tag for tag in _TAGS if tag in frozen), frozen)


#: Classes whose values are told apart before anything is called for them: most parts of a state are texts.
_AS_THEY_ARE = frozenset((str, bool, type(None)))


def _thawed_entries(frozen: dict[str, Any]) -> dict[str, Value]:
    return {key: item if type(item) in _AS_THEY_ARE else thaw(item) for key, item in frozen.items()}


def _untagged(tag: str, frozen: dict[str, Any]) -> Value:
    content = frozen[tag]
    if tag == ESCAPE_TAG:
        return _thawed_entries(content)
    if tag == RANGE_TAG:
        low, high, low_closed, high_closed = content
        return Range(_thawed_end(low), _thawed_end(high), low_closed, high_closed)
    value = from_text(content) if tag == NUMBER_TAG else _thawed_temporal(content, frozen.get(OFFSET_TAG))
    if value is None:
        raise ValueError(f"'{content}' can't be read as the value it is tagged to be.")
    return value


def _thawed_end(end: Any) -> Value:
    return UNBOUNDED if end == "unbounded" else thaw(end[0])


def _thawed_temporal(text: str, offset: int | None) -> Value:
    value = read_temporal(text)
    if offset is None or value is None:
        return value
    if isinstance(value, DateAndTime):
        return DateAndTime(value.date, value.nanos, offset, value.zone)
    return Time(value.nanos, offset, value.zone) if isinstance(value, Time) else value
