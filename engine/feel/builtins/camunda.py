"""Functions that aren't in the standard but that Camunda's editor offers, so that people use them."""

from __future__ import annotations

from engine.feel.errors import NoValue
from engine.feel.functions import family
from engine.feel.values import Value


def _is_defined(value: Value) -> bool:
    return value is not None


def _get_or_else(value: Value, default: Value) -> Value:
    return default if value is None else value


def _is_empty(items: list[Value]) -> bool:
    return not items


def _is_blank(text: str) -> bool:
    return not text.strip()


def _assert(value: Value, condition: Value, cause: str | None = None) -> Value:
    if condition is not True:
        raise NoValue(cause or "the condition isn't true")
    return value


CAMUNDA = family(
    [
        ("is defined(value: any) -> boolean", _is_defined),
        ("get or else(value: any, default: any)", _get_or_else),
        ("is empty(list: list) -> boolean", _is_empty),
        ("is blank(string: string) -> boolean", _is_blank),
        ("trim(string: string) -> string", str.strip),
        ("assert(value: any, condition: any, cause: string|null?)", _assert),
    ]
)
