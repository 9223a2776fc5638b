"""The schema of an answer agrees with the form's own check, by the judgement of another library."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from tests.engine.forms.papers import NOW, YES_NO, form, question, required
from tests.engine.forms.test_answers import BAD, EMPTY, GOOD

# What JSON Schema can't say: the day it is, a condition, a character, another alphabet of names.
BEYOND_SCHEMA = {
    "past date",
    "two lines",
    "end of a line",
    "time and a line's end",
    "null byte",
    "half a character",
    "no number",
    "too large",
    "nothing on offer",
    "too many places",
    "moment without offset",
}


def valid(components: list[dict[str, Any]], answers: object, **variables: object) -> bool:
    schema = form(*components).schema(NOW, variables)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker()).is_valid(answers)


@pytest.mark.parametrize(("component", "value"), GOOD.values(), ids=GOOD.keys())
def test_the_schema_accepts_what_the_form_accepts(component: dict[str, Any], value: object) -> None:
    assert valid([component], {"a": value}, offers=["x"])


@pytest.mark.parametrize("name", sorted(BAD.keys() - BEYOND_SCHEMA))
def test_the_schema_refuses_what_the_form_refuses(name: str) -> None:
    component, value, _ = BAD[name]
    assert not valid([component], value if isinstance(value, dict) else {"a": value})


@pytest.mark.parametrize(("component", "empty"), EMPTY.values(), ids=EMPTY.keys())
def test_the_schema_takes_an_unanswered_question(component: dict[str, Any], empty: object) -> None:
    assert valid([component], {})
    assert valid([component], {"a": None}) or component["type"] == "filepicker"
    assert valid([component], {"a": empty})


def test_the_empty_text_of_an_optional_pattern_is_fine() -> None:
    components = [question("textfield", "urn", validate={"pattern": r"^\d{6}$"})]
    assert valid(components, {"urn": ""})
    assert not valid(components, {"urn": "12"})


def test_a_required_question_is_required_unless_it_may_be_hidden() -> None:
    schema = form(
        question("textfield", "a", validate=required()),
        question("textfield", "b", validate=required(), conditional={"hide": "=a = null"}),
    ).schema(NOW)
    assert schema["required"] == ["a"]
    assert schema["properties"]["b"]["x-ehc-hidden-when"] == ["a = null"]
    assert schema["properties"]["b"]["x-ehc-required-when-shown"] is True


def test_a_nested_object_is_required_if_a_part_of_it_is() -> None:
    components = [
        question("group", "author", components=[question("textfield", "name", validate=required())])
    ]
    assert not valid(components, {})
    assert valid(components, {"author": {"name": "Sam"}})


def test_the_schema_says_what_people_and_clients_need() -> None:
    described = question(
        "radio",
        "a",
        valuesExpression=YES_NO,
        description="Look twice.",
        properties={"ehc:audience": "family", "ehc:process": "yes"},
    )
    assert form(described).schema(NOW)["properties"]["a"] == {
        "title": "A",
        "description": "Look twice.",
        "x-ehc-audience": ["family"],
        "x-ehc-process": True,
        "enum": [True, False, None],
    }


def test_the_schema_names_its_dialect_and_its_form() -> None:
    schema = form(question("textfield", "a")).schema(NOW)
    assert (schema["$schema"], schema["$id"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "urn:ehc:form:paper",
    )


def test_a_list_is_an_array_of_objects() -> None:
    components = [question("dynamiclist", "a", components=[question("textfield", "b", validate=required())])]
    assert valid(components, {"a": [{"b": "x"}]})
    assert not valid(components, {"a": [{}]})
    assert not valid(components, {"a": [{"b": "x", "c": 1}]})


def test_what_was_asked_but_never_answered_by_people_is_read_only() -> None:
    total = {"type": "expression", "id": "T", "key": "total", "expression": "=1"}
    assert form(total).schema(NOW)["properties"]["total"]["readOnly"] is True
