"""Reading a form document: what is refused, what is remarked on, and that each says so by its component."""

from __future__ import annotations

from typing import Any

import pytest

from engine.forms import FormRefused, read_form
from tests.engine.forms.papers import YES_NO, document, form, question, required


def refused(*components: dict[str, Any]) -> list[tuple[str, str]]:
    """The errors of a form, as (component, rule)."""
    with pytest.raises(FormRefused) as caught:
        read_form(document(*components), "paper.form")
    return [(each.component, each.rule) for each in caught.value.problems if each.severity == "error"]


def test_a_sound_form_is_read_with_its_fields_in_order() -> None:
    read = form(
        question("textfield", "first"),
        question("group", "", id="G", label="Group", components=[question("number", "second")]),
    )
    assert (read.id, read.name, [each.name for each in read.fields]) == (
        "paper",
        "paper.form",
        ["first", "second"],
    )


def test_the_document_is_kept_as_it_was_read() -> None:
    assert form(question("textfield", "a")).document["schemaVersion"] == 19


BAD = {
    "html": (question("html", "a", content="<b>x</b>"), "form-refused-type"),
    "iframe": (question("iframe", "a", url="https://example.org"), "form-refused-type"),
    "unknown type": (question("textfeild", "a"), "form-unknown-type"),
    "no key": (question("textfield", "", label="A"), "form-missing-key"),
    "list without path": (question("dynamiclist", "", label="A", components=[]), "form-missing-key"),
    "bad key": (question("textfield", "a b"), "form-bad-key"),
    "no label": (question("textfield", "a", label=""), "form-missing-label"),
    "misspelt property": (
        question("textfield", "a", properties={"ehc:audiense": "family"}),
        "form-unknown-property",
    ),
    "bad process": (question("textfield", "a", properties={"ehc:process": "true"}), "form-bad-process"),
    "at least on a text": (question("textfield", "a", properties={"ehc:at-least": "1"}), "form-bad-at-least"),
    "at least no number": (
        question("dynamiclist", "a", components=[], properties={"ehc:at-least": "one"}),
        "form-bad-at-least",
    ),
    "bad pattern": (question("textfield", "a", validate={"pattern": "([0-9]"}), "form-bad-pattern"),
    "bad condition": (question("textfield", "a", conditional={"hide": "=b = ("}), "form-bad-expression"),
    "bad options": (question("radio", "a", valuesExpression="=[{"), "form-bad-expression"),
    "bad bound": (question("number", "a", validate={"min": "=1 +"}), "form-bad-expression"),
    "bad example": (question("datetime", "a", properties={"ehc:example": "=today("}), "form-bad-expression"),
    "no choices": (question("select", "a", values=[]), "form-no-choices"),
    "repeated choice": (
        question("radio", "a", values=[{"label": "A", "value": "x"}, {"label": "B", "value": "x"}]),
        "form-repeated-choice",
    ),
    "remote picture": (
        {"type": "image", "id": "I", "source": "https://example.org/a.png"},
        "form-remote-image",
    ),
    "example of the wrong type": (
        question("number", "a", properties={"ehc:example": "many"}),
        "form-example-misfit",
    ),
    "example beyond its bounds": (
        question("number", "a", validate={"max": 3}, properties={"ehc:example": "4"}),
        "form-example-misfit",
    ),
    "example not on offer": (
        question("radio", "a", valuesExpression=YES_NO, properties={"ehc:example": "maybe"}),
        "form-example-misfit",
    ),
    "example that will be past": (
        question("datetime", "a", disallowPassedDates=True, properties={"ehc:example": "2027-01-01"}),
        "form-example-misfit",
    ),
    "example too long": (
        question("textfield", "a", validate={"maxLength": 2}, properties={"ehc:example": "long"}),
        "form-example-misfit",
    ),
}


