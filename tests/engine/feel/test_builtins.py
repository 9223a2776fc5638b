"""The built-in functions: the standard's examples, edges, and null in every place."""

from __future__ import annotations

from itertools import product

import pytest

from engine.feel import BUILTINS, STANDARD
from tests.engine.feel.evaluating import evaluate, table, value

CONVERSION = table(r"""
    date("2020-02-29") ⇒ @"2020-02-29"
    date("2021-02-29") ⇒ null
    date("2020-2-29") ⇒ null
    date("2020-02-29T00:00:00") ⇒ null
    date("02020-02-29") ⇒ null
    date("+2020-02-29") ⇒ null
    date("-2020-02-29") ⇒ @"-2020-02-29"
    date("") ⇒ null
    date(2020, 2, 29) ⇒ @"2020-02-29"
    date(2020, 13, 1) ⇒ null
    date(2020, 1.5, 1) ⇒ null
    date(year: 2020, month: 2, day: 29) ⇒ @"2020-02-29"
    date(@"2020-02-29T10:00:00Z") ⇒ @"2020-02-29"
    date(from: @"2020-02-29") ⇒ @"2020-02-29"
    date(["2020-02-29"]) ⇒ @"2020-02-29"
    date(20200229) ⇒ null
    date(null) ⇒ null
    time("10:11:12.5") ⇒ @"10:11:12.5"
    time("10:11:12z") ⇒ @"10:11:12Z"
    time("T10:11:12") ⇒ @"10:11:12"
    time("24:00:00") ⇒ null
    time("10:11") ⇒ null
    time("10:60:00") ⇒ null
    time(10, 11, 12) ⇒ @"10:11:12"
    time(10, 11, 12.5) ⇒ @"10:11:12.5"
    time(10, 11, 12, @"PT1H") ⇒ @"10:11:12+01:00"
    time(10, 11, 12, null) ⇒ @"10:11:12"
    time(10, 11, 12, @"PT19H") ⇒ null
    time(25, 0, 0) ⇒ null
    time(@"2020-02-29T10:00:00+01:00") ⇒ @"10:00:00+01:00"
    time(@"2020-02-29") ⇒ @"00:00:00Z"
    date and time("2020-02-29T10:00:00") ⇒ @"2020-02-29T10:00:00"
    date and time("2020-02-29") ⇒ @"2020-02-29T00:00:00"
    date and time("2020-02-29T24:00:00") ⇒ @"2020-03-01T00:00:00"
    date and time("2020-02-29T10:00") ⇒ null
    date and time(@"2020-02-29", @"10:00:00Z") ⇒ @"2020-02-29T10:00:00Z"
    date and time(@"2020-02-29T01:00:00", @"10:00:00") ⇒ @"2020-02-29T10:00:00"
    date and time(@"2020-07-01T10:00:00Z", "Europe/London") ⇒ @"2020-07-01T11:00:00@Europe/London"
    date and time(@"2020-07-01T10:00:00", "Nowhere/Else") ⇒ null
    date and time(2020, 2, 29, 10, 0, 0) ⇒ @"2020-02-29T10:00:00"
    date and time(2020, 2, 29, 10, 0, 0, @"PT1H") ⇒ @"2020-02-29T10:00:00+01:00"
    date and time(2020, 2, 29, 10, 0, 0, "Europe/London") ⇒ @"2020-02-29T10:00:00@Europe/London"
    date and time(2020, 2, 30, 10, 0, 0) ⇒ null
    date and time(date: @"2020-02-29", time: @"10:00:00") ⇒ @"2020-02-29T10:00:00"
    duration("P1Y2M") ⇒ @"P14M"
    duration("P1DT2H") ⇒ @"PT26H"
    duration("-PT0.5S") ⇒ @"-PT0.5S"
    duration("P1Y1D") ⇒ null
    duration("P") ⇒ null
    duration("P1DT") ⇒ null
    duration("1D") ⇒ null
    duration("P-1D") ⇒ null
    years and months duration(@"2011-12-22", @"2013-08-24") ⇒ @"P1Y8M"
    years and months duration(@"2013-08-24", @"2011-12-22") ⇒ @"-P1Y8M"
    years and months duration(@"2020-01-31", @"2020-02-29") ⇒ @"P0M"
    years and months duration(@"2020-01-01T10:00:00", @"2020-02-01T09:00:00") ⇒ @"P0M"
    years and months duration(@"2020-01-01", null) ⇒ null
    number("1.5") ⇒ 1.5
    number("-1,000.5", ",", ".") ⇒ -1000.5
    number("1 000,5", " ", ",") ⇒ 1000.5
    number("1.000,5", ".", ",") ⇒ 1000.5
    number("1000.5", null, ".") ⇒ 1000.5
    number("1,5", ",", ",") ⇒ null
    number("1;5", ";", ".") ⇒ null
    number("x") ⇒ null
    number(5.5) ⇒ 5.5
    number(5, ",", ".") ⇒ null
    number(true) ⇒ null
    number(from: "1.5", grouping separator: ",", decimal separator: ".") ⇒ 1.5
    string("a") ⇒ "a"
    string(1.10) ⇒ "1.1"
    string(1e3) ⇒ "1000"
    string(-0.0) ⇒ "0"
    string(true) ⇒ "true"
    string(null) ⇒ null
    string(@"2020-02-29") ⇒ "2020-02-29"
    string(@"2020-02-29T10:00:00.500+00:00") ⇒ "2020-02-29T10:00:00.5Z"
    string(@"10:00:00@Europe/London") ⇒ "10:00:00@Europe/London"
    string(@"P26M") ⇒ "P2Y2M"
    string(@"PT90000S") ⇒ "P1DT1H"
    string(@"PT0S") ⇒ "PT0S"
    string(@"P0Y") ⇒ "P0M"
    string(["a", 1, null, [true]]) ⇒ "[\"a\", 1, null, [true]]"
    string({a: "b", "c d": {e: 1}}) ⇒ "{a: \"b\", c d: {e: 1}}"
    string({"{": 1, "a,b": 2}) ⇒ "{\"{\": 1, \"a,b\": 2}"
    string([1..5)) ⇒ "[1..5)"
    context([{key: "a", value: 1}, {key: "b", value: 2}]) ⇒ {a: 1, b: 2}
    context({key: "a", value: 1}) ⇒ {a: 1}
    context([{key: "a", value: 1}, {key: "a", value: 2}]) ⇒ null
    context([{key: 1, value: 1}]) ⇒ null
    context([{key: "a"}]) ⇒ null
    context([]) ⇒ {}
    range("[1..5)") ⇒ [1..5)
    range("]1..5[") ⇒ (1..5)
    range("[\"a\"..\"b\"]") ⇒ ["a".."b"]
    range("[@\"2020-01-01\"..@\"2020-02-01\"]") ⇒ [@"2020-01-01"..@"2020-02-01"]
    range("(..5]") ⇒ (<= 5)
    range("[1..)") ⇒ (>= 1)
    range("[1..a]") ⇒ null
    range("[1 + 1..3]") ⇒ null
    range("[5..1]") ⇒ null
    range("[1..\"a\"]") ⇒ null
    range("[1..]") ⇒ null
    range("(..)") ⇒ null
    range("x") ⇒ null
""")

