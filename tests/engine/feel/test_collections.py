"""Lists, contexts, filters, paths, loops and functions."""

from __future__ import annotations

import pytest

from engine.feel import LimitExceeded
from tests.engine.feel.evaluating import evaluate, table, value

FILTERS = table("""
    [1, 2, 3][1] ⇒ 1
    [1, 2, 3][-1] ⇒ 3
    [1, 2, 3][0] ⇒ null
    [1, 2, 3][4] ⇒ null
    [1, 2, 3][-4] ⇒ null
    [1, 2, 3][1.5] ⇒ null
    [1, 2, 3][1 + 1] ⇒ 2
    [][1] ⇒ null
    [][item > 1] ⇒ []
    [][1 + 1] ⇒ null
    [1, 2, 3][item > 1] ⇒ [2, 3]
    [1, 2, 3][true] ⇒ [1, 2, 3]
    [1, 2, 3][false] ⇒ []
    [1, 2, 3][null] ⇒ []
    [1, "a", 3][item > 1] ⇒ [3]
    [{a: 1, b: 2}, {a: 2, b: 3}][a = 2] ⇒ [{a: 2, b: 3}]
    [{a: 1, b: 2}, {a: 2, b: 3}][item.a = 2].b ⇒ [3]
    [{a: 1}, {b: 2}][a = 1] ⇒ [{a: 1}]
    [{item: 1}, {item: 2}][item > 1] ⇒ [{item: 2}]
    {a: 2, r: [{a: 1}, {b: 2}][a = 2]}.r ⇒ [{b: 2}]
    [[1, 2], [3]][count(item) = 2] ⇒ [[1, 2]]
    [{a: [1, 2]}, {a: [3]}][some x in a satisfies x > 2] ⇒ [{a: [3]}]
    [[{a: 1}], [{a: 2}]][count(item[a = 2]) = 1] ⇒ [[{a: 2}]]
    1[1] ⇒ 1
    1[-1] ⇒ 1
    1[2] ⇒ null
    1[item = 1] ⇒ [1]
    1[item = 2] ⇒ []
    {a: 1}[a = 1] ⇒ [{a: 1}]
    null[1] ⇒ null
    null[true] ⇒ null
    [null][1] ⇒ null
    [[1, 2], [3, 4]][2][1] ⇒ 3
""")

PATHS = table("""
    {a: 1}.a ⇒ 1
    {a: {b: 2}}.a.b ⇒ 2
    {a: 1}.b ⇒ null
    {"a b": 1}.a b ⇒ 1
    {a: 1}.a.b ⇒ null
    null.a ⇒ null
    "x".a ⇒ null
    [{a: 1}, {a: 2}].a ⇒ [1, 2]
    [{a: 1}, {b: 2}].a ⇒ [1, null]
    [].a ⇒ []
    [@"2020-01-01", @"2021-01-01"].year ⇒ [2020, 2021]
    {a: 1, b: a + 1, c: b * 2}.c ⇒ 4
    {a: 1, b: {a: 2, c: a}}.b.c ⇒ 2
    {a: 1, b: {c: a}}.b.c ⇒ 1
    {a: 1, a: 2} ⇒ null
    [1..5].start ⇒ 1
    [1..5].end ⇒ 5
    (1..5].start included ⇒ false
    (1..5].end included ⇒ true
    (< 5).start ⇒ null
    (< 5).end ⇒ 5
    (< 5).start included ⇒ false
    (>= 5).start included ⇒ true
    @"2020-03-04".month ⇒ 3
    @"2020-03-04".weekday ⇒ 3
    @"2020-03-04".hour ⇒ null
    @"2020-03-04T05:06:07Z".day ⇒ 4
    @"2020-03-04T05:06:07Z".hour ⇒ 5
    @"2020-03-04T05:06:07Z".time offset ⇒ @"PT0S"
    @"2020-03-04T05:06:07Z".timezone ⇒ null
    @"2020-03-04T05:06:07".time offset ⇒ null
    @"2020-07-04T05:06:07@Europe/London".time offset ⇒ @"PT1H"
    @"2020-07-04T05:06:07@Europe/London".timezone ⇒ "Europe/London"
    @"05:06:07.5".second ⇒ 7
    @"P1DT2H3M4S".days ⇒ 1
    @"P1DT2H3M4S".hours ⇒ 2
    @"P1DT2H3M4S".minutes ⇒ 3
    @"P1DT2H3M4.9S".seconds ⇒ 4
    @"-P1DT2H".hours ⇒ -2
    @"P1Y2M".years ⇒ 1
    @"P14M".months ⇒ 2
    @"P1D".years ⇒ null
""")

