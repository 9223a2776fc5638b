"""Declared types: what input becomes by them, and what doesn't fit."""

from __future__ import annotations

import pytest

from engine.feel import to_json
from tests.engine.dmn.models import answer, component, decision, given, item, model

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
