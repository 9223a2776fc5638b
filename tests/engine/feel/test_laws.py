"""Laws that hold for all values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.feel import (
    BUILTINS,
    Date,
    DateAndTime,
    DaysAndTime,
    Range,
    Time,
    YearsAndMonths,
    freeze,
    thaw,
)
from engine.feel.numbers import CONTEXT
from engine.feel.syntax.parser import parse
from engine.feel.temporal import read_temporal
from engine.feel.temporal.civil import LAST_YEAR, month_length
from engine.feel.temporal.zones import DAY_NANOS
from tests.engine.feel.evaluating import value
from tests.engine.feel.sexpr import shown

LAWS = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def for_all(*strategies):
    """The test is tried with many examples, the same ones each time, however busy the machine is."""
    return lambda test: LAWS(given(*strategies)(test))


numbers = st.decimals(
    min_value=Decimal("-1e20"), max_value=Decimal("1e20"), allow_nan=False, allow_infinity=False, places=6
).map(CONTEXT.create_decimal)
years = st.integers(-LAST_YEAR + 1, LAST_YEAR - 1) | st.integers(1900, 2100)


@st.composite
def dates(draw):
    year, month = draw(years), draw(st.integers(1, 12))
    return Date(year, month, draw(st.integers(1, month_length(year, month))))


nanos = st.integers(0, DAY_NANOS - 1)
offsets = st.none() | st.integers(-18 * 60, 18 * 60).map(lambda minutes: minutes * 60)
zones = st.sampled_from(["Europe/London", "America/New_York", "Asia/Kathmandu", "Etc/UTC"])
times = st.builds(Time, nanos, offsets) | st.builds(lambda n, z: Time(n, None, z), nanos, zones)
moments = st.builds(DateAndTime, dates(), nanos, offsets) | st.builds(
    lambda day, n, zone: DateAndTime(day, n, None, zone), dates(), nanos, zones
)
lengths = st.integers(-(10**24), 10**24).map(DaysAndTime) | st.integers(-(10**9), 10**9).map(YearsAndMonths)
temporals = dates() | times | moments | lengths
booleans = st.sampled_from([True, False, None])
scalars = st.none() | st.booleans() | numbers | st.text(max_size=5) | temporals
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@for_all(temporals)
def test_a_temporal_value_is_its_text(moment):
    assert read_temporal(str(moment)) == moment


@for_all(values)
def test_what_is_frozen_thaws(before):
    after = thaw(freeze(before))
    assert after == before


@for_all(scalars, scalars)
def test_less_is_more_the_other_way_round(a, b):
    scope = {"a": a, "b": b}
    assert value("a < b", scope) is value("b > a", scope)
    assert value("a <= b", scope) is value("b >= a", scope)
    assert value("a = b", scope) is value("b = a", scope)


@for_all(numbers, numbers, numbers)
def test_an_interval_is_two_comparisons(x, a, b):
    low, high = min(a, b), max(a, b)
    scope = {"x": x, "a": low, "b": high}
    assert value("x in [a..b]", scope) is value("x >= a and x <= b", scope)
    assert value("x in (a..b)", scope) is value("x > a and x < b", scope)
    assert value("x between a and b", scope) is value("x in [a..b]", scope)


@for_all(booleans, booleans, booleans)
def test_logic_keeps_de_morgans_laws(a, b, c):
    scope = {"a": a, "b": b, "c": c}
    assert value("not(a and b)", scope) is value("not(a) or not(b)", scope)
    assert value("not(a or b)", scope) is value("not(a) and not(b)", scope)
    assert value("a and (b or c)", scope) is value("(a and b) or (a and c)", scope)


@for_all(numbers)
def test_the_floor_is_the_ceiling_upside_down(x):
    assert value("floor(-x) = -ceiling(x)", {"x": x}) is True


@for_all(numbers, numbers)
def test_a_remainder_has_the_sign_of_its_divisor(a, b):
    rest = value("modulo(a, b)", {"a": a, "b": b})
    if b == 0:
        assert rest is None
    else:
        assert rest == 0 or (rest < 0) == (b < 0)
        assert abs(rest) < abs(b) or rest == 0


@for_all(st.lists(numbers, min_size=1, max_size=8))
def test_sums_are_exact_to_34_digits(items):
    exact = sum((Fraction(item) for item in items), Fraction(0))
    assert value("sum(a)", {"a": items}) == CONTEXT.divide(
        Decimal(exact.numerator), Decimal(exact.denominator)
    )


@for_all(dates(), st.integers(-400, 400), st.integers(-20_000, 20_000))
def test_days_come_back_and_months_sometimes_do_not(day, months, days):
    scope = {"d": day, "m": YearsAndMonths(months), "n": DaysAndTime(days * DAY_NANOS)}
    if abs(day.year) < LAST_YEAR - 60:  # beyond, a sum may lie outside the calendar
        assert value("(d + n) - n = d", scope) is True
    back = value("(d + m) - m", scope)
    if back is not None:
        # Only a day that a month didn't have is lost.
        assert back == day or (back.month == day.month and back.day < day.day and day.day > 28)


@for_all(moments, st.integers(-(10**6), 10**6))
def test_a_length_is_what_lies_between(moment, seconds):
    scope = {"t": moment, "n": DaysAndTime(seconds * 10**9)}
    if abs(moment.date.year) < LAST_YEAR - 1:
        assert value("(t + n) - t = n", scope) is True


@for_all(st.text(max_size=8), st.integers(1, 8))
def test_two_parts_of_a_string_are_the_whole(text, length):
    if 0 < length < len(text):
        scope = {"t": text, "n": length}
        assert value("substring(t, 1, n) + substring(t, n + 1) = t", scope) is True


@for_all(st.lists(numbers, max_size=8))
def test_sorting_twice_is_sorting_once(items):
    once = value("sort(a, function(x, y) x < y)", {"a": items})
    assert once == sorted(items)
    assert value("sort(sort(a))", {"a": items}) == once
    assert value("count(distinct values(a))", {"a": items}) == len(set(items))


@for_all(values)
def test_everything_equals_itself(one):
    assert value("a = a", {"a": one}) is True
    assert value("list contains([a], a)", {"a": one}) is True


names = st.sampled_from(["a", "b c", "d-e", "item"])
leaves = st.sampled_from(["1", "2.5", '"x"', "true", "null", '@"P1D"', "a", "b c"])


OPERATIONS = [f"($0 {operator} $1)" for operator in ("+", "-", "*", "/", "**", "=", "<", ">=", "and", "or")] + [
    "(if $0 then $1 else $2)", "$0[$1]", "[$0..$1)", "(for a in $0 return $1)", "(some a in $0 satisfies $1)",
    "{a: $0, b c: $1}", "($0 in ($1))", "(- $0)", "count($0)", "(function(a) $0)", "($0).a",
]  # fmt: skip


def put_together(parts):
    form, *inner = parts
    for place, text in enumerate(inner):
        form = form.replace(f"${place}", text)
    return form


def _operations(inner):
    return st.tuples(st.sampled_from(OPERATIONS), inner, inner, inner).map(put_together)


@for_all(st.recursive(leaves, _operations, max_leaves=10))
def test_a_tree_shown_and_read_again_is_the_same_tree(text):
    def tree(source):
        return shown(parse(source, (BUILTINS.layer,)))

    once = tree(text)
    readable = once
    # Names are shown in angle brackets, which FEEL would take for comparisons.
    for name in ("a", "b c", "count"):
        readable = readable.replace(f"<{name}>:", f"{name}:").replace(f"<{name}>", name)
    assert tree(readable) == once


def test_a_range_value_is_what_it_was_made_of():
    assert value("[a..b)", {"a": 1, "b": 2}) == Range(Decimal(1), Decimal(2), True, False)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe"])
def test_every_hour_of_a_year_is_found_again(zone):
    start = DateAndTime(Date(2026, 1, 1), 0, None, zone)
    hour = DaysAndTime(3_600 * 10**9)
    moment = start
    for index in range(24 * 366):
        assert moment.line - start.line == index * hour.nanos
        moment = moment.plus(hour)
