"""Built-ins on single numbers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel.errors import NoValue
from engine.feel.evaluation import Evaluation
from engine.feel.functions import family
from engine.feel.numbers import CONTEXT, WIDE, ZERO, is_whole
from engine.feel.temporal import DaysAndTime, YearsAndMonths
from engine.feel.values import Value

SMALLEST_SCALE, LARGEST_SCALE = -6_111, 6_176
DIGITS_A_STEP = 50
COSTLY = 20
"""Steps for a function that takes up to 100 microseconds."""


def _rounding(mode: str) -> Callable[..., Decimal]:
    def rounded(number: Decimal, scale: int | None = 0, *, evaluation: Evaluation) -> Decimal:
        places = scale or 0
        evaluation.spend((abs(places) + abs(number.adjusted())) // DIGITS_A_STEP)
        if not SMALLEST_SCALE <= places <= LARGEST_SCALE:
            raise NoValue(f"the scale is between {SMALLEST_SCALE} and {LARGEST_SCALE}")
        place = Decimal((0, (1,), -places))
        return CONTEXT.plus(number.quantize(place, rounding=mode, context=WIDE))

    return rounded


def _absolute(value: Value) -> Value:
    if isinstance(value, Decimal):
        return CONTEXT.abs(value)
    if isinstance(value, DaysAndTime):
        return DaysAndTime(abs(value.nanos))
    return YearsAndMonths(abs(value.months))


def modulo(dividend: Decimal, divisor: Decimal, *, evaluation: Evaluation) -> Decimal:
    """The remainder with the sign of the divisor: ``dividend - divisor * floor(dividend / divisor)``."""
    if divisor == 0:
        raise NoValue("the divisor is zero")
    evaluation.spend((abs(dividend.adjusted()) + abs(divisor.adjusted())) // DIGITS_A_STEP)
    rest = WIDE.remainder(dividend, divisor)
    if rest != 0 and (rest < 0) != (divisor < 0):
        rest = WIDE.add(rest, divisor)
    return CONTEXT.plus(rest)


def _root(number: Decimal, *, evaluation: Evaluation) -> Decimal:
    evaluation.spend(COSTLY)
    if number < 0:
        raise NoValue("a negative number has no square root")
    return CONTEXT.sqrt(number)


def _logarithm(number: Decimal, *, evaluation: Evaluation) -> Decimal:
    evaluation.spend(COSTLY)
    if number <= 0:
        raise NoValue("only a number above zero has a logarithm")
    return CONTEXT.ln(number)


def _exponential(number: Decimal, *, evaluation: Evaluation) -> Decimal:
    evaluation.spend(COSTLY)
    return CONTEXT.exp(number)


def _even(number: Decimal) -> bool:
    return is_whole(number) and WIDE.remainder(number, Decimal(2)) == ZERO


def _odd(number: Decimal) -> bool:
    return is_whole(number) and WIDE.remainder(number, Decimal(2)) != ZERO


_ROUNDINGS = {
    "decimal(n: number, scale: whole part) -> number": ROUND_HALF_EVEN,
    "floor(n: number, scale: whole part?) -> number": ROUND_FLOOR,
    "ceiling(n: number, scale: whole part?) -> number": ROUND_CEILING,
    "round up(n: number, scale: whole part) -> number": ROUND_UP,
    "round down(n: number, scale: whole part) -> number": ROUND_DOWN,
    "round half up(n: number, scale: whole part) -> number": ROUND_HALF_UP,
    "round half down(n: number, scale: whole part) -> number": ROUND_HALF_DOWN,
}

NUMERIC = family(
    [
        *((line, _rounding(mode)) for line, mode in _ROUNDINGS.items()),
        ("abs(n: number|duration)", _absolute),
        ("modulo(dividend: number, divisor: number) -> number", modulo),
        ("sqrt(number: number) -> number", _root),
        ("log(number: number) -> number", _logarithm),
        ("exp(number: number) -> number", _exponential),
        ("odd(number: number) -> boolean", _odd),
        ("even(number: number) -> boolean", _even),
    ]
)
