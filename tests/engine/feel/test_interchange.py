"""Values to JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine.feel import LimitExceeded, Range, compile_expression, freeze, from_json, thaw, to_json
from engine.feel.values import UNBOUNDED
from tests.engine.feel.evaluating import NOW, value

JSON = [
    ("1", 1),
    ("1.0", 1),
    ("1.5", 1.5),
    ("1.10", 1.1),
    ("1e3", 1000),
    ("-0.0", 0),
    ("1/3", "0.3333333333333333333333333333333333"),
    ("0.1 + 0.2", 0.3),
    ("12345678901234567890", 12345678901234567890),
    ('"a"', "a"),
    ("true", True),
    ("null", None),
    ('@"2026-11-02"', "2026-11-02"),
    ('@"2026-11-02T10:00:00@Europe/London"', "2026-11-02T10:00:00@Europe/London"),
    ('@"PT36H"', "P1DT12H"),
    ('{a: [1, {b: @"P1Y"}]}', {"a": [1, {"b": "P1Y"}]}),
    ("[1..5)", "[1..5)"),
    ("(>= 5)", "(>= 5)"),
    ("function(a, b) a", "function(a, b)"),
]


@pytest.mark.parametrize(("text", "expected"), JSON)
def test_json_for_people_and_programs(text, expected):
    found = to_json(value(text))
    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found)


def test_pythons_own_values_become_json_too():
    assert to_json([date(2026, 11, 2), datetime(2026, 11, 2, 9, tzinfo=UTC), 1, 1.5, (2,)]) == [
        "2026-11-02", "2026-11-02T09:00:00Z", 1, 1.5, [2],
    ]  # fmt: skip


FROZEN = [
    ("1", 1),
    ("1.5", 1.5),
    ("1.10", {"@n": "1.10"}),
    ("1e40", {"@n": "1E+40"}),
    ("1/3", {"@n": "0.3333333333333333333333333333333333"}),
    ("[true, null, \"a\"]", [True, None, "a"]),
    ('@"2026-11-02"', {"@": "2026-11-02"}),
    ('@"10:00:00.5+01:00"', {"@": "10:00:00.5+01:00"}),
    ('@"2026-11-02T10:00:00Z"', {"@": "2026-11-02T10:00:00Z"}),
    ('@"-P1DT2H"', {"@": "-P1DT2H"}),
    ('@"P14M"', {"@": "P1Y2M"}),
    ('{a: @"P1D"}', {"a": {"@": "P1D"}}),
    ('{"@": "2026-11-02"}', {"@context": {"@": "2026-11-02"}}),
    ('{"@context": {b: @"P1D"}}', {"@context": {"@context": {"b": {"@": "P1D"}}}}),
    ("[1..5)", {"@range": [[1], [5], True, False]}),
    ("(< 5)", {"@range": ["unbounded", [5], False, False]}),
    ("[null..5]", {"@range": [[None], [5], True, True]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FROZEN)
def test_what_is_frozen_thaws_to_the_same(text, expected):
    before = value(text)
    frozen = freeze(before)
    assert frozen == expected
    after = thaw(json.loads(json.dumps(frozen)))
    assert after == (from_json(before) if isinstance(before, (int, float)) else before)
    assert freeze(after) == frozen


def test_the_second_pass_through_a_repeated_hour_is_kept():
    second = value('@"2026-10-25T00:30:00@Europe/London" + @"PT1H" + @"PT1H"')
    assert str(second) == "2026-10-25T01:30:00@Europe/London"
    assert thaw(freeze(second)).offset == 0


def test_frozen_numbers_keep_their_zeros():
    assert str(thaw(freeze(Decimal("1.10")))) == "1.10"


def test_a_function_is_not_kept():
    with pytest.raises(TypeError, match="function"):
        freeze(value("function(a) a"))


@pytest.mark.parametrize("frozen", [{"@": "2026-13-02"}, {"@n": "x"}, {"@": "x"}])
def test_a_tag_that_cannot_be_read_is_refused(frozen):
    with pytest.raises(ValueError, match="can't be read"):
        thaw(frozen)


def test_json_is_read_with_numbers_as_decimals():
    assert from_json({"a": [1, 2.5, "2026-11-02", None]}) == {
        "a": [Decimal(1), Decimal("2.5"), "2026-11-02", None],
    }  # fmt: skip


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), Decimal("1e7000"), object(), {1, 2}])
def test_what_has_no_meaning_in_feel_is_refused(bad):
    with pytest.raises((ValueError, TypeError)):
        from_json(bad)


def test_a_bad_variable_is_null_with_a_warning():
    result = compile_expression("a").evaluate({"a": object()}, now=NOW)
    assert result.value is None
    assert "'a' can't be used" in result.warnings[0].message


def test_shared_structure_is_counted_as_often_as_it_appears():
    leaf: list[object] = [1]
    for _ in range(60):
        leaf = [leaf, leaf]
    for convert in (to_json, freeze):
        with pytest.raises(LimitExceeded):
            convert(leaf)


def test_a_range_has_its_ends():
    assert value("(< 5)") == Range(UNBOUNDED, Decimal(5), False, False)
