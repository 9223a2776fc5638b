"""Boxed expressions."""

from __future__ import annotations

import pytest

from engine.feel import to_json
from tests.engine.dmn.models import answer, context, decision, given, knowledge, literal, model

LIST = "<list>%s</list>"
ROW = "<row>%s</row>"
RELATION = (
    "<relation><column name='name'/><column name='age' typeRef='number'/>"
    + ROW % (literal('"Ann"') + literal("x"))
    + ROW % (literal('"Bob"') + literal('"old"'))
    + "</relation>"
)
CONDITIONAL = "<conditional><if>%s</if><then>%s</then><else>%s</else></conditional>"
FILTER = "<filter><in>%s</in><match>%s</match></filter>"
FOR = "<for iteratorVariable='i'><in>%s</in><return>%s</return></for>"
SOME = "<some iteratorVariable='i'><in>%s</in><satisfies>%s</satisfies></some>"
EVERY = SOME.replace("some", "every")
FUNCTION = "<functionDefinition>%s%s</functionDefinition>"
PARAMETER = "<formalParameter name='a'/>"


def boxes(form, *texts):
    return form % tuple(literal(text) for text in texts)


CASES = [
    (literal("x + 1"), 6),
    (literal("x + 1", "string"), None),
    (literal("[x]", "number"), 5),
    (literal(""), None),
    (literal("x < 6 and x > 4"), True),
    (context({"a": "x", "b c": "a * 2", "d": "b c + a"}), {"a": 5, "b c": 10, "d": 15}),
    (context({"a": "x", "": "a * 3"}), 15),
    (context({"a": context({"b": "x"}), "c": "a.b + 1"}), {"a": {"b": 5}, "c": 6}),
    (context({"f": FUNCTION % (PARAMETER, literal("a + x")), "": "f(1)"}), 6),
    (context({"f": FUNCTION % (PARAMETER, literal("if a < 2 then 1 else a * f(a - 1)")), "": "f(5)"}), 120),
    (LIST % (literal("x") + literal('"a"') + LIST % literal("1")), [5, "a", [1]]),
    (LIST % "", []),
    (RELATION, [{"name": "Ann", "age": 5}, {"name": "Bob", "age": None}]),
    (boxes(CONDITIONAL, "x > 4", '"yes"', '"no"'), "yes"),
    (boxes(CONDITIONAL, "x > 5", '"yes"', '"no"'), "no"),
    (boxes(CONDITIONAL, "null", '"yes"', '"no"'), "no"),
    (boxes(CONDITIONAL, '"x"', '"yes"', '"no"'), None),
    (boxes(FILTER, "[1, 6, 7]", "item > x"), [6, 7]),
    (boxes(FILTER, "[{a: 1}, {a: 9}]", "a > x"), [{"a": 9}]),
    (boxes(FILTER, "7", "item > x"), [7]),
    (boxes(FILTER, "[1, 2]", "item + 1"), None),
    (boxes(FILTER, "[1, null]", "item > 0"), None),
    (boxes(FILTER, "null", "true"), None),
    (boxes(FOR, "[1, 2]", "i * x"), [5, 10]),
    (boxes(FOR, "[1..3]", "i"), [1, 2, 3]),
    (boxes(FOR, "[1, 2, 3]", "count(partial) + i"), [1, 3, 5]),
    (boxes(FOR, "null", "i"), None),
    (boxes(FOR, "4", "i + 1"), [5]),
    (boxes(SOME, "[1, 6]", "i > x"), True),
    (boxes(SOME, "[1, 2]", "i > x"), False),
    (boxes(SOME, "[1, 2]", "i"), None),
    (boxes(SOME, "null", "true"), None),
    (boxes(EVERY, "[6, 7]", "i > x"), True),
    (boxes(EVERY, "[6, 1]", "i > x"), False),
    (boxes(EVERY, "[]", "i > x"), True),
    (boxes(EVERY, '["a"]', "i"), None),
    (
        "<invocation>" + literal("twice")
        + "<binding><parameter name='n'/>" + literal("x") + "</binding></invocation>",
        10,
    ),
    (
        "<invocation>" + literal("twice")
        + "<binding><parameter name='m'/>" + literal("x") + "</binding></invocation>",
        None,
    ),
    (
        "<invocation>" + literal("x")
        + "<binding><parameter name='m'/>" + literal("x") + "</binding></invocation>",
        None,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("logic", "expected"), CASES)
def test_boxed_expressions(logic, expected):
    made = model(
        given("x", "number"),
        knowledge("twice", {"n": "number"}, "n * 2"),
        decision("d", logic, inputs=("x",), knowledge=("twice",)),
    )
    assert to_json(answer(made, "d", {"x": 5}).value) == expected


def test_an_entry_is_coerced_to_its_variables_type():
    typed = "<context><contextEntry><variable name='a' typeRef='number'/>%s</contextEntry></context>"
    for text, expected in (("[x]", 5), ('"x"', None)):
        made = model(given("x"), decision("d", typed % literal(text), inputs=("x",)))
        assert answer(made, "d", {"x": 5}).value == {"a": expected}


def test_the_boxed_function_can_be_the_decision():
    made = model(
        decision("f", FUNCTION % (PARAMETER, literal("a + 1"))), decision("d", "f(2)", decisions=("f",))
    )
    assert answer(made, "d").value == 3


def test_a_function_of_another_language_is_not_run():
    body = context({"class": '"java.lang.Math"', "method signature": '"abs(int)"'})
    made = model(
        knowledge("f", {"a": None}, body, language="Java"),
        decision("d", "f(2)", knowledge=("f",)),
        lenient=True,
    )
    result = answer(made, "d")
    assert result.value is None
    assert "Java function isn't run" in str(result.warnings[0])
    assert "Java" in made.problems[0].message