TEXT = table(r"""
    substring("foobar", 3) ⇒ "obar"
    substring("foobar", 3, 3) ⇒ "oba"
    substring("foobar", -2, 1) ⇒ "a"
    substring("foobar", 3, 99) ⇒ "obar"
    substring("foobar", 0) ⇒ null
    substring("foobar", 7) ⇒ null
    substring("foobar", 1, 0) ⇒ null
    substring("foobar", 1.5) ⇒ "foobar"
    substring("foobar", 3, 3.8) ⇒ "oba"
    substring("foobar", -2.9, 1) ⇒ "a"
    substring("foobar", 0.9) ⇒ null
    substring("foobar", 1, null) ⇒ null
    substring("🐎ab", 2) ⇒ "ab"
    string length("🐎ab") ⇒ 3
    string length("") ⇒ 0
    string length(["abc"]) ⇒ 3
    string length(["a", "b"]) ⇒ null
    upper case("aBc4ß") ⇒ "ABC4SS"
    lower case("aBc4") ⇒ "abc4"
    substring before("foobar", "bar") ⇒ "foo"
    substring before("foobar", "xyz") ⇒ ""
    substring before("foobar", "") ⇒ ""
    substring after("foobar", "ob") ⇒ "ar"
    substring after("", "a") ⇒ ""
    substring after("foo", "") ⇒ "foo"
    contains("foobar", "of") ⇒ false
    contains("foobar", ".") ⇒ false
    starts with("foobar", "fo") ⇒ true
    ends with("foobar", "r") ⇒ true
    split("John Doe", "\s") ⇒ ["John", "Doe"]
    split("a;b;c;;", ";") ⇒ ["a", "b", "c", "", ""]
    split("a1b22c", "[0-9]+") ⇒ ["a", "b", "c"]
    split("abc", "") ⇒ null
    string join(["a", "b"], "-") ⇒ "a-b"
    string join(["a", null, "b"], "-") ⇒ "a-b"
    string join(["a", "b"], null) ⇒ "ab"
    string join(["a", "b"]) ⇒ "ab"
    string join([]) ⇒ ""
    string join("a") ⇒ "a"
    string join(["a", 1]) ⇒ null
""")

