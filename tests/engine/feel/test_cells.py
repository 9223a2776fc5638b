"""The cells of decision tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.feel import FeelSyntaxError, compile_tests
from tests.engine.feel.evaluating import passes, value

CELLS = [
    # cell, value of ? as FEEL, passes
    ("-", "1", True),
    ("-", "null", True),
    ("5", "5", True),
    ("5", "6", False),
    ("5", '"5"', None),
    ("5", "null", False),
    ("null", "null", True),
    ("null", "1", False),
    ('"a", "b"', '"b"', True),
    ('"a", "b"', '"c"', False),
    ('"a", null', "null", True),
    ('not("a", "b")', '"c"', True),
    ('not("a", "b")', '"a"', False),
    ('not("a")', "1", None),
    ("not(< 5)", "6", True),
    ("not(null)", "1", True),
    ("< 5", "4", True),
    ("<= 5", "5", True),
    ("> 5", "5", False),
    ("!= 5", "5", False),
    ("!= 5", "6", True),
    ("= 5", "5", True),
    ("< 5", "null", None),
    ("[1..5]", "5", True),
    ("[1..5)", "5", False),
    ("]1..5]", "1", False),
    ("[1..5], > 10", "11", True),
    ("[x..x + 1]", "8", True),
    ("< x", "6", True),
    ("x", "7", True),
    ("[1, 2]", "2", True),
    ("[1, 2]", "[1, 2]", True),
    ("[1, 2]", "3", False),
    ("[[1..3], 9]", "2", True),
    ("r", "3", True),
    ("l", "2", True),
    ("? > 5", "6", True),
    ("? > 5 and ? < 8", "9", False),
    ("contains(?, \"a\")", '"bar"', True),
    ("count(?) > 1", "[1, 2]", True),
    ("list contains(?, 1)", "[1]", True),
    ("some i in ? satisfies i > 1", "[1, 2]", True),
    ("? + 1", "1", False),
    ("true", "true", True),
    ("x > 5", "true", True),
    ("x > 5", "1", None),
    ("not(?)", "false", True),
    ('@"2020-01-01"', '@"2020-01-01"', True),
    ('< date("2020-01-01")', '@"2019-12-31"', True),
    ('[@"2020-01-01"..@"2020-02-01"]', '@"2020-01-15"', True),
    ('> duration("P1D")', '@"PT25H"', True),
    ("{a: 1}", "{a: 1}", True),
    ("? between 1 and 3", "2", True),
    ("? in [1..3]", "2", True),
    ("?.a = 1", "{a: 1}", True),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "subject", "expected"), CELLS)
def test_cells(cell, subject, expected):
    scope = {"x": 7, "r": value("[1..5]"), "l": [1, 2]}
    assert passes(cell, value(subject), scope) is expected


@pytest.mark.parametrize("cell", ["", "< ", "1,", "not(1", "[1..", "- 5 -", "1 2", "< 5 and"])
def test_what_is_no_cell_is_refused(cell):
    with pytest.raises(FeelSyntaxError):
        compile_tests(cell)


def test_a_range_as_the_value_is_compared_as_a_whole():
    assert passes("[1..2]", Decimal(1)) is True
    assert passes("r", value("[1..5]"), {"r": value("[1..5]")}) is True
