"""Cells say a set of words or of days that can be counted out, or are refused."""

from __future__ import annotations

import pytest

from engine.ladder.cells import CellRefused, days_in, words_in

ALL = range(-20, 21)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", ALL),
        ("-", ALL),
        ("3", [3]),
        ("= 3", [3]),
        ("-7", [-7]),
        ("< -14", range(-20, -14)),
        ("<= -14", range(-20, -13)),
        ("> 14", range(15, 21)),
        (">= 14", range(14, 21)),
        ("[1..2]", [1, 2]),
        ("(1..3)", [2]),
        ("]1..3[", [2]),
        ("[-2..0]", [-2, -1, 0]),
        ("1, 3, [5..6]", [1, 3, 5, 6]),
        ("[5..8], [1..6]", range(1, 9)),
        ("not([1..20])", range(-20, 1)),
        ("not(< 0, > 2)", [0, 1, 2]),
    ],
)
def test_a_cell_of_days_says_which_days(text: str, days: range | list[int]) -> None:
    assert [day for day in ALL if day in days_in(text)] == list(days)


@pytest.mark.parametrize(
    "text",
    [
        *("[5..2]", "(1..2)", "not(< 0, >= 0)", "null", '"3"', "1.5", "1E+999999", "days > 3", "? > 3"),
        *("today()", "[1..x]", "!= 3", "not(", "true", "99999", "[1..2", "[null..3]"),
    ],
)
def test_a_cell_that_days_cannot_be_counted_from_is_refused(text: str) -> None:
    with pytest.raises(CellRefused, match=r"\w"):
        days_in(text)


@pytest.mark.parametrize(
    ("text", "yes", "no"),
    [
        ("-", ["a", "b"], []),
        ("", ["a", "b"], []),
        ('"a"', ["a"], ["b"]),
        ('"a", "b"', ["a", "b"], ["c"]),
        ('not("a")', ["b"], ["a"]),
        ('not("a", "b")', ["c"], ["a", "b"]),
    ],
)
def test_a_cell_of_words_says_which_words(text: str, yes: list[str], no: list[str]) -> None:
    found = words_in(text)
    assert [word for word in (*yes, *no) if word in found] == yes


@pytest.mark.parametrize(
    "text",
    ["a", "1", "null", '["a"]', '"a", 1', 'concat("a")', 'starts with(?, "a")', "not(a)", "not()", '"a'],
)
def test_a_cell_that_words_cannot_be_counted_from_is_refused(text: str) -> None:
    with pytest.raises(CellRefused, match=r"\w"):
        words_in(text)
