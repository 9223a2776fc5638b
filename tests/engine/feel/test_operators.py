"""What each operator answers, for values of every kind."""

from __future__ import annotations

from itertools import product

import pytest

from engine.feel import Date, DateAndTime, DaysAndTime, Function, Range, Time, YearsAndMonths
from tests.engine.feel.evaluating import evaluate, table, value

LOGIC = table("""
    true and true ⇒ true
    true and false ⇒ false
    true and null ⇒ null
    false and null ⇒ false
    null and false ⇒ false
    null and null ⇒ null
    "a" and false ⇒ false
    "a" and true ⇒ null
    true and true and null ⇒ null
    true and null and false ⇒ false
    true or null ⇒ true
    null or true ⇒ true
    false or false ⇒ false
    false or null ⇒ null
    null or null ⇒ null
    1 or true ⇒ true
    1 or false ⇒ null
    not(true) ⇒ false
    not(false) ⇒ true
    not(null) ⇒ null
    not("a") ⇒ null
    if true then 1 else 2 ⇒ 1
    if false then 1 else 2 ⇒ 2
    if null then 1 else 2 ⇒ 2
    if "a" then 1 else 2 ⇒ null
""")

EQUALITY = table("""
    1 = 1.0 ⇒ true
    1 = 2 ⇒ false
    1 = "1" ⇒ null
    1 != "1" ⇒ null
    "a" = "a" ⇒ true
    "a" = "A" ⇒ false
    true = true ⇒ true
    true = 1 ⇒ null
    null = null ⇒ true
    null != null ⇒ false
    null = 1 ⇒ false
    1 != null ⇒ true
    [] = null ⇒ false
    [1, 2] = [1, 2] ⇒ true
    [1, 2] = [2, 1] ⇒ false
    [1] = [1, 2] ⇒ false
    [1] = 1 ⇒ null
    [null] = [null] ⇒ true
    ["1"] = [1] ⇒ false
    {} = {} ⇒ true
    {a: 1, b: 2} = {b: 2, a: 1} ⇒ true
    {a: 1} = {a: 2} ⇒ false
    {a: 1} = {b: 1} ⇒ false
    {a: null} = {a: null} ⇒ true
    {a: "1"} = {a: 1} ⇒ false
    {} = [] ⇒ null
    [1..2] = [1..2] ⇒ true
    [1..2] = [1..2) ⇒ false
    (< 5) = (< 5) ⇒ true
    (< 5) = (<= 5) ⇒ false
    @"2020-01-01" = date("2020-01-01") ⇒ true
    @"2020-01-01" = @"2020-01-01T00:00:00" ⇒ null
    @"10:00:00Z" = @"11:00:00+01:00" ⇒ true
    @"10:00:00" = @"10:00:00Z" ⇒ false
    @"10:00:00@Europe/London" != @"10:00:00" ⇒ true
    @"10:00:00.25" = @"10:00:00.75" ⇒ true
    @"10:00:00.25" < @"10:00:00.75" ⇒ true
    @"10:00:00.75" = @"10:00:01" ⇒ false
    @"2020-06-01T10:00:00.1Z" = @"2020-06-01T11:00:00.2+01:00" ⇒ true
    @"2020-06-01T10:00:00Z" = @"2020-06-01T11:00:00@Europe/London" ⇒ true
    @"2020-06-01T10:00:00" = @"2020-06-01T10:00:00Z" ⇒ false
    (< 5) = (null..5) ⇒ false
    (>= 5) = [5..null) ⇒ false
    (>= 5) = (>= 5) ⇒ true
    (> 5) = [5..null) ⇒ false
    @"P1D" = @"PT24H" ⇒ true
    @"P12M" = @"P1Y" ⇒ true
    @"P1Y" = @"P365D" ⇒ null
""")

ORDER = table("""
    1 < 2 ⇒ true
    2 <= 2 ⇒ true
    2 > 2 ⇒ false
    2 >= 3 ⇒ false
    "a" < "b" ⇒ true
    "Z" < "a" ⇒ true
    "a" < 1 ⇒ null
    null < 1 ⇒ null
    null <= null ⇒ null
    true < false ⇒ null
    [1] < [2] ⇒ null
    @"2020-01-01" < @"2020-01-02" ⇒ true
    @"2020-01-01" < @"2020-01-01T00:00:00" ⇒ null
    @"10:00:00Z" < @"10:00:00+01:00" ⇒ false
    @"10:00:00" < @"10:00:00Z" ⇒ null
    @"P1D" < @"PT25H" ⇒ true
    @"P1Y" < @"P366D" ⇒ null
    @"P1Y" > @"P11M" ⇒ true
    1 between 1 and 2 ⇒ true
    3 between 1 and 2 ⇒ false
    null between 1 and 2 ⇒ null
    3 between null and 2 ⇒ false
    1 between null and 2 ⇒ null
    "b" between "a" and "c" ⇒ true
""")