LOOPS = table("""
    for i in [1, 2] return i * 2 ⇒ [2, 4]
    for i in [] return i ⇒ []
    for i in null return i ⇒ null
    for i in 5 return i ⇒ [5]
    for i in "a" return i ⇒ ["a"]
    for i in 1..3 return i ⇒ [1, 2, 3]
    for i in 3..1 return i ⇒ [3, 2, 1]
    for i in 2..2 return i ⇒ [2]
    for i in 1..1.5 return i ⇒ null
    for i in 1..null return i ⇒ null
    for i in 1..@"2020-01-01" return i ⇒ null
    for i in [1..3] return i ⇒ [1, 2, 3]
    for i in (1..3) return i ⇒ [2]
    for i in (> 1) return i ⇒ null
    for i in @"2020-02-28"..@"2020-03-01" return i.day ⇒ [28, 29, 1]
    for i in [@"2020-01-02"..@"2020-01-03"] return i.day ⇒ [2, 3]
    for i in [1, 2], j in [3, 4] return i * j ⇒ [3, 4, 6, 8]
    for i in 1..2, j in 1..i return j ⇒ [1, 1, 2]
    for i in [[1, 2], [3]], j in i return j ⇒ [1, 2, 3]
    for i in 0..4 return if i = 0 then 1 else i * partial[-1] ⇒ [1, 1, 2, 6, 24]
    for i in 1..3 return count(partial) ⇒ [0, 1, 2]
    for i in 1..3 return sum(partial[item > 0]) ⇒ [null, null, null]
    for i in 1..2 return partial ⇒ [[], [[]]]
    for i in 1..2 return [1, 2][item = i] ⇒ [[1], [2]]
    for f in [function(x) x + 1, function(x) x * 2] return f(5) ⇒ [6, 10]
    (for i in 1..3 return function(x) x + i)[2](1) ⇒ 3
    some i in [1, 2] satisfies i > 1 ⇒ true
    some i in [1, 2] satisfies i > 2 ⇒ false
    some i in [] satisfies true ⇒ false
    every i in [] satisfies false ⇒ true
    every i in [1, 2] satisfies i > 0 ⇒ true
    every i in [1, 2] satisfies i > 1 ⇒ false
    some i in [1, null] satisfies i > 1 ⇒ null
    some i in [null, 2] satisfies i > 1 ⇒ true
    every i in [null, 2] satisfies i > 5 ⇒ false
    every i in [null, 2] satisfies i > 1 ⇒ null
    some i in [1] satisfies "a" ⇒ null
    every i in null satisfies true ⇒ null
    some i in 1..3, j in 4..6 satisfies i + j = 9 ⇒ true
    every i in 1..3, j in i..3 satisfies i <= j ⇒ true
""")