LISTS = table("""
    list contains([1, 2], 2.0) ⇒ true
    list contains([1, null], null) ⇒ true
    list contains([[1], [2]], [2]) ⇒ true
    list contains([{a: 1}], {a: 1.0}) ⇒ true
    list contains(["1"], 1) ⇒ false
    list contains([@"10:00:00Z"], @"11:00:00+01:00") ⇒ true
    list contains(null, 1) ⇒ null
    count([1, 2, 3]) ⇒ 3
    count([]) ⇒ 0
    count(1) ⇒ 1
    count([null]) ⇒ 1
    count(null) ⇒ null
    min([1, 2, 3]) ⇒ 1
    min(1, 2, 3) ⇒ 1
    min("b", "a") ⇒ "a"
    min([@"2020-01-02", @"2020-01-01"]) ⇒ @"2020-01-01"
    min([]) ⇒ null
    min([1, null]) ⇒ null
    min([1, "a"]) ⇒ null
    max(@"P1D", @"PT25H") ⇒ @"PT25H"
    max([true]) ⇒ null
    sum([1, 2, 3]) ⇒ 6
    sum(1.5, 2) ⇒ 3.5
    sum([]) ⇒ null
    sum(["a"]) ⇒ null
    sum(5) ⇒ 5
    mean([1, 2, 3]) ⇒ 2
    mean(1, 2) ⇒ 1.5
    product([2, 3, 4]) ⇒ 24
    product([]) ⇒ null
    median([8, 2, 5, 3, 4]) ⇒ 4
    median(6, 1, 2, 3) ⇒ 2.5
    median([]) ⇒ null
    stddev(2, 4, 7, 5) ⇒ 2.081665999466132735282297706979931
    stddev([47]) ⇒ null
    stddev([]) ⇒ null
    mode(6, 3, 9, 6, 6) ⇒ [6]
    mode([6, 1, 9, 6, 1]) ⇒ [1, 6]
    mode([]) ⇒ []
    mode(["a"]) ⇒ null
    all([true, true]) ⇒ true
    all([true, null]) ⇒ null
    all([null, false]) ⇒ false
    all([]) ⇒ true
    all(true, false) ⇒ false
    all(["a", true]) ⇒ null
    any([false, true]) ⇒ true
    any([false, null]) ⇒ null
    any([]) ⇒ false
    any(null, true) ⇒ true
    sublist([4, 5, 6], 1, 2) ⇒ [4, 5]
    sublist([4, 5, 6], -2) ⇒ [5, 6]
    sublist([4, 5, 6], 0) ⇒ null
    sublist([4, 5, 6], 4) ⇒ null
    sublist([4, 5, 6], 2, 3) ⇒ null
    append([1], 2, 3) ⇒ [1, 2, 3]
    append([1], [2]) ⇒ [1, [2]]
    append([1], null) ⇒ [1, null]
    append(1, 2) ⇒ [1, 2]
    append(null, 2) ⇒ null
    concatenate([1, 2], [3]) ⇒ [1, 2, 3]
    concatenate([1], null) ⇒ null
    concatenate(1, [2]) ⇒ [1, 2]
    union([1, 2], [2, 3.0], [3]) ⇒ [1, 2, 3]
    insert before([1, 3], 1, 2) ⇒ [2, 1, 3]
    insert before([1, 3], -1, 2) ⇒ [1, 2, 3]
    insert before([1, 3], 0, 2) ⇒ null
    insert before([], 1, 2) ⇒ null
    remove([1, 2, 3], 2) ⇒ [1, 3]
    remove([1, 2, 3], -1) ⇒ [1, 2]
    remove([1, 2, 3], 4) ⇒ null
    list replace([2, 4, 7, 8], 3, 6) ⇒ [2, 4, 6, 8]
    list replace([2, 4, 7, 8], -1, 6) ⇒ [2, 4, 7, 6]
    list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5) ⇒ [5, 5, 7, 8]
    list replace([1], function(item, newItem) "a", 5) ⇒ null
    list replace([1], 2, 5) ⇒ null
    reverse([1, 2, 3]) ⇒ [3, 2, 1]
    index of([1, 2, 3, 2], 2) ⇒ [2, 4]
    index of([1, null], null) ⇒ [2]
    index of([1], 5) ⇒ []
    distinct values([1, 2, 1.0, null, null, "1"]) ⇒ [1, 2, null, "1"]
    distinct values([{a: 1}, {a: 1}, [1], [1]]) ⇒ [{a: 1}, [1]]
    flatten([[1, 2], [[3]], 4]) ⇒ [1, 2, 3, 4]
    flatten([]) ⇒ []
    sort([3, 1, 2], function(x, y) x < y) ⇒ [1, 2, 3]
    sort(list: [3, 1, 2], precedes: function(x, y) x > y) ⇒ [3, 2, 1]
    sort([{a: 1, b: 1}, {a: 0, b: 2}, {a: 1, b: 3}], function(x, y) x.a < y.a).b ⇒ [2, 1, 3]
    sort([3, 1, 2]) ⇒ [1, 2, 3]
    sort([1, "a"]) ⇒ null
    sort([1, 2], function(x, y) "a") ⇒ null
    sort([1, 2], function(x) true) ⇒ null
    sort([]) ⇒ []
""")

