"""Numbers: 34 decimal digits, through one explicit context and never the thread's own.

Python's operators on ``Decimal`` (negation and ``abs`` included) silently use the thread's context of
28 digits, so every operation in this package goes through ``CONTEXT``.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[Overflow, DivisionByZero, InvalidOperation],
)
WIDE = Context(prec=7_000, rounding=ROUND_HALF_EVEN, Emin=-99_999, Emax=99_999, traps=[InvalidOperation])
"""For rounding to a place and for remainders, whose intermediate results need more than 34 digits."""

ZERO = Decimal(0)
ONE = Decimal(1)
LARGEST_INT = 10**18
"""Whole numbers beyond this are never turned into Python's unbounded integers."""


def from_python(number: int | float | Decimal) -> Decimal:
    """The FEEL number of a Python number, rounded to 34 digits.

    Raises:
        ArithmeticError: if it isn't finite or is outside the range of FEEL numbers.
    """
    exact = Decimal(repr(number)) if isinstance(number, float) else number
    result = CONTEXT.create_decimal(exact)
    if not result.is_finite():
        raise InvalidOperation(f"{number} is not a number")
    return result


def from_text(text: str) -> Decimal | None:
    """The number written as ``text`` (the form of a FEEL literal), or None if it is out of range."""
    try:
        result = CONTEXT.create_decimal(text)
    except (ArithmeticError, ValueError):
        return None
    return result if result.is_finite() else None


def to_text(number: Decimal) -> str:
    """All digits, without exponent and without zeros at the end: ``1.10`` is ``1.1``."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def is_whole(number: Decimal) -> bool:
    """Whether the number has no fraction."""
    return number == number.to_integral_value(context=WIDE)


def to_int(number: Decimal) -> int | None:
    """The Python integer of a whole number below 10^18, else None."""
    if abs(number.adjusted()) > 18 and number != 0:
        return None
    return int(number) if is_whole(number) else None
