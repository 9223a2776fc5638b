"""Examples: constants, expressions, lists, and only for what is asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.engine.forms.papers import NOW, YES_NO, form, question


def example(text: str) -> dict[str, dict[str, str]]:
    return {"properties": {"ehc:example": text}}


def test_constants_are_read_by_the_kind_of_question() -> None:
    read = form(
        question("textfield", "text", **example("12")),
        question("number", "number", **example("12")),
        question("radio", "yes", valuesExpression=YES_NO, **example("true")),
        question("select", "code", values=[{"label": "A", "value": "a"}], **example("a")),
        question("checklist", "codes", values=[{"label": "A", "value": "a"}], **example('["a"]')),
    )
    assert read.example(NOW) == {"text": "12", "number": 12, "yes": True, "code": "a", "codes": ["a"]}


def test_a_figure_that_is_a_code_stays_a_text() -> None:
    coded = question("select", "source", values=[{"label": "Parent", "value": "1"}], **example("1"))
    assert form(coded).example(NOW) == {"source": "1"}


def test_a_date_is_worked_out_for_the_day_it_is_asked() -> None:
    read = form(question("datetime", "on", **example('=today() + duration("P1D")')))
    assert read.example(NOW) == {"on": "2026-11-24"}
    assert read.example(NOW + timedelta(days=400)) == {"on": "2027-12-29"}


def test_today_is_the_day_in_london() -> None:
    read = form(question("datetime", "on", **example("=today()")))
    assert read.example(NOW.replace(month=7, hour=23, minute=30)) == {"on": "2026-07-24"}


def test_an_expression_may_use_variables() -> None:
    read = form(
        question("textfield", "urn", **example('=if settingUrn = null then "100000" else settingUrn'))
    )
    assert read.example(NOW, {"settingUrn": "123456"}) == {"urn": "123456"}


def test_what_is_hidden_given_the_examples_is_left_out() -> None:
    read = form(
        question("radio", "assess", valuesExpression=YES_NO, **example("true")),
        question("textfield", "why", conditional={"hide": "=assess = true"}, **example("because")),
    )
    assert read.example(NOW) == {"assess": True}


def test_a_list_without_an_example_shows_one_entry() -> None:
    listed = question(
        "dynamiclist",
        "advice",
        components=[question("textfield", "code", **example("camhs")), question("textfield", "note")],
    )
    assert form(listed).example(NOW) == {"advice": [{"code": "camhs"}]}


@pytest.mark.parametrize("text", ['[{"code": "a"}, {"code": "b"}]', '=[{code: "a"}, {code: "b"}]'])
def test_a_list_may_have_its_own_example(text: str) -> None:
    listed = question("dynamiclist", "advice", components=[question("textfield", "code")], **example(text))
    assert form(listed).example(NOW) == {"advice": [{"code": "a"}, {"code": "b"}]}


def test_a_list_without_any_example_is_left_out() -> None:
    assert (
        form(question("dynamiclist", "advice", components=[question("textfield", "code")])).example(NOW) == {}
    )