NUMERIC = table("""
    decimal(1/3, 2) ⇒ 0.33
    decimal(1.5, 0) ⇒ 2
    decimal(2.5, 0) ⇒ 2
    decimal(-2.5, 0) ⇒ -2
    decimal(1234, -2) ⇒ 1200
    decimal(1, 6176) ⇒ 1
    decimal(1, 6177) ⇒ null
    decimal(1, -6112) ⇒ null
    decimal(1/3, 2.5) ⇒ 0.33
    round up(1.25, 1.9) ⇒ 1.3
    decimal(1, "1") ⇒ null
    decimal(1, null) ⇒ null
    floor(1.5) ⇒ 1
    floor(-1.5) ⇒ -2
    floor(-1.56, 1) ⇒ -1.6
    floor(1.5, null) ⇒ null
    ceiling(1.5) ⇒ 2
    ceiling(-1.56, 1) ⇒ -1.5
    ceiling(1e40) ⇒ 1e40
    round up(5.5, 0) ⇒ 6
    round up(-5.5, 0) ⇒ -6
    round up(1.121, 2) ⇒ 1.13
    round down(-5.5, 0) ⇒ -5
    round half up(5.5, 0) ⇒ 6
    round half up(-5.5, 0) ⇒ -6
    round half down(5.5, 0) ⇒ 5
    round half down(-5.51, 0) ⇒ -6
    round half up(1.5) ⇒ null
    abs(-10) ⇒ 10
    abs(@"-PT5H") ⇒ @"PT5H"
    abs(@"-P2M") ⇒ @"P2M"
    abs("a") ⇒ null
    abs(-1.234567890123456789012345678901234) ⇒ 1.234567890123456789012345678901234
    modulo(12, 5) ⇒ 2
    modulo(-12, 5) ⇒ 3
    modulo(12, -5) ⇒ -3
    modulo(-12, -5) ⇒ -2
    modulo(10.1, 4.5) ⇒ 1.1
    modulo(1, 0) ⇒ null
    modulo(1e40, 3) ⇒ 1
    sqrt(16) ⇒ 4
    sqrt(-1) ⇒ null
    log(1) ⇒ 0
    log(0) ⇒ null
    log(-1) ⇒ null
    exp(0) ⇒ 1
    exp(1) ⇒ 2.718281828459045235360287471352662
    exp(1e9) ⇒ null
    odd(5) ⇒ true
    odd(-3) ⇒ true
    odd(2) ⇒ false
    even(1e40) ⇒ true
    even(1.5) ⇒ false
    even("2") ⇒ null
""")

