"""A typical gateway condition in FEEL against the same as compiled Python: what the language itself costs.

Both look their variables up by name in a mapping, as a gateway has to: the Python is a code object that is
evaluated over a dictionary. Beside it, for scale, a Python function that gets its two values as arguments.
"""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.machinery import Bench
from benchmarks.measuring import PROCESSOR, Act, ratio, repeated, take_turns
from benchmarks.python_source import function_of, python_of
from benchmarks.results import Figure
from engine.feel import compile_expression, freeze

AIM = 10
CONDITION = "agreed = true and days left < 5"
_VALUES = {"agreed": True, "days left": 3}
_NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
#: Evaluations per act: a clock tick is longer than one.
_AT_ONCE = 2_000


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    variants = {
        "feel": repeated(in_feel()),
        "python": repeated(in_python()),
        "python_function": repeated(as_function()),
    }
    seconds = take_turns(variants, rounds=bench.times(30), block=5, clock=PROCESSOR)
    each = {
        name: round(sorted(taken)[len(taken) // 2] / _AT_ONCE * 1e6, 3) for name, taken in seconds.items()
    }
    what = f"`{CONDITION}` in FEEL against compiled Python"
    return [Figure("feel", what, ratio(seconds, "feel", "python"), AIM, detail={"microseconds": each})]


def in_feel() -> Act:
    """Evaluations as a gateway makes them: with a clock, and a budget of steps."""
    compiled = compile_expression(CONDITION, ["days left"])
    variables = {name: freeze(value) for name, value in _VALUES.items()}
    assert compiled.evaluate(variables, now=_NOW).value is True

    def act() -> None:
        for _ in range(_AT_ONCE):
            compiled.evaluate(variables, now=_NOW)

    return act


def in_python() -> Act:
    """The same, compiled by Python."""
    code = compile(python_of(CONDITION), "<condition>", "eval")
    variables = {name.replace(" ", "_"): value for name, value in _VALUES.items()}
    assert eval(code, {}, variables) is True

    def act() -> None:
        surroundings: dict[str, object] = {}
        for _ in range(_AT_ONCE):
            eval(code, surroundings, variables)

    return act


def as_function() -> Act:
    """The same as a Python function of two arguments."""
    compiled = function_of(CONDITION, ("agreed", "days_left"))
    assert compiled(True, 3) is True

    def act() -> None:
        for _ in range(_AT_ONCE):
            compiled(True, 3)

    return act
