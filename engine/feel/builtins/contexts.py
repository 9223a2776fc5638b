"""Built-ins on contexts."""

from __future__ import annotations

from engine.feel.errors import NoValue
from engine.feel.functions import family
from engine.feel.values import Value


def _get(context: dict[str, Value], key: str) -> Value:
    if key not in context:
        raise NoValue(f"the context has no entry '{key}'")
    return context[key]


def _get_deep(context: dict[str, Value], keys: list[Value]) -> Value:
    value: Value = context
    for key in keys or [None]:
        if type(value) is not dict or type(key) is not str:
            raise NoValue("the keys lead to no entry")
        value = _get(value, key)
    return value


def _entries(context: dict[str, Value]) -> list[Value]:
    return [{"key": key, "value": value} for key, value in context.items()]


def _put(context: dict[str, Value], key: str, value: Value) -> dict[str, Value]:
    return {**context, key: value}


def _put_deep(context: dict[str, Value], keys: list[Value], value: Value) -> dict[str, Value]:
    if not keys or len(keys) > 60 or type(keys[0]) is not str:
        raise NoValue("the keys are a list of strings, not empty")
    key, rest = keys[0], keys[1:]
    if not rest:
        return _put(context, key, value)
    inner = context.get(key)
    if type(inner) is not dict:
        raise NoValue(f"the context has no context '{key}'")
    return _put(context, key, _put_deep(inner, rest, value))


def _merge(contexts: list[Value]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for context in contexts:
        if type(context) is not dict:
            raise NoValue("all items are contexts")
        result.update(context)
    return result


CONTEXTS = family(
    [
        ("get value(m: context, key: string)", _get),
        ("get value(m: context, keys: list)", _get_deep),
        ("get entries(m: context) -> list", _entries),
        ("context put(context: context, key: string, value: any) -> context", _put),
        ("context put(context: context, keys: list, value: any) -> context", _put_deep),
        ("context merge(contexts: list) -> context", _merge),
    ]
)