DAYS = table("""
    day of year(@"2019-09-17") ⇒ 260
    day of year(@"2020-12-31T10:00:00") ⇒ 366
    day of week(@"2019-09-17") ⇒ "Tuesday"
    month of year(@"2019-09-17") ⇒ "September"
    week of year(@"2019-09-17") ⇒ 38
    week of year(@"2005-01-01") ⇒ 53
    week of year(@"2003-12-29") ⇒ 1
    week of year(@"2020-12-31") ⇒ 53
    day of week(@"-0001-01-01") ⇒ "Friday"
    day of week("2019-09-17") ⇒ null
    today() ⇒ @"2026-07-02"
    now() ⇒ @"2026-07-02T00:30:00@Europe/London"
    now() = @"2026-07-01T23:30:00Z" ⇒ true
    date(now()) = today() ⇒ true
    is(@"2020-01-01", @"2020-01-01") ⇒ true
    is(@"10:00:00Z", @"10:00:00+00:00") ⇒ true
    is(@"10:00:00Z", @"11:00:00+01:00") ⇒ false
    is(@"10:00:00", @"10:00:00Z") ⇒ false
    is(@"2020-01-01T10:00:00Z", @"2020-01-01T10:00:00@Europe/London") ⇒ false
    is(@"2020-01-01T10:00:00@Europe/London", @"2020-01-01T10:00:00@Europe/London") ⇒ true
    is(@"2020-01-01T10:00:00@Europe/Dublin", @"2020-01-01T10:00:00@Europe/London") ⇒ false
    is(@"10:00:00.25", @"10:00:00.5") ⇒ false
    is(value1: 1) ⇒ false
    is(value1: 1, value2: 1, value3: 1) ⇒ null
    is(1, 1.0) ⇒ true
    is(1, "1") ⇒ false
    is(null, null) ⇒ true
    is([1, {a: null}], [1.0, {a: null}]) ⇒ true
    is([1..2], [1..2)) ⇒ false
""")

