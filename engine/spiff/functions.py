"""The FEEL functions that only diagrams have."""

from __future__ import annotations

from functools import lru_cache

from engine.feel import Functions, freeze, to_json


@lru_cache(maxsize=16)
def with_cycle(functions: Functions) -> Functions:
    """These functions and Camunda's ``cycle``, which makes a repeating interval for a timer."""
    twice = functions.extended("cycle(interval: duration)", _endless)
    return twice.extended("cycle(repetitions: any, interval: duration)", _repeated)


def _endless(interval: object) -> str:
    return f"R/{_written(interval)}"


def _repeated(repetitions: object, interval: object) -> str:
    if repetitions is None:
        return _endless(interval)
    count = to_json(repetitions)
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise ValueError("the number of repetitions must be a whole number from 1")
    return f"R{count}/{_written(interval)}"


def _written(interval: object) -> str:
    return str(freeze(interval)["@"])
