"""What a decision was asked before is answered from memory, and never what would be answered otherwise now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine.dmn import Model
from engine.feel import BUILTINS
from engine.spiff.answers import LONGEST_QUESTION, MOST_ANSWERS
from engine.spiff.decisions import DecisionModels, read_decisions
from engine.spiff.elements import ElementInfo
from engine.spiff.expressions import Place
from tests.engine.dmn.models import decision, given, literal, xml
from tests.engine.feel.evaluating import NOW

PLACE = Place(ElementInfo("ask", "businessRuleTask", "process", "test.bpmn"))


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The decisions that were worked out, each time."""
    asked: list[str] = []
    evaluate = Model.evaluate

    def noting(model: Model, decision: str, *rest: object, **more: object) -> object:
        asked.append(decision)
        return evaluate(model, decision, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Model, "evaluate", noting)
    return asked


def models(*elements: str) -> DecisionModels:
    return read_decisions({"test.dmn": xml(*elements)}, BUILTINS, [])


def twice(number: str = "number * 2") -> DecisionModels:
    return models(given("number"), decision("twice", literal(number), inputs=("number",)))


def ask(tables: DecisionModels, name: str, variables: Mapping[str, object], days: int = 0) -> object:
    return tables.ask(name, variables, NOW + timedelta(days=days), PLACE)


def test_the_same_question_is_worked_out_once(worked_out):
    tables = twice()
    assert [ask(tables, "twice", {"number": 4, "other": other}) for other in range(3)] == [8, 8, 8]
    assert ask(tables, "twice", {"number": 5}) == 10
    assert worked_out == ["twice", "twice"]


def test_values_of_another_kind_are_another_question(worked_out):
    tables = twice("string(number)")
    assert ask(tables, "twice", {"number": 1}) == "1"
    assert ask(tables, "twice", {"number": "1"}) == "1"
    assert ask(tables, "twice", {"number": True}) == "true"
    assert len(worked_out) == 3


def test_a_value_that_comes_later_is_seen():
    tables = twice("if number = null then 0 else number")
    assert ask(tables, "twice", {}) == 0
    assert ask(tables, "twice", {"number": 3}) == 3
    assert ask(tables, "twice", {"number": None}) == 0


def test_what_looks_at_the_day_is_never_kept(worked_out):
    tables = models(decision("day", literal("string(today())")))
    first, second = ask(tables, "day", {}), ask(tables, "day", {}, days=1)
    assert first != second
    assert len(worked_out) == 2


def test_what_decides_the_way_decides_what_is_looked_at(worked_out):
    tables = models(
        given("a"),
        given("b"),
        decision("of_b", literal("b"), inputs=("b",)),
        decision("way", literal("if a then 1 else of_b"), inputs=("a",), decisions=("of_b",)),
    )
    assert [ask(tables, "way", {"a": a, "b": b}) for a, b in ((True, 2), (False, 2), (False, 3))] == [1, 2, 3]
    assert [ask(tables, "way", {"a": a, "b": b}) for a, b in ((True, 2), (False, 2), (False, 3))] == [1, 2, 3]
    assert len(worked_out) == 3


def test_a_question_with_a_long_list_is_asked_anew(worked_out):
    tables = models(given("items"), decision("number", literal("count(items)"), inputs=("items",)))
    items = ["item"] * LONGEST_QUESTION
    assert ask(tables, "number", {"items": items}) == ask(tables, "number", {"items": items})
    assert len(worked_out) == 2


def test_the_answer_not_asked_for_longest_goes_first(worked_out):
    tables = twice()
    for number in range(MOST_ANSWERS):
        ask(tables, "twice", {"number": number})
    ask(tables, "twice", {"number": 0})  # is now the newest
    ask(tables, "twice", {"number": -1})
    assert len(worked_out) == MOST_ANSWERS + 1
    ask(tables, "twice", {"number": 0})
    assert len(worked_out) == MOST_ANSWERS + 1
    ask(tables, "twice", {"number": 1})
    assert len(worked_out) == MOST_ANSWERS + 2