CONTEXTS = table("""
    get value({a: 1}, "a") ⇒ 1
    get value({a: 1}, "b") ⇒ null
    get value({a: {b: 2}}, ["a", "b"]) ⇒ 2
    get value({a: 1}, ["a", "b"]) ⇒ null
    get value({a: 1}, []) ⇒ null
    get value(null, "a") ⇒ null
    get entries({a: 1, b: "c"}) ⇒ [{key: "a", value: 1}, {key: "b", value: "c"}]
    get entries({}) ⇒ []
    context put({a: 1}, "b", 2) ⇒ {a: 1, b: 2}
    context put({a: 1}, "a", null) ⇒ {a: null}
    context put({a: {b: 1}}, ["a", "b"], 2) ⇒ {a: {b: 2}}
    context put({a: {b: 1}}, ["a", "c"], 2) ⇒ {a: {b: 1, c: 2}}
    context put({a: 1}, ["a", "c"], 2) ⇒ null
    context put({}, [], 2) ⇒ null
    context put(context: {a: 1}, key: "b", value: 2) ⇒ {a: 1, b: 2}
    context merge([{a: 1}, {a: 2, b: 3}]) ⇒ {a: 2, b: 3}
    context merge([]) ⇒ {}
    context merge([1]) ⇒ null
""")

CAMUNDA = table("""
    is defined(null) ⇒ false
    is defined(0) ⇒ true
    get or else(null, "x") ⇒ "x"
    get or else(false, "x") ⇒ false
    is empty([]) ⇒ true
    is empty([null]) ⇒ false
    is blank("  ") ⇒ true
    is blank("a") ⇒ false
    trim("  a b ") ⇒ "a b"
    assert(1, true) ⇒ 1
    assert(1, false) ⇒ null
    assert(1, null, "because") ⇒ null
""")


@pytest.mark.parametrize(
    ("text", "expected"), CONVERSION + TEXT + LISTS + NUMERIC + DAYS + CONTEXTS + CAMUNDA
)
def test_built_ins(text, expected):
    found, wanted = value(text), value(expected)
    assert found == wanted
    assert type(found) is type(wanted)


#: Pairs of spans and, for each relation, whether it holds; open and closed ends meet every way.
SPANS = [("[1..3]", "[3..5]"), ("[1..3)", "[3..5]"), ("[1..3]", "(3..5]"), ("[1..3)", "(3..5]"),
         ("[1..5]", "[1..5]"), ("[1..5]", "(1..5]"), ("[1..5]", "[1..5)"), ("[1..5]", "[2..4]"),
         ("[1..4]", "[2..6]"), ("[1..2]", "[4..5]"), ("[2..6]", "[1..4]"), ("(1..5]", "[1..5]")]  # fmt: skip
RELATIONS = {
    "before":          "011100000100",
    "after":           "000000000000",
    "meets":           "100000000000",
    "overlaps":        "100011111011",
    "overlaps before": "100001001000",
    "overlaps after":  "000000000011",
    "finishes":        "000010000001",
    "finished by":     "000011000000",
    "includes":        "000011110000",
    "during":          "000010000001",
    "starts":          "000010000000",
    "started by":      "000010100000",
    "coincides":       "000010000000",
}  # fmt: skip


@pytest.mark.parametrize("relation", RELATIONS)
def test_ranges_relate_as_the_standard_says(relation):
    found = "".join(str(int(value(f"{relation}({left}, {right})"))) for left, right in SPANS)
    assert found == RELATIONS[relation]


POINTS = table("""
    before(1, 2) ⇒ true
    before(2, 2) ⇒ false
    before(1, [1..2]) ⇒ false
    before(1, (1..2]) ⇒ true
    before([1..2), 2) ⇒ true
    before([1..2], 2) ⇒ false
    after(3, [1..2]) ⇒ true
    after([1..2], 0) ⇒ true
    after((1..2], 1) ⇒ true
    finishes(2, [1..2]) ⇒ true
    finishes(2, [1..2)) ⇒ false
    finished by([1..2], 2) ⇒ true
    includes([1..2], 2) ⇒ true
    includes([1..2), 2) ⇒ false
    during(1, [1..2]) ⇒ true
    during(1, (1..2]) ⇒ false
    starts(1, [1..2]) ⇒ true
    started by((1..2], 1) ⇒ false
    coincides(1, 1) ⇒ true
    coincides(1, 2) ⇒ false
    met by([3..5], [1..3]) ⇒ true
    before((< 5), [5..6]) ⇒ true
    before((<= 5), [5..6]) ⇒ false
    after((> 5), [1..5]) ⇒ true
    overlaps((< 5), (> 3)) ⇒ true
    includes((> 1), 100) ⇒ true
    during([2..3], (> 1)) ⇒ true
    coincides((> 1), (> 1)) ⇒ true
    coincides((> 1), (>= 1)) ⇒ false
    before("a", "b") ⇒ true
    before(@"2020-01-01", [@"2020-01-02"..@"2020-01-03"]) ⇒ true
    before(1, "a") ⇒ null
    before(1, null) ⇒ null
    before([null..2], 1) ⇒ false
    before([1..null], 1) ⇒ null
    meets(1, [1..2]) ⇒ null
    before(point: 1, range: [2..3]) ⇒ true
    before(point1: 1, point2: 2) ⇒ true
""")


