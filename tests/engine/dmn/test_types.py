"""Declared types: what input becomes by them, and what doesn't fit."""

from __future__ import annotations

import pytest

from engine.feel import to_json
from tests.engine.dmn.models import (
    answer,
    component,
    decision,
    given,
    item,
    knowledge,
    literal,
    model,
    service,
)
from tests.engine.feel.evaluating import NOW

TYPES = (
    item("tName", "string"),
    item("tColour", "string", allowed='"red", "green"'),
    item("tColours", "tColour", collection=True),
    item("tAges", "number", collection=True, allowed="[0..120]"),
    item("tPair", "number", collection=True, constraint="count(?) = 2"),
    item("tDates", "date", collection=True),
    item(
        "tPerson", "", component("name", "tName"), component("born", "date"),
        component("likes", "tColour", collection=True),
    ),
    item("tPeople", "tPerson", collection=True),
    item("tTree", "", component("value", "number"), component("children", "tTree", collection=True)),
    "<itemDefinition name='tFunction'><functionItem outputTypeRef='number'>"
    "<parameters name='a' typeRef='number'/></functionItem></itemDefinition>",
)  # fmt: skip

CASES = [
    # type, given as JSON, becomes
    ("number", 5, 5),
    ("number", "5", None),
    ("number", [5], 5),
    ("number", [5, 6], None),
    ("number", True, None),
    ("string", 5, None),
    ("boolean", "true", None),
    ("date", "2020-01-31", "2020-01-31"),
    ("date", "2020-02-31", None),
    ("date", "2020-01-31T10:00:00", None),
    ("time", "10:00:00Z", "10:00:00Z"),
    ("dateTime", "2020-01-31T10:00:00", "2020-01-31T10:00:00"),
    ("date and time", "2020-01-31", "2020-01-31T00:00:00Z"),
    ("days and time duration", "P1DT1H", "P1DT1H"),
    ("dayTimeDuration", "P1Y", None),
    ("years and months duration", "P14M", "P1Y2M"),
    ("Any", "2020-01-31", "2020-01-31"),
    ("Any", [1, {"a": None}], [1, {"a": None}]),
    ("tName", "Ann", "Ann"),
    ("tColour", "red", "red"),
    ("tColour", "blue", None),
    ("tColour", None, None),
    ("tColour", ["red"], "red"),
    ("tColours", ["red", "green"], ["red", "green"]),
    ("tColours", "red", ["red"]),
    ("tColours", ["red", "blue"], None),
    ("tColours", [], []),
    ("tColours", "blue", None),
    ("tAges", [1, 2], [1, 2]),
    ("tAges", [1, 200], None),
    ("tPair", [1, 2], [1, 2]),
    ("tPair", [1], None),
    ("tDates", ["2020-01-31", "2021-01-31"], ["2020-01-31", "2021-01-31"]),
    ("tDates", "2020-01-31", ["2020-01-31"]),
    (
        "tPerson",
        {"name": "Ann", "born": "2010-05-06", "likes": ["red"], "more": 1},
        {"name": "Ann", "born": "2010-05-06", "likes": ["red"], "more": 1},
    ),
    ("tPerson", {"name": "Ann", "born": "2010-05-06"}, None),
    ("tPerson", {"name": None, "born": None, "likes": None}, {"name": None, "born": None, "likes": None}),
    ("tPerson", {"name": "Ann", "born": "2010-05-06", "likes": ["blue"]}, None),
    ("tPerson", "Ann", None),
    ("tPeople", [{"name": "A", "born": "2010-05-06", "likes": []}], [{"name": "A", "born": "2010-05-06", "likes": []}]),
    (
        "tTree",
        {"value": 1, "children": [{"value": 2, "children": []}]},
        {"value": 1, "children": [{"value": 2, "children": []}]},
    ),
    ("tTree", {"value": 1, "children": [{"value": "x", "children": []}]}, None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "expected"), CASES)
def test_an_input_becomes_what_its_type_wants(kind, value, expected):
    made = model(*TYPES, given("x", kind), decision("d", "x", inputs=("x",)))
    result = answer(made, "d", {"x": value})
    assert to_json(result.value) == expected
    assert bool(result.warnings) == (expected is None and value is not None)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("string", "1", None),
        ("number", "[1]", 1),
        ("tColours", '"red"', ["red"]),
        ("tColour", '"blue"', None),
        ("date and time", 'date("2020-01-01")', "2020-01-01T00:00:00Z"),
        ("date", 'date and time("2020-01-01T00:00:00")', None),
        ("tFunction", "function(a: number) a", "function(a)"),
        ("tFunction", 'function(a: number) "x"', None),
        ("tFunction", "function(a: number, b: number) a", None),
    ],
)
def test_a_decisions_value_becomes_what_its_type_wants(kind, text, expected):
    made = model(*TYPES, decision("d", text, kind=kind))
    assert to_json(answer(made, "d").value) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"blue" instance of tColour', True),
        ('"red" instance of tName', True),
        ("1 instance of tColour", False),
        ('["blue"] instance of tColours', True),
        ('{name: "A", born: null, likes: []} instance of tPerson', True),
        ('{name: "A"} instance of tPerson', False),
        ('(function(p: tPerson) p.name)({name: "A", born: null, likes: []})', "A"),
        ('(function(c: tColour) c)("blue")', None),
        ("{value: 1, children: [{value: 2, children: []}]} instance of tTree", True),
    ],
)
def test_expressions_know_declared_types(text, expected):
    made = model(*TYPES, decision("d", text))
    assert answer(made, "d").value == expected


