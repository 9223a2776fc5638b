"""Every hit policy and aggregation, with no, one and several rules that match."""

from __future__ import annotations

import pytest

from engine.feel import to_json
from tests.engine.dmn.models import answer, decision, given, model, table

RULES = ['> 0 | "low"', '> 10 | "high"', '> 100 | "low"']
ORDERED = 'out : "high", "low"'
NUMBERS = ["> 0 | 3", "> 10 | 1", "> 100 | 5"]

CASES = [
    # policy, aggregation, output, rules, answers for -1, 5, 50 and 500
    ("UNIQUE", None, "out", RULES, [None, "low", None, None]),
    ("ANY", None, "out", RULES, [None, "low", None, None]),
    ("ANY", None, "out", ["> 0 | 1", "> 10 | 1.0", "> 100 | 1"], [None, 1, 1, 1]),
    ("FIRST", None, "out", RULES[::-1], [None, "low", "high", "low"]),
    ("PRIORITY", None, ORDERED, RULES, [None, "low", "high", "high"]),
    ("COLLECT", None, "out", RULES, [[], ["low"], ["low", "high"], ["low", "high", "low"]]),
    ("RULE ORDER", None, "out", RULES, [[], ["low"], ["low", "high"], ["low", "high", "low"]]),
    ("OUTPUT ORDER", None, ORDERED, RULES, [[], ["low"], ["high", "low"], ["high", "low", "low"]]),
    ("COLLECT", "SUM", "out", NUMBERS, [None, 3, 4, 9]),
    ("COLLECT", "MIN", "out", NUMBERS, [None, 3, 1, 1]),
    ("COLLECT", "MAX", "out", NUMBERS, [None, 3, 3, 5]),
    ("COLLECT", "COUNT", "out", NUMBERS, [0, 1, 2, 3]),
    ("COLLECT", "SUM", "out", RULES, [None, None, None, None]),
    ("UNIQUE", None, 'out :  : "none"', RULES[:1], ["none", "low", "low", "low"]),
    ("COLLECT", "SUM", "out :  : 7", NUMBERS, [7, 3, 4, 9]),
]


@pytest.mark.parametrize(("policy", "aggregation", "output", "rules", "expected"), CASES)
def test_hit_policies(policy, aggregation, output, rules, expected):
    made = model(
        given("x", "number"), decision("d", table(["x"], [output], rules, policy, aggregation), inputs=("x",))
    )
    found = [to_json(answer(made, "d", {"x": x}).value) for x in (-1, 5, 50, 500)]
    assert found == expected


SEVERAL = [
    ("UNIQUE", [None, {"a": 1, "b": "x"}, None]),
    ("FIRST", [None, {"a": 1, "b": "x"}, {"a": 1, "b": "x"}]),
    ("PRIORITY", [None, {"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
    ("COLLECT", [[], [{"a": 1, "b": "x"}], [{"a": 1, "b": "x"}, {"a": 2, "b": "z"}, {"a": 2, "b": "y"}]]),
    ("OUTPUT ORDER", [[], [{"a": 1, "b": "x"}], [{"a": 2, "b": "y"}, {"a": 2, "b": "z"}, {"a": 1, "b": "x"}]]),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "expected"), SEVERAL)
def test_several_outputs_make_a_context(policy, expected):
    rules = ['> 0 | 1 | "x"', '> 10 | 2 | "z"', '> 10 | 2 | "y"']
    logic = table(["x"], ["a : 2, 1", 'b : "x", "y", "z"'], rules, policy)
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert [to_json(answer(made, "d", {"x": x}).value) for x in (-1, 5, 50)] == expected


def test_several_outputs_have_several_defaults():
    logic = table(["x"], ["a :  : 0", 'b :  : "none"'], ['> 0 | 1 | "x"'])
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert to_json(answer(made, "d", {"x": -1}).value) == {"a": 0, "b": "none"}


def test_several_outputs_are_not_added_up():
    logic = table(["x"], ["a", "b"], ["> 0 | 1 | 2"], "COLLECT", "SUM")
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    result = answer(made, "d", {"x": 1})
    assert result.value is None
    assert "one output" in str(result.warnings[0])


def test_the_rules_that_matched_are_told():
    logic = table(["x"], ["out"], RULES, "COLLECT")
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    matched = answer(made, "d", {"x": 50}).matched_rules
    assert [(match.decision, match.rule) for match in matched] == [("d", "r1"), ("d", "r2")]


def test_a_unique_table_names_the_rules_that_collide():
    made = model(given("x"), decision("d", table(["x"], ["out"], RULES), inputs=("x",)))
    assert "r1, r2, r3" in str(answer(made, "d", {"x": 500}).warnings[-1])


INPUTS = [
    ('"a", "b"', "a", "fine"),
    ('"a", "b"', "c", None),
    ("", "c", "fine"),
]


@pytest.mark.parametrize(("allowed", "x", "expected"), INPUTS)
def test_an_input_outside_its_values_makes_the_table_null(allowed, x, expected):
    logic = table([f"x : string : {allowed}" if allowed else "x : string"], ["out"], ['- | "fine"'])
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert answer(made, "d", {"x": x}).value == expected


def test_an_input_outside_its_values_is_null_to_the_rules():
    rules = ['"a" | "first"', 'null | "not allowed"', '- | "any"']
    logic = table(['x : string : "a", "b"'], ["out"], rules, "COLLECT")
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    found = [to_json(answer(made, "d", {"x": x}).value) for x in ("a", "b", "c")]
    assert found == [["first", "any"], ["any"], ["not allowed"]]


def test_an_input_outside_its_values_has_no_default_either():
    logic = table(['x : string : "a", "b"'], ['out :  : "default"'], ['"a" | "first"'])
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert [answer(made, "d", {"x": x}).value for x in ("b", "c")] == ["default", None]


def test_an_output_cell_may_have_a_type_of_its_own():
    logic = table(["x"], ["a", "b"], ["- | x | x"]).replace(
        "<outputEntry>", "<outputEntry typeRef='number'>", 1
    )
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert to_json(answer(made, "d", {"x": "text"}).value) == {"a": None, "b": "text"}


def test_cells_see_the_names_in_scope():
    rules = ["< limit | limit + 1", "> limit | x * 2"]
    logic = table(["x"], ["out"], rules)
    made = model(given("x"), given("limit"), decision("d", logic, inputs=("x", "limit")))
    assert answer(made, "d", {"x": 5, "limit": 10}).value == 11
    assert answer(made, "d", {"x": 15, "limit": 10}).value == 30


def test_several_inputs_must_all_match():
    rules = ['"a" | > 5 | 1', '"a" | - | 2', "- | > 5 | 3", "- | - | 4"]
    logic = table(["x", "y"], ["out"], rules, "FIRST")
    made = model(given("x"), given("y"), decision("d", logic, inputs=("x", "y")))
    found = [answer(made, "d", {"x": x, "y": y}).value for x, y in [("a", 6), ("a", 5), ("b", 6), ("b", 5)]]
    assert found == [1, 2, 3, 4]


def test_an_input_may_be_any_expression():
    logic = table(["count(x[item > 1])"], ["out"], ["2 | true", "- | false"], "FIRST")
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert answer(made, "d", {"x": [1, 2, 3]}).value is True


def test_an_empty_output_is_null():
    logic = table(["x"], ["a", "b"], ["> 0 | 1 | "])
    made = model(given("x"), decision("d", logic, inputs=("x",)))
    assert to_json(answer(made, "d", {"x": 1}).value) == {"a": 1, "b": None}
