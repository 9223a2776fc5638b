"""Functions of our own beside the built-ins."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from engine.feel import BUILTINS, Date, LimitExceeded, NoValue, compile_expression
from tests.engine.feel.evaluating import NOW


def answer(functions, text, variables=None):
    return compile_expression(text, variables or (), functions).evaluate(variables or {}, now=NOW)


def test_a_registered_function_gets_and_answers_pythons_values():
    seen = []

    def next_day(day: date, days: Decimal) -> date:
        seen.append((day, days))
        return day + timedelta(days=int(days))

    functions = BUILTINS.extended("next day(day: date, days: number)", next_day)
    result = answer(functions, 'next day(@"2026-12-31", 2)')
    assert result.value == Date(2027, 1, 2)
    assert seen == [(date(2026, 12, 31), Decimal(2))]
    assert answer(functions, 'next day(days: 1, day: @"2026-12-31").year').value == 2027


def test_arguments_that_do_not_fit_never_reach_it():
    functions = BUILTINS.extended("f(day: date)", lambda day: 1)
    result = answer(functions, 'f("2026-12-31")')
    assert result.value is None
    assert result.warnings[0].message == "f(string) isn't possible; it takes f(day: date)"


def test_it_may_ask_for_the_evaluations_clock():
    def age(born: date, *, clock) -> int:
        assert clock.now() == NOW
        return int(clock.today().year - born.year)

    functions = BUILTINS.extended("age(born: date)", age)
    assert answer(functions, 'age(@"2020-01-01")').value == 6
    today = BUILTINS.extended("the day()", lambda *, clock: clock.today())
    assert answer(today, "the day()").value == Date(2026, 7, 2)


@pytest.mark.parametrize(
    "error", [NoValue("no such rule"), KeyError("no such rule"), RuntimeError("no such rule")]
)
def test_what_it_raises_is_null_with_a_warning(error):
    def fail() -> None:
        raise error

    result = answer(BUILTINS.extended("fail()", fail), "fail()")
    assert result.value is None
    assert "no such rule" in result.warnings[0].message


def test_a_limit_inside_it_stays_a_limit():
    def fail() -> None:
        raise LimitExceeded("too much")

    with pytest.raises(LimitExceeded):
        answer(BUILTINS.extended("fail()", fail), "fail()")


def test_instants_go_in_aware():
    functions = BUILTINS.extended("hour of(moment: date and time)", lambda moment: moment.hour)
    assert answer(functions, 'hour of(@"2026-07-01T10:00:00+02:00")').value == 8
    seen = BUILTINS.extended("same(moment: any)", lambda moment: isinstance(moment, datetime))
    assert answer(seen, "same(now())").value is True


def test_a_date_beyond_python_is_null():
    functions = BUILTINS.extended("f(day: date)", lambda day: 1)
    assert answer(functions, 'f(@"12000-01-01")').value is None


def test_a_registry_is_never_changed():
    more = BUILTINS.extended("f(a: number)", lambda a: a)
    both = more.extended("f(a: string)", len)
    assert "f" not in BUILTINS
    assert answer(more, 'f("abc")').value is None
    assert answer(both, 'f("abc")').value == 3
    assert answer(both, "f(7)").value == 7


@pytest.mark.parametrize("line", ["f", "f(", "", "(a: number)"])
def test_a_signature_that_cannot_be_read_is_refused(line):
    with pytest.raises(ValueError, match="is no signature"):
        BUILTINS.extended(line, lambda: None)