ARITHMETIC = table("""
    0.1 + 0.2 ⇒ 0.3
    1 / 3 * 3 ⇒ 0.9999999999999999999999999999999999
    10 / 4 ⇒ 2.5
    1 / 0 ⇒ null
    0 / 0 ⇒ null
    2 ** 10 ⇒ 1024
    2 ** 0.5 ⇒ 1.414213562373095048801688724209698
    2 ** -1 ⇒ 0.5
    0 ** -1 ⇒ null
    (-8) ** (1/3) ⇒ null
    10 ** 10000000 ⇒ null
    "a" + "b" ⇒ "ab"
    "a" - "b" ⇒ null
    "a" + 1 ⇒ null
    "a" * 2 ⇒ null
    [10] * 2 ⇒ null
    true + true ⇒ null
    null + 1 ⇒ null
    -null ⇒ null
    -"a" ⇒ null
    -[1] ⇒ null
    -@"P1D" ⇒ @"-P1D"
    -@"P1Y" ⇒ @"-P1Y"
    @"P1D" + @"PT1H" ⇒ @"P1DT1H"
    @"P1D" - @"PT36H" ⇒ @"-PT12H"
    @"P1Y" + @"P1M" ⇒ @"P13M"
    @"P1Y" + @"P1D" ⇒ null
    @"P1D" * 1.5 ⇒ @"PT36H"
    2 * @"P1D" ⇒ @"P2D"
    @"P3M" * 0.5 ⇒ @"P1M"
    @"-P3M" * 0.5 ⇒ @"-P1M"
    @"P1D" / 2 ⇒ @"PT12H"
    @"P1D" / @"PT6H" ⇒ 4
    @"P1Y" / @"P5M" ⇒ 2.4
    @"P1Y" / 5 ⇒ @"P2M"
    @"P1D" / @"P1Y" ⇒ null
    @"P1D" / @"PT0S" ⇒ null
    @"P1D" / 0 ⇒ null
    @"P1D" * @"P1D" ⇒ null
    @"P1D" * 1e40 ⇒ null
    2 / @"P1D" ⇒ null
    @"2020-01-31" + @"P1M" ⇒ @"2020-02-29"
    @"2021-01-31" + @"P1M" ⇒ @"2021-02-28"
    @"2020-02-29" + @"P1Y" ⇒ @"2021-02-28"
    @"P1M" + @"2020-01-31" ⇒ @"2020-02-29"
    @"2020-03-31" - @"P1M" ⇒ @"2020-02-29"
    @"2020-01-01" + @"PT36H" ⇒ @"2020-01-02"
    @"2020-01-01" - @"PT1S" ⇒ @"2019-12-31"
    @"2020-03-01" - @"2020-02-01" ⇒ @"P29D"
    @"2020-01-02" - @"2020-01-01T12:00:00Z" ⇒ @"PT12H"
    @"2020-01-02" - @"2020-01-01T12:00:00" ⇒ null
    @"2020-01-01T10:00:00" - @"2020-01-01T09:00:00" ⇒ @"PT1H"
    @"2020-01-01T10:00:00Z" - @"2020-01-01T10:00:00+01:00" ⇒ @"PT1H"
    @"2020-01-01T10:00:00Z" - @"2020-01-01T10:00:00" ⇒ null
    @"2020-01-31T10:00:00" + @"P1M" ⇒ @"2020-02-29T10:00:00"
    @"2020-01-01T23:00:00" + @"PT2H" ⇒ @"2020-01-02T01:00:00"
    @"23:00:00" + @"PT2H" ⇒ @"01:00:00"
    @"01:00:00" - @"PT2H" ⇒ @"23:00:00"
    @"10:00:00" - @"09:30:00" ⇒ @"PT30M"
    @"10:00:00Z" - @"10:00:00+02:00" ⇒ @"PT2H"
    @"10:00:00" - @"10:00:00Z" ⇒ null
    @"10:00:00" + @"P1Y" ⇒ null
    @"2020-01-01" + @"2020-01-01" ⇒ null
    @"2020-01-01" + 1 ⇒ null
    @"999999999-12-31" + @"P1D" ⇒ null
    1234567890123456789012345678901234 + 0.5 ⇒ 1234567890123456789012345678901234
    -1.234567890123456789012345678901234 + 0 ⇒ -1.234567890123456789012345678901234
    9e6144 * 10 ⇒ null
""")