def test_the_clock_gives_a_time_in_a_named_zone_its_offset():
    made = model(given("t", "time"), decision("d", "t.time offset", inputs=("t",)))
    assert to_json(answer(made, "d", {"t": "10:00:00@Europe/London"}).value) == "PT1H"


def test_components_with_symbols_are_one_name():
    made = model(
        item("tChild", "", component("date-of-birth", "date"), component("in care", "boolean")),
        given("c", "tChild"), given("cs"),
        decision("d", "c.date-of-birth.year - 1", inputs=("c",)),
        decision("e", "c.in care", inputs=("c",)),
        decision("f", "cs[date-of-birth > 1].in care", inputs=("cs",)),
    )  # fmt: skip
    child = {"date-of-birth": "2015-01-01", "in care": True}
    assert answer(made, "d", {"c": child}).value == 2014
    assert answer(made, "e", {"c": child}).value is True
    assert answer(made, "f", {"cs": [{"date-of-birth": 2, "in care": 3}]}).value == [3]


SHORT = (
    item("tColour", "string", allowed='"red", "green"'),
    item("tHue", "tColour"),
    item("tDirection", "tColour", allowed='"left", "right"'),
    "<itemDefinition name='tPaint'><functionItem outputTypeRef='tColour'><parameters name='x'/>"
    "</functionItem></itemDefinition>",
    "<itemDefinition name='tAsk'><functionItem><parameters name='asked' typeRef='tColour'/></functionItem>"
    "</itemDefinition>",
    given("x"),
)


def test_allowed_values_stand_instead_of_those_of_the_type_below():
    made = model(
        *SHORT,
        decision("new", "x", inputs=("x",), kind="tDirection"),
        decision("kept", "x", inputs=("x",), kind="tHue"),
    )
    found = [
        (answer(made, "new", {"x": x}).value, answer(made, "kept", {"x": x}).value) for x in ("left", "red")
    ]
    assert found == [("left", None), (None, "red")]


PAINTED = {
    "a parameter": decision("d", "(function(a: tColour) a)(x)", inputs=("x",)),
    "the type of a function": decision("f", "function(a) a", kind="tPaint")
    + decision("d", "f(x)", inputs=("x",), decisions=("f",)),
    "the type of a boxed function": decision(
        "f", "<functionDefinition typeRef='tPaint'><formalParameter name='a'/>" + literal("a") + "</functionDefinition>"
    )
    + decision("d", "f(x)", inputs=("x",), decisions=("f",)),
    "a binding": decision(
        "d",
        "<invocation>" + literal("function(a) a") + "<binding><parameter name='a' typeRef='tColour'/>"
        + literal("x") + "</binding></invocation>",
        inputs=("x",),
    ),
    "a knowledge model's type": knowledge("k", {"a": None}, "a", kind="tPaint")
    + decision("d", "k(x)", inputs=("x",), knowledge=("k",)),
}  # fmt: skip


@pytest.mark.parametrize("case", PAINTED)
def test_a_value_that_is_not_allowed_is_null_on_its_way_through(case):
    made = model(*SHORT, PAINTED[case])
    assert [answer(made, "d", {"x": x}).value for x in ("red", "blue")] == ["red", None]


def test_a_services_type_says_what_its_inputs_may_be():
    made = model(
        *SHORT, decision("asked", '"never"'), decision("echo", "asked", decisions=("asked",)),
        service("s", ("echo",), kind="tAsk", decisions=("asked",)),
    )  # fmt: skip
    assert [answer(made, "s", {"asked": x}).value for x in ("red", "blue")] == ["red", None]


def test_a_call_with_an_argument_of_another_type_is_null():
    made = model(
        *SHORT, knowledge("k", {"a": "number"}, "a = null"), decision("d", "k(x)", inputs=("x",), knowledge=("k",)),
        decision("n", "(function(a: number) a = null)(x)", inputs=("x",)),
    )  # fmt: skip
    assert [answer(made, one, {"x": "text"}).value for one in ("d", "n")] == [None, None]
    assert "'a'" in str(answer(made, "d", {"x": "text"}).warnings[0])


def test_a_list_of_one_becomes_its_item_once():
    made = model(decision("one", "[5]", kind="number"), decision("two", "[[5]]", kind="number"))
    assert [answer(made, one).value for one in ("one", "two")] == [5, None]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("number", "1.50", 1.5), ("number", "-1e2", -100), ("number", "1_000", None), ("number", "ten", None),
        ("boolean", "true", True), ("boolean", "yes", None), ("string", "5", "5"), ("Any", "5", "5"),
        ("tAges", ["1", "2"], [1, 2]),
    ],
)  # fmt: skip
def test_all_text_may_be_read_where_the_type_says_so(kind, value, expected):
    made = model(*TYPES, given("x", kind), decision("d", "x", inputs=("x",)))
    assert to_json(made.evaluate("d", {"x": value}, now=NOW, all_text=True).value) == expected
