"""Arithmetic by the types of the operands. Every pair that isn't in a table answers null.

The functions here may raise ``ArithmeticError`` or ``ValueError`` (a result out of range); callers turn
that into null.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine.feel.numbers import CONTEXT, WIDE
from engine.feel.temporal import Date, DateAndTime, DaysAndTime, Time, YearsAndMonths
from engine.feel.temporal.durations import LONGEST_MONTHS, LONGEST_NANOS, whole_days
from engine.feel.values import Value

Operation = Callable[[Value, Value], Value]
Table = dict[tuple[type, type], Operation]


def _swapped(operation: Operation) -> Operation:
    return lambda left, right: operation(right, left)


def _truncated(number: Decimal, most: int) -> int:
    """The whole part, with its size checked before any unbounded integer is made."""
    if abs(number) > most:
        raise ValueError("the duration is too long")
    return int(number)


def _longer(length: DaysAndTime, factor: Decimal) -> DaysAndTime:
    return DaysAndTime(_truncated(WIDE.multiply(Decimal(length.nanos), factor), LONGEST_NANOS))


def _more_months(length: YearsAndMonths, factor: Decimal) -> YearsAndMonths:
    return YearsAndMonths(_truncated(WIDE.multiply(Decimal(length.months), factor), LONGEST_MONTHS))


def _shorter(length: DaysAndTime, divisor: Decimal) -> DaysAndTime:
    return DaysAndTime(_truncated(CONTEXT.divide(Decimal(length.nanos), divisor), LONGEST_NANOS))


def _fewer_months(length: YearsAndMonths, divisor: Decimal) -> YearsAndMonths:
    return YearsAndMonths(_truncated(CONTEXT.divide(Decimal(length.months), divisor), LONGEST_MONTHS))


def _between_moments(later: DateAndTime, earlier: DateAndTime) -> Value:
    return DaysAndTime(later.line - earlier.line) if later.is_zoned == earlier.is_zoned else None


def _between_times(later: Time, earlier: Time) -> Value:
    return DaysAndTime(later.line - earlier.line) if later.is_zoned == earlier.is_zoned else None


def _midnight(day: Date) -> DateAndTime:
    return DateAndTime(day, 0, 0)


def _power(number: Decimal, exponent: Decimal) -> Decimal:
    result = CONTEXT.power(number, exponent)
    if not result.is_finite():  # zero to a negative power raises nothing
        raise ZeroDivisionError
    return result


ADD: Table = {
    (Decimal, Decimal): CONTEXT.add,
    (str, str): lambda left, right: left + right,
    (DaysAndTime, DaysAndTime): lambda left, right: DaysAndTime(left.nanos + right.nanos),
    (YearsAndMonths, YearsAndMonths): lambda left, right: YearsAndMonths(left.months + right.months),
    (Date, YearsAndMonths): lambda day, length: day.plus_months(length.months),
    (Date, DaysAndTime): lambda day, length: day.plus(length),
    (DateAndTime, YearsAndMonths): lambda moment, length: moment.plus_months(length.months),
    (DateAndTime, DaysAndTime): lambda moment, length: moment.plus(length),
    (Time, DaysAndTime): lambda moment, length: moment.plus(length),
}
ADD.update({(right, left): _swapped(ADD[left, right]) for left, right in list(ADD) if left is not right})

SUBTRACT: Table = {
    (Decimal, Decimal): CONTEXT.subtract,
    (DaysAndTime, DaysAndTime): lambda left, right: DaysAndTime(left.nanos - right.nanos),
    (YearsAndMonths, YearsAndMonths): lambda left, right: YearsAndMonths(left.months - right.months),
    (Date, YearsAndMonths): lambda day, length: day.plus_months(-length.months),
    (Date, DaysAndTime): lambda day, length: day.plus(DaysAndTime(-length.nanos)),
    (DateAndTime, YearsAndMonths): lambda moment, length: moment.plus_months(-length.months),
    (DateAndTime, DaysAndTime): lambda moment, length: moment.plus(DaysAndTime(-length.nanos)),
    (Time, DaysAndTime): lambda moment, length: moment.plus(DaysAndTime(-length.nanos)),
    (Date, Date): lambda later, earlier: whole_days(later.number - earlier.number),
    (DateAndTime, DateAndTime): _between_moments,
    (Date, DateAndTime): lambda later, earlier: _between_moments(_midnight(later), earlier),
    (DateAndTime, Date): lambda later, earlier: _between_moments(later, _midnight(earlier)),
    (Time, Time): _between_times,
}

MULTIPLY: Table = {
    (Decimal, Decimal): CONTEXT.multiply,
    (DaysAndTime, Decimal): _longer,
    (Decimal, DaysAndTime): _swapped(_longer),
    (YearsAndMonths, Decimal): _more_months,
    (Decimal, YearsAndMonths): _swapped(_more_months),
}

DIVIDE: Table = {
    (Decimal, Decimal): CONTEXT.divide,
    (DaysAndTime, Decimal): _shorter,
    (YearsAndMonths, Decimal): _fewer_months,
    (DaysAndTime, DaysAndTime): lambda left, right: CONTEXT.divide(Decimal(left.nanos), Decimal(right.nanos)),
    (YearsAndMonths, YearsAndMonths): lambda left, right: CONTEXT.divide(
        Decimal(left.months), Decimal(right.months)
    ),
}

POWER: Table = {(Decimal, Decimal): _power}

TABLES: dict[str, Table] = {"+": ADD, "-": SUBTRACT, "*": MULTIPLY, "/": DIVIDE, "**": POWER}

NEGATE: dict[type, Callable[[Value], Value]] = {
    Decimal: CONTEXT.minus,
    DaysAndTime: lambda length: DaysAndTime(-length.nanos),
    YearsAndMonths: lambda length: YearsAndMonths(-length.months),
}


def calculate(operator: str, left: Value, right: Value) -> Value:
    """The result of an arithmetic operator, or None where it has none."""
    operation = TABLES[operator].get((type(left), type(right)))
    if operation is None:
        return None
    try:
        return operation(left, right)
    except (ArithmeticError, ValueError):
        return None


def why_none(operator: str, left: str, right: str) -> str:
    """The warning for a calculation of two types that has no result."""
    if operator == "/" and "null" not in (left, right):
        return f"{left} / {right} has no result; a divisor of zero has none"
    return f"{left} {operator} {right} has no result"


def negate(value: Value) -> Value:
    """The value with the opposite sign, or None for a value without sign."""
    operation = NEGATE.get(type(value))
    return None if operation is None else operation(value)
