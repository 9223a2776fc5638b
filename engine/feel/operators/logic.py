"""``and``, ``or`` and ``not`` over true, false and null."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feel.values import Value


def conjunction(values: Iterable[Value]) -> bool | None:
    """False if any value is; else true if all are; else null."""
    result: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = None
    return result


def disjunction(values: Iterable[Value]) -> bool | None:
    """True if any value is; else false if all are; else null."""
    result: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = None
    return result


def negation(value: Value) -> bool | None:
    """The opposite of a boolean, null for anything else."""
    return (not value) if isinstance(value, bool) else None
