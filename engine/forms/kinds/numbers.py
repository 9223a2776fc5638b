"""Answers in figures."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from engine.forms.document import Component
from engine.forms.formulas import Scope
from engine.forms.kinds.kind import Schema, as_json, bound, constant_rules, nullable

_DIGITS = r"^-?[0-9]{1,40}(\.[0-9]{1,40})?$"


class Number:
    """A number, whole or with so many decimal places; as text where the form wants every digit kept."""

    def empty(self, component: Component) -> object:
        """Null."""
        return None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A number or integer with its bounds, or a string of digits."""
        if _as_text(component):
            return nullable({"type": "string", "pattern": _DIGITS}, component)
        digits = _decimals(component)
        schema: Schema = {"type": "integer" if digits == 0 else "number"}
        if digits:
            # Not multipleOf: in binary fractions 0.07 is no multiple of 0.01, and clients would refuse it.
            schema["x-ehc-decimal-places"] = digits
        schema |= constant_rules(component, {"min": "minimum", "max": "maximum"})
        return nullable(schema, component)

    def missing(self, component: Component) -> str:
        """Ask for the figure."""
        return f"Enter a number for “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """A finite number within its bounds and decimal places."""
        number = _number(component, value)
        if number is None:
            wanted = "a number written as text, such as “12.50”" if _as_text(component) else "a number"
            return f"“{component.title}” must be {wanted}."
        return _places_fault(component, number) or _bounds_fault(component, number, scope)

    def example(self, component: Component, text: str) -> object:
        """A JSON number."""
        return as_json(text)


def _as_text(component: Component) -> bool:
    return component.attributes.get("serializeToString") is True


def _decimals(component: Component) -> int | None:
    digits = component.attributes.get("decimalDigits")
    return digits if isinstance(digits, int) and not isinstance(digits, bool) and digits >= 0 else None


def _number(component: Component, value: object) -> Decimal | None:
    expected = str if _as_text(component) else (int, float, Decimal)
    if isinstance(value, bool) or not isinstance(value, expected):
        return None
    if isinstance(value, str) and not re.fullmatch(_DIGITS, value):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _places_fault(component: Component, number: Decimal) -> str | None:
    digits = _decimals(component)
    exponent = number.normalize().as_tuple().exponent
    if digits is None or not isinstance(exponent, int) or -exponent <= digits:
        return None
    if digits == 0:
        return f"“{component.title}” must be a whole number."
    return f"“{component.title}” may have at most {digits} decimal place(s)."


def _bounds_fault(component: Component, number: Decimal, scope: Scope) -> str | None:
    least, most = bound(component, "min", scope), bound(component, "max", scope)
    if isinstance(least, int | float) and number < Decimal(str(least)):
        return f"“{component.title}” must be {least} or more."
    if isinstance(most, int | float) and number > Decimal(str(most)):
        return f"“{component.title}” must be {most} or less."
    return None
