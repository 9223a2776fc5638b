"""Numbers that carry their own check: a mistyped one is refused before it names another child."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from api.fields import Pattern

#: Letters of a unique pupil number, in the order of their values (I, O and S aren't used).
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN_PATTERN = "^[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]$"


class Upn(Pattern):
    """A unique pupil number: check letter, eleven digits, and a digit (or a letter, when temporary)."""

    def __init__(self) -> None:
        super().__init__(
            _UPN_PATTERN, error="A UPN is a letter, 11 digits and a digit or letter: B801200005001."
        )

    def __call__(self, value: Any) -> Any:
        """Check form and check letter.

        Raises:
            ValidationError: it isn't one, or a character is mistyped.
        """
        super().__call__(value)
        total = sum(
            weight * (int(sign) if sign.isdigit() else _UPN_LETTERS.index(sign))
            for weight, sign in enumerate(value[1:], start=2)
        )
        if value[0] != _UPN_LETTERS[total % len(_UPN_LETTERS)]:
            raise ValidationError("The check letter of this UPN doesn't fit: a character is mistyped.")
        return value


class NhsNumber(Pattern):
    """An NHS number: ten digits, of which the last is a check digit (modulus 11)."""

    def __init__(self) -> None:
        super().__init__("^[0-9]{10}$", error="An NHS number has 10 digits, without spaces.")

    def __call__(self, value: Any) -> Any:
        """Check form and check digit.

        Raises:
            ValidationError: it isn't one, or a digit is mistyped.
        """
        super().__call__(value)
        total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), value, strict=False))
        if (11 - total % 11) % 11 != int(value[9]):
            raise ValidationError("The check digit of this NHS number doesn't fit: a digit is mistyped.")
        return value


def urn() -> Pattern:
    """A setting's unique reference number: six digits."""
    return Pattern("^[1-9][0-9]{5}$", error="A URN has 6 digits.")