@pytest.mark.parametrize(("component", "rule"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_with_a_component_is_found(component: dict[str, Any], rule: str) -> None:
    assert refused(component) == [(component["id"], rule)]


def test_all_errors_come_at_once() -> None:
    assert refused(question("html", "a"), question("textfield", "b", label="")) == [
        ("Field_a", "form-refused-type"),
        ("Field_b", "form-missing-label"),
    ]


def test_two_questions_cannot_share_a_key() -> None:
    other = question("number", "a", id="Other")
    assert refused(question("textfield", "a"), other) == [("Other", "form-repeated-key")]


def test_a_key_cannot_hold_an_answer_and_further_answers() -> None:
    assert refused(question("textfield", "a"), question("textfield", "a.b")) == [
        ("Field_a.b", "form-repeated-key")
    ]


def test_questions_in_different_lists_may_share_a_key() -> None:
    lists = [
        question("dynamiclist", name, components=[question("textfield", "text", id=f"{name}_text")])
        for name in "ab"
    ]
    assert len(form(*lists).fields) == 2


def test_questions_in_one_list_cannot_share_a_key() -> None:
    inside = [question("textfield", "text"), question("textfield", "text", id="Other")]
    assert refused(question("dynamiclist", "a", components=inside)) == [("Other", "form-repeated-key")]


def test_a_group_without_path_shares_the_keys_around_it() -> None:
    group = question("group", "", id="G", label="Group", components=[question("textfield", "a", id="Inner")])
    assert refused(question("textfield", "a"), group) == [("Inner", "form-repeated-key")]


def test_ids_are_unique() -> None:
    assert refused(question("textfield", "a", id="X"), question("textfield", "b", id="X")) == [
        ("X", "form-repeated-id")
    ]


def test_nesting_has_an_end() -> None:
    nested: dict[str, Any] = question("textfield", "a")
    for level in range(13):
        nested = question("group", "", id=f"G{level}", label="Group", components=[nested])
    assert [rule for _, rule in refused(nested)] == ["form-too-deep"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"{", "form-unreadable"),
        (b"[]", "form-unreadable"),
        (b"\xff\xfe", "form-unreadable"),
        (b"[" * 100_000, "form-unreadable"),
        (b" " * 1_000_001, "form-unreadable"),
        (document(type="other"), "form-not-a-form"),
        (document(id=""), "form-bad-id"),
        (document(components=None), "form-no-components"),
    ],
)
def test_a_document_that_is_no_form_is_refused(content: bytes, rule: str) -> None:
    with pytest.raises(FormRefused) as caught:
        read_form(content, "paper.form")
    assert [each.rule for each in caught.value.problems] == [rule]


WARNED = {
    "no example": (question("textfield", "a", validate=required()), "form-missing-example"),
    "free text for the process": (
        question("textarea", "a", properties={"ehc:process": "yes"}),
        "form-process-free-text",
    ),
}


@pytest.mark.parametrize(("component", "rule"), WARNED.values(), ids=WARNED.keys())
def test_a_warning_does_not_refuse_the_form(component: dict[str, Any], rule: str) -> None:
    assert [(each.severity, each.component, each.rule) for each in form(component).warnings] == [
        ("warning", "Field_a", rule)
    ]


def test_a_newer_schema_version_is_a_warning() -> None:
    read = read_form(document(question("textfield", "a"), schemaVersion=20), "paper.form")
    assert [each.rule for each in read.warnings] == ["form-newer-version"]


def test_a_misspelt_property_gets_the_right_one_suggested() -> None:
    with pytest.raises(FormRefused) as caught:
        form(question("textfield", "a", properties={"ehc:audiense": "family"}))
    assert caught.value.problems[0].remedy == "Did you mean ehc:audience?"


def test_a_foreign_property_is_left_alone() -> None:
    assert form(question("textfield", "a", properties={"colour": "red"})).warnings == ()


def test_an_example_that_hangs_on_variables_is_not_judged() -> None:
    assert (
        form(
            question("select", "a", valuesKey="offers", validate=required(), properties={"ehc:example": "x"})
        ).warnings
        == ()
    )