MEMBERSHIP = table("""
    1 in 1 ⇒ true
    1 in [1, 2] ⇒ true
    3 in [1, 2] ⇒ false
    1 in [] ⇒ false
    1 in (1, 2) ⇒ true
    1 in [1..3] ⇒ true
    1 in (1..3] ⇒ false
    3 in [1..3) ⇒ false
    1 in [[1..3]] ⇒ true
    1 in [2..3] ⇒ false
    1 in (< 2) ⇒ true
    1 in < 2 ⇒ true
    1 in (> 2, < 0) ⇒ false
    1 in (!= 1) ⇒ false
    1 in (= 1) ⇒ true
    1 in (5, [0..1]) ⇒ true
    null in (null) ⇒ true
    null in [null] ⇒ true
    null in [1..2] ⇒ null
    1 in [null..2] ⇒ null
    3 in [null..2] ⇒ false
    "a" in ["a".."c"] ⇒ true
    "a" in [1..2] ⇒ null
    1 in "a" ⇒ null
    [1] in [[1], [2]] ⇒ true
    [1, 2] in [1, 2] ⇒ true
    [1..2] in [[1..2]] ⇒ true
    1 in [3..1] ⇒ null
    @"2020-01-02" in [@"2020-01-01"..@"2020-01-03"] ⇒ true
""")


@pytest.mark.parametrize(("text", "expected"), LOGIC + EQUALITY + ORDER + ARITHMETIC + MEMBERSHIP)
def test_operators(text, expected):
    assert value(text) == value(expected)
    assert type(value(text)) is type(value(expected))


INSTANCES = table("""
    (function() "a") instance of function<>->string ⇒ true
    (function() 1) instance of function<>->string ⇒ false
    (function() "a") instance of function<>->Any ⇒ true
    (function(a) a) instance of function<Any>->number ⇒ false
    (function(a: number) a + 1) instance of function<number>->number ⇒ true
    (function() [1, 2]) instance of function<>->list<number> ⇒ true
    (function() if 1 < 2 then "a" else "b") instance of function<>->string ⇒ true
    (function() {b: "b", c: "c"}) instance of function<>->context<b: string> ⇒ true
    (function() {b: "b"}) instance of function<>->context<b: string, c: string> ⇒ false
    (function() function(a: date) @"P1D") instance of function<>->function<date>->days and time duration ⇒ true
    (function(a: context<x: string>) "a") instance of function<context<x: string, y: string>>->string ⇒ true
""")


@pytest.mark.parametrize(("text", "expected"), INSTANCES)
def test_a_functions_type_shows_in_its_text(text, expected):
    assert value(text) == value(expected)


KINDS = {
    "null": "null",
    "boolean": "true",
    "number": "2",
    "string": '"a"',
    "date": '@"2020-01-01"',
    "time": '@"10:00:00"',
    "zoned time": '@"10:00:00Z"',
    "moment": '@"2020-01-01T10:00:00"',
    "zoned moment": '@"2020-01-01T10:00:00@Europe/London"',
    "days": '@"P1D"',
    "months": '@"P1M"',
    "list": "[1]",
    "context": "{a: 1}",
    "range": "[1..2]",
    "function": "(function(a) a)",
}
CLASSES = (bool, str, list, dict, Date, Time, DateAndTime, DaysAndTime, YearsAndMonths, Range, Function)
OPERATORS = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_kind_meets_every_kind_without_an_exception(operator):
    for left, right in product(KINDS.values(), repeat=2):
        result = evaluate(f"{left} {operator} {right}")
        if result.value is None and operator not in ("and", "or", "in"):
            assert result.warnings, f"{left} {operator} {right} is null without a reason"


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_compares_with_no_other(kind):
    for other in KINDS.keys() - {kind, "null"}:
        if {kind, other} not in ({"time", "zoned time"}, {"moment", "zoned moment"}) and kind != "null":
            assert value(f"{KINDS[kind]} = {KINDS[other]}") is None
            assert value(f"{KINDS[kind]} < {KINDS[other]}") is None


def test_a_warning_says_what_and_where():
    (warning,) = evaluate('1 + ("a" < 2)').warnings[:1]
    assert warning.message == "string < number can't be decided"
    assert warning.position == 5


def test_only_a_hundred_warnings_are_kept():
    assert len(evaluate("for i in 1..500 return i + null").warnings) == 100


def test_and_and_or_stop_as_soon_as_they_are_decided():
    assert evaluate("false and nobody").warnings == []
    assert evaluate("true or nobody").warnings == []
    assert len(evaluate("true and nobody").warnings) == 1