@pytest.mark.parametrize(("text", "expected"), POINTS)
def test_points_and_ranges(text, expected):
    assert value(text) is value(expected)


#: One argument of each kind that a parameter may want.
SAMPLES = {
    "string": '"a"',
    "number": "2",
    "integer": "1",
    "whole part": "1",
    "boolean": "true",
    "date": '@"2020-01-01"',
    "time": '@"10:00:00"',
    "date and time": '@"2020-01-01T10:00:00"',
    "days and time duration": '@"P1D"',
    "duration": '@"P1D"',
    "list": "[1, 2]",
    "context": "{a: 1}",
    "range": "[1..5]",
    "function": "function(a, b) a < b",
    "any": "1",
}


def _arguments(signature):
    return [
        SAMPLES[part.written.rstrip("?.").split("|")[0]]
        for part in signature.parameters
        if not (part.optional and part.name == "flags")
    ]


def _refuses_null(part):
    return part.classes is not None and type(None) not in part.classes and not part.many


SIGNATURES = [
    pytest.param(signature, id=str(signature))
    for name in BUILTINS
    for signature in BUILTINS[name].signatures
    if signature.parameters
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_null_in_any_place_gives_a_value_or_null_but_no_exception(signature):
    arguments = _arguments(signature)
    for place in range(len(arguments)):
        with_null = [*arguments[:place], "null", *arguments[place + 1 :]]
        result = evaluate(f"{signature.name}({', '.join(with_null)})")
        part = signature.parameters[place]
        if _refuses_null(part) and len(BUILTINS[signature.name].signatures) == 1:
            assert result.value is None
            assert result.warnings


@pytest.mark.parametrize("signature", [s for s in SIGNATURES if not s.values[0].parameters[-1].many])
def test_a_call_by_name_is_the_call_by_position(signature):
    arguments = _arguments(signature)
    names = [part.name for part in signature.parameters]
    by_name = ", ".join(f"{name}: {text}" for name, text in zip(names, arguments, strict=False))
    by_position = evaluate(f"{signature.name}({', '.join(arguments)})").value
    assert evaluate(f"{signature.name}({by_name})").value == by_position


KINDS = [value(text) for text in (*SAMPLES.values(), "null", "[]", '["a"]', "0", "-1", "1.5", '""')]


@pytest.mark.parametrize("name", BUILTINS)
def test_every_kind_of_argument_is_survived(name):
    for count, call in enumerate((f"{name}()", f"{name}(a)", f"{name}(a, b)")):
        for arguments in product(KINDS, repeat=count):
            evaluate(call, dict(zip("ab", arguments, strict=False)))


def test_the_standards_functions_are_kept_apart():
    assert set(BUILTINS) - set(STANDARD) == {
        "is defined", "get or else", "is empty", "is blank", "trim", "assert",
    }  # fmt: skip


def test_the_reason_of_an_assertion_is_the_warning():
    assert evaluate('assert(1, false, "no date yet")').warnings[0].message == "assert: no date yet"


def test_a_refused_call_says_what_the_function_takes():
    (warning,) = evaluate("string length(5)").warnings
    assert warning.message == "string length(number) isn't possible; it takes string length(string: string)"
