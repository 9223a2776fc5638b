"""Check digits of the numbers that a child is known by."""

from __future__ import annotations

#: The letters of unique pupil numbers, by remainder.
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_NHS_DIGITS = 10


def nhs_check_digit(nine: str) -> str | None:
    """The tenth digit of an NHS number; None where the nine can't begin one."""
    total = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True))
    check = (11 - total % 11) % 11
    return None if check == _NHS_DIGITS else str(check)


def is_nhs_number(text: str) -> bool:
    """Whether ten digits end in the digit that belongs to them."""
    return nhs_check_digit(text[:9]) == text[9]


def upn_letter(rest: str) -> str:
    """The letter that a unique pupil number begins with, from its twelve other places."""
    places = [_UPN_LETTERS.index(place) if place.isalpha() else int(place) for place in rest]
    return _UPN_LETTERS[sum(place * weight for place, weight in zip(places, range(2, 14), strict=True)) % 23]


def is_upn(text: str) -> bool:
    """Whether a unique pupil number begins with the letter that belongs to it."""
    return upn_letter(text[1:]) == text[0]