FUNCTIONS = table("""
    (function(a) a + 1)(2) ⇒ 3
    (function() 5)() ⇒ 5
    (function(a, b) a - b)(b: 1, a: 3) ⇒ 2
    (function(a) a)() ⇒ null
    (function(a) a)(1, 2) ⇒ null
    (function(a) a)(b: 1) ⇒ null
    (function(a: number) a)("x") ⇒ null
    (function(a: number) a)([5]) ⇒ 5
    (function(a: list<number>) a)(5) ⇒ [5]
    (function(a: date and time) a)(@"2020-01-01") ⇒ @"2020-01-01T00:00:00Z"
    (function(a: number) a)(null) ⇒ null
    (function(a) external {java: {class: "a"}})(1) ⇒ null
    {f: function(a) a * 2, r: f(3)}.r ⇒ 6
    {f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(10)}.r ⇒ 3628800
    {a: 1, f: function(b) a + b, r: {a: 10, s: f(1)}}.r.s ⇒ 2
    {f: function(a) function(b) a + b, r: f(1)(2)}.r ⇒ 3
    {f: count, r: f([1, 2])}.r ⇒ 2
    sort([3, 1, 2], function(a, b) a > b) ⇒ [3, 2, 1]
    (function(count) count + 1)(2) ⇒ 3
    (function(abs) abs(2))(function(x) x * 10) ⇒ 20
    1(2) ⇒ null
    nobody(2) ⇒ null
    abs(n: -1) ⇒ 1
    abs(m: -1) ⇒ null
    abs(n: 1, n: 2) ⇒ null
    substring(start position: 2, string: "abc") ⇒ "bc"
    substring(string: "abc") ⇒ null
""")

TYPES = table("""
    1 instance of number ⇒ true
    1 instance of string ⇒ false
    1 instance of Any ⇒ true
    null instance of Null ⇒ true
    null instance of number ⇒ false
    1 instance of Null ⇒ false
    true instance of boolean ⇒ true
    @"2020-01-01" instance of date ⇒ true
    @"2020-01-01" instance of date and time ⇒ false
    @"10:00:00" instance of time ⇒ true
    @"P1D" instance of days and time duration ⇒ true
    @"P1D" instance of years and months duration ⇒ false
    [1] instance of list<number> ⇒ true
    [1, "a"] instance of list<number> ⇒ false
    [1, null] instance of list<number> ⇒ true
    [] instance of list<number> ⇒ true
    [[1]] instance of list<list<number>> ⇒ true
    1 instance of list<number> ⇒ false
    {a: 1} instance of context ⇒ true
    {a: 1, b: 2} instance of context<a: number> ⇒ true
    {b: 2} instance of context<a: number> ⇒ false
    {a: null} instance of context<a: number> ⇒ true
    [1..2] instance of range<number> ⇒ true
    (< 2) instance of range<number> ⇒ true
    [1..2] instance of range<string> ⇒ false
    (function(a) a) instance of function<number>->Any ⇒ true
    (function(a: string) a) instance of function<number>->Any ⇒ false
    (function(a, b) a) instance of function<number>->Any ⇒ false
    string length instance of function<string>->number ⇒ true
    string length instance of function<string>->string ⇒ false
    1 instance of nonsense ⇒ null
""")


@pytest.mark.parametrize(("text", "expected"), FILTERS + PATHS + LOOPS + FUNCTIONS + TYPES)
def test_collections(text, expected):
    assert value(text) == value(expected)
    assert type(value(text)) is type(value(expected))


def test_variables_are_read_only_when_they_are_needed():
    class Reluctant(dict):
        def __getitem__(self, name):
            assert name == "a", f"{name} was read"
            return super().__getitem__(name)

    from engine.feel import compile_expression
    from tests.engine.feel.evaluating import NOW

    expression = compile_expression("if a then 1 else b")
    assert expression.evaluate(Reluctant(a=True, b=2), now=NOW).value == 1


def test_a_variable_hides_no_function_that_is_called():
    assert value("count(count)", {"x": 1}) == 1
    assert evaluate("date + 1", {"date": 2}).value == 3


def test_a_missing_variable_is_null_with_a_warning():
    result = evaluate("days left < 5")
    assert result.value is None
    assert [w.message for w in result.warnings] == [
        "There is no variable 'days left'",
        "null < number can't be decided",
    ]


def test_results_dont_share_lists_that_still_grow():
    assert value("for i in 1..3 return [partial]") == [[[]], [[[[]]]], [[[[]], [[[[]]]]]]]


def test_a_list_is_bounded():
    with pytest.raises(LimitExceeded):
        evaluate("for i in 1..100001 return i", steps=10**7)
