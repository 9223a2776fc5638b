"""Checking answers: what is missing, what doesn't fit, what isn't asked, and what is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.engine.forms.papers import NOW, YES_NO, form, question, required

CHOICES = [{"label": "Red", "value": "red"}, {"label": "Blue", "value": "blue"}]


def messages(components: list[dict[str, Any]], answers: object, **variables: object) -> dict[str, str]:
    problems = form(*components).validate(answers, NOW, variables)
    assert len({each.field for each in problems}) == len(problems)
    return {each.field: each.message for each in problems}


def kept(components: list[dict[str, Any]], answers: dict[str, Any], **variables: object) -> dict[str, object]:
    checked = form(*components).check(answers, NOW, variables)
    assert checked.problems == ()
    return checked.answers


MISSING = {
    "textfield": (question("textfield", "a", validate=required()), "Enter an answer to “A”."),
    "textarea": (question("textarea", "a", validate=required()), "Enter an answer to “A”."),
    "number": (question("number", "a", validate=required()), "Enter a number for “A”."),
    "date": (question("datetime", "a", validate=required()), "Enter a date for “A”."),
    "time": (question("datetime", "a", subtype="time", validate=required()), "Enter a time for “A”."),
    "checkbox": (question("checkbox", "a", validate=required()), "Tick “A” to go on."),
    "radio": (question("radio", "a", values=CHOICES, validate=required()), "Select an answer to “A”."),
    "checklist": (
        question("checklist", "a", values=CHOICES, validate=required()),
        "Select at least one answer to “A”.",
    ),
    "filepicker": (question("filepicker", "a", validate=required()), "Upload a document for “A”."),
    "own words": (
        question("textfield", "a", validate=required(), properties={"ehc:error": "Say it."}),
        "Say it.",
    ),
}


@pytest.mark.parametrize(("component", "message"), MISSING.values(), ids=MISSING.keys())
@pytest.mark.parametrize(
    "answers", [{}, {"a": None}, {"a": ""}, {"a": []}], ids=["absent", "null", "empty", "none"]
)
def test_a_required_question_must_be_answered(
    component: dict[str, Any], message: str, answers: dict[str, Any]
) -> None:
    assert messages([component], answers) == {"a": message}


def test_a_required_box_must_be_ticked() -> None:
    assert messages([question("checkbox", "a", validate=required())], {"a": False}) == {
        "a": "Tick “A” to go on."
    }


BAD = {
    "text as number": (question("textfield", "a"), 3, "“A” must be text. Send it in quotation marks."),
    "two lines": (question("textfield", "a"), "one\ntwo", "“A” must be on one line."),
    "end of a line": (question("textfield", "a"), "123456\n", "“A” must be on one line."),
    "too short": (
        question("textfield", "a", validate={"minLength": 3}),
        "ab",
        "“A” must be 3 characters or more. It has 2.",
    ),
    "too long": (
        question("textarea", "a", validate={"maxLength": 3}),
        "abcd",
        "“A” must be 3 characters or fewer. It has 4.",
    ),
    "null byte": (
        question("textfield", "a"),
        "a\x00",
        "“A” holds a character that can't be stored. Type the text again without it.",
    ),
    "half a character": (
        question("textfield", "a"),
        "\ud800",
        "“A” holds a character that can't be stored. Type the text again without it.",
    ),
    "email": (
        question("textfield", "a", validate={"validationType": "email"}),
        "nobody",
        "“A” must be an e-mail address such as name@example.org.",
    ),
    "phone": (
        question("textfield", "a", validate={"validationType": "phone"}),
        "call me",
        "“A” must be a telephone number.",
    ),
    "pattern": (
        question("textfield", "a", validate={"pattern": r"^\d{6}$", "patternErrorMessage": "Six digits."}),
        "12",
        "Six digits.",
    ),
    "number as text": (question("number", "a"), "3", "“A” must be a number."),
    "boolean as number": (question("number", "a"), True, "“A” must be a number."),
    "no number": (question("number", "a"), float("nan"), "“A” must be a number."),
    "part of a whole": (question("number", "a", decimalDigits=0), 1.5, "“A” must be a whole number."),
    "too many places": (
        question("number", "a", decimalDigits=2),
        1.234,
        "“A” may have at most 2 decimal place(s).",
    ),
    "too small": (question("number", "a", validate={"min": 0}), -1, "“A” must be 0 or more."),
    "too large": (question("number", "a", validate={"max": "=2 + 3"}), 6, "“A” must be 5 or less."),
    "digits as text": (
        question("number", "a", serializeToString=True),
        3,
        "“A” must be a number written as text, such as “12.50”.",
    ),
    "no date": (question("datetime", "a"), "2026-02-30", "“A” must be a real date, written like 2026-11-23."),
    "date with time": (
        question("datetime", "a"),
        "2026-02-03T10:00:00Z",
        "“A” must be a real date, written like 2026-11-23.",
    ),
    "past date": (
        question("datetime", "a", disallowPassedDates=True),
        "2026-11-22",
        "“A” can't be in the past. Enter today or a later day.",
    ),
    "no time": (
        question("datetime", "a", subtype="time"),
        "25:00",
        "“A” must be a time of day, written like 14:30.",
    ),
    "time and a line's end": (
        question("datetime", "a", subtype="time"),
        "14:30\n",
        "“A” must be a time of day, written like 14:30.",
    ),
    "moment without offset": (
        question("datetime", "a", subtype="datetime"),
        "2026-02-03T10:00",
        "“A” must be a date and time with its offset, like 2026-11-23T14:30:00Z.",
    ),
    "no boolean": (question("checkbox", "a"), "yes", "“A” must be true or false."),
    "not on offer": (
        question("radio", "a", values=CHOICES),
        "green",
        "Select one of the choices for “A”: 'red' (Red); 'blue' (Blue).",
    ),
    "yes as text": (
        question("radio", "a", valuesExpression=YES_NO),
        "true",
        "Select one of the choices for “A”: True (Yes); False (No).",
    ),
    "one as yes": (
        question("radio", "a", valuesExpression=YES_NO),
        1,
        "Select one of the choices for “A”: True (Yes); False (No).",
    ),
    "nothing on offer": (
        question("select", "a", valuesKey="offers"),
        "x",
        "There is nothing to choose from for “A” at present. Ask the process owner to look at where the form takes its choices from.",
    ),
    "no list": (question("checklist", "a", values=CHOICES), "red", "“A” must be a list of choices."),
    "twice": (
        question("taglist", "a", values=CHOICES),
        ["red", "red"],
        "“A” names a choice twice. Name each choice once.",
    ),
    "one not on offer": (
        question("checklist", "a", values=CHOICES),
        ["red", "green"],
        "Select one of the choices for “A”: 'red' (Red); 'blue' (Blue).",
    ),
    "several files": (
        question("filepicker", "a"),
        ["1", "2"],
        "“A” must be the id of one upload. Upload the documents first and send the ids you get.",
    ),
    "digits with an exponent": (
        question("number", "a", serializeToString=True),
        "1e5",
        "“A” must be a number written as text, such as “12.50”.",
    ),
    "one file where several go": (
        question("filepicker", "a", multiple=True),
        "1",
        "“A” must be a list of up to 50 upload ids. Upload the documents first and send the ids you get.",
    ),
    "one file twice": (
        question("filepicker", "a", multiple=True),
        ["1", "1"],
        "“A” must be a list of up to 50 upload ids. Upload the documents first and send the ids you get.",
    ),
    "no file id": (
        question("filepicker", "a", multiple=True),
        [3],
        "“A” must be a list of up to 50 upload ids. Upload the documents first and send the ids you get.",
    ),
    "no entries": (
        question(
            "dynamiclist", "a", components=[question("textfield", "b")], properties={"ehc:at-least": "1"}
        ),
        [],
        "Add at least one entry to “A”.",
    ),
    "no list of entries": (
        question("dynamiclist", "a", components=[question("textfield", "b")]),
        "b",
        "“A” must be a list of up to 200 entries.",
    ),
    "unknown": (
        question("textfield", "name"),
        {"nmae": 1},
        "This form has no question called “nmae”. Did you mean “name”?",
    ),
}


@pytest.mark.parametrize(("component", "value", "message"), BAD.values(), ids=BAD.keys())
def test_an_answer_that_does_not_fit_is_explained(
    component: dict[str, Any], value: object, message: str
) -> None:
    answers = value if isinstance(value, dict) else {"a": value}
    assert list(messages([component], answers).values()) == [message]


GOOD = {
    "text": (question("textfield", "a", validate={"minLength": 1}), "x"),
    "phone": (question("textfield", "a", validate={"validationType": "phone"}), "+44 121 496 0000"),
    "whole": (question("number", "a", decimalDigits=0), 3.0),
    "places": (question("number", "a", decimalDigits=2), 0.07),
    "digits": (question("number", "a", serializeToString=True), "12.50"),
    "date": (question("datetime", "a"), "2024-02-29"),
    "today": (question("datetime", "a", disallowPassedDates=True), "2026-11-23"),
    "time": (question("datetime", "a", subtype="time"), "09:30"),
    "moment": (question("datetime", "a", subtype="datetime"), "2026-11-23T09:30:00+00:00"),
    "no": (question("radio", "a", valuesExpression=YES_NO, validate=required()), False),
    "zero": (question("number", "a", validate=required()), 0),
    "several": (question("checklist", "a", values=CHOICES), ["blue", "red"]),
    "offered by a variable": (question("select", "a", valuesKey="offers"), "x"),
    "files": (question("filepicker", "a", multiple="=true"), ["1", "2"]),
}


@pytest.mark.parametrize(("component", "value"), GOOD.values(), ids=GOOD.keys())
def test_an_answer_that_fits_is_kept(component: dict[str, Any], value: object) -> None:
    assert kept([component], {"a": value}, offers=["x"]) == {"a": value}


EMPTY = {
    "textfield": (question("textfield", "a"), None),
    "number": (question("number", "a"), None),
    "checkbox": (question("checkbox", "a"), False),
    "checklist": (question("checklist", "a", values=CHOICES), []),
    "files": (question("filepicker", "a", multiple=True), []),
    "list": (question("dynamiclist", "a", components=[question("textfield", "b")]), []),
}


@pytest.mark.parametrize(("component", "empty"), EMPTY.values(), ids=EMPTY.keys())
@pytest.mark.parametrize("answers", [{}, {"a": None}], ids=["absent", "null"])
def test_an_optional_question_left_out_is_kept_as_empty(
    component: dict[str, Any], empty: object, answers: dict[str, Any]
) -> None:
    assert kept([component], answers) == {"a": empty}


def test_an_empty_text_is_no_answer() -> None:
    assert kept([question("textfield", "urn", validate={"pattern": r"^\d{6}$"})], {"urn": ""}) == {
        "urn": None
    }


HIDDEN = [
    question("radio", "outcome", values=[{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]),
    question("textarea", "reasons", conditional={"hide": '=outcome != "no"'}, validate=required()),
]


def test_a_hidden_question_is_neither_required_nor_kept() -> None:
    assert kept(HIDDEN, {"outcome": "yes", "reasons": "left over"}) == {"outcome": "yes"}


def test_a_question_that_is_shown_is_required() -> None:
    assert messages(HIDDEN, {"outcome": "no"}) == {"reasons": "Enter an answer to “Reasons”."}


def test_a_condition_that_is_null_hides_nothing() -> None:
    shown = question("textfield", "b", conditional={"hide": "=number > 3"}, validate=required())
    assert messages([question("number", "number"), shown], {}) == {"b": "Enter an answer to “B”."}


def test_a_hidden_answer_no_longer_hides_others() -> None:
    chain = [
        question("checkbox", "first"),
        question("textfield", "second", conditional={"hide": "=first = true"}),
        question("textfield", "third", conditional={"hide": "=second = null"}),
    ]
    assert kept(chain, {"first": True, "second": "x", "third": "y"}) == {"first": True}
    assert kept(chain, {"first": False, "second": "x", "third": "y"}) == {
        "first": False,
        "second": "x",
        "third": "y",
    }


def test_a_condition_may_look_at_the_process_variables() -> None:
    adult = question(
        "textfield", "work", conditional={"hide": "=year = null or year < 9"}, validate=required()
    )
    assert messages([adult], {}, year=9) == {"work": "Enter an answer to “Work”."}
    assert kept([adult], {}, year=8) == {}


def test_a_hidden_group_hides_all_inside() -> None:
    group = question(
        "group",
        "",
        id="G",
        label="Group",
        conditional={"hide": "=declined = true"},
        components=[question("textfield", "a", validate=required())],
    )
    assert kept([question("checkbox", "declined"), group], {"declined": True}) == {"declined": True}


def test_a_group_with_a_path_nests_its_answers() -> None:
    group = question("group", "author", components=[question("textfield", "name", validate=required())])
    assert kept([group], {"author": {"name": "Sam"}}) == {"author": {"name": "Sam"}}
    assert messages([group], {"author": {}}) == {"author.name": "Enter an answer to “Name”."}
    assert messages([group], {"author": "Sam"}).keys() == {"author", "author.name"}
    assert messages([group], {"author": {"name": "Sam", "nam": 1}}).keys() == {"author.nam"}


LIST = question(
    "dynamiclist",
    "advice",
    components=[
        question(
            "radio",
            "decision",
            values=[{"label": "Seek", "value": "seek"}, {"label": "Rely", "value": "rely"}],
            validate=required(),
        ),
        question("textfield", "reason", conditional={"hide": '=this.decision = "seek"'}, validate=required()),
    ],
)


def test_entries_of_a_list_are_checked_one_by_one() -> None:
    answers = {"advice": [{"decision": "seek"}, {"decision": "rely"}, {}]}
    assert messages([LIST], answers) == {
        "advice.1.reason": "Enter an answer to “Reason”.",
        "advice.2.decision": "Select an answer to “Decision”.",
        "advice.2.reason": "Enter an answer to “Reason”.",
    }


def test_entries_keep_only_what_is_asked() -> None:
    answers = {"advice": [{"decision": "seek", "reason": "old"}, {"decision": "rely", "reason": "new"}]}
    assert kept([LIST], answers) == {"advice": [{"decision": "seek"}, {"decision": "rely", "reason": "new"}]}


def test_an_entry_knows_its_position_and_what_is_around_it() -> None:
    late = question("textfield", "note", conditional={"hide": "=i = 1 or parent.quiet = true"})
    listed = question("dynamiclist", "items", components=[question("textfield", "text"), late])
    answers = {"quiet": False, "items": [{"text": "a", "note": "x"}, {"text": "b", "note": "y"}]}
    assert kept([question("checkbox", "quiet"), listed], answers)["items"] == [
        {"text": "a"},
        {"text": "b", "note": "y"},
    ]
    assert kept([question("checkbox", "quiet"), listed], {**answers, "quiet": True})["items"] == [
        {"text": "a"},
        {"text": "b"},
    ]


def test_a_list_has_an_end() -> None:
    many = [{"b": "x"}] * 201
    assert messages(
        [question("dynamiclist", "a", components=[question("textfield", "b")])], {"a": many}
    ).keys() == {"a"}


def test_a_computed_value_is_worked_out_whatever_is_sent() -> None:
    total = {"type": "expression", "id": "T", "key": "total", "expression": "=one + two"}
    components = [question("number", "one"), question("number", "two"), total]
    assert kept(components, {"one": 1, "two": 2, "total": 99}) == {"one": 1, "two": 2, "total": 3}


def test_answers_are_an_object() -> None:
    assert messages([question("textfield", "a")], [1]) == {
        "": "Send the answers as an object of names and values."
    }


def test_a_slow_pattern_ends_with_a_sentence() -> None:
    slow = question("textfield", "a", validate={"pattern": r"^(a|aa)+$"})
    assert "takes too long to check" in messages([slow], {"a": "a" * 60 + "!"})["a"]


def test_the_process_sees_only_what_the_form_says() -> None:
    process = {"ehc:process": "yes"}
    read = form(
        question("radio", "assess", valuesExpression=YES_NO, properties=process),
        question("textarea", "reasons"),
        question("datetime", "on", properties=process, conditional={"hide": "=assess = false"}),
        question(
            "dynamiclist",
            "advice",
            components=[question("textfield", "code", properties=process), question("textfield", "why")],
        ),
        question("dynamiclist", "notes", components=[question("textfield", "text")]),
    )
    answers = {
        "assess": True,
        "reasons": "private",
        "on": "2026-11-02",
        "advice": [{"code": "camhs", "why": "private"}],
        "notes": [{"text": "private"}],
    }
    assert read.process_variables(read.check(answers, NOW).answers) == {
        "assess": True,
        "on": date(2026, 11, 2),
        "advice": [{"code": "camhs"}],
    }


def test_the_process_sees_null_for_what_was_not_asked() -> None:
    hidden = question("textfield", "urn", properties={"ehc:process": "yes"}, conditional={"hide": "=true"})
    read = form(hidden)
    assert read.process_variables(read.check({"urn": "123456"}, NOW).answers) == {"urn": None}


def test_the_process_sees_an_empty_list_for_choices_that_were_not_asked() -> None:
    hidden = question(
        "checklist",
        "others",
        values=CHOICES,
        properties={"ehc:process": "yes"},
        conditional={"hide": "=true"},
    )
    read = form(hidden)
    assert read.process_variables(read.check({}, NOW).answers) == {"others": []}
