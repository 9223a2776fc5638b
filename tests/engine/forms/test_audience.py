"""Who may see an answer."""

from __future__ import annotations

import pytest

from tests.engine.forms.papers import form, question

PAPER = form(
    question("textfield", "open", properties={"ehc:audience": "family send_team"}),
    question("textfield", "plain"),
    question(
        "group",
        "inner",
        properties={"ehc:audience": "family"},
        components=[
            question("textfield", "text"),
            question("textfield", "secret", properties={"ehc:audience": "send_team"}),
        ],
    ),
    question(
        "dynamiclist",
        "advice",
        properties={"ehc:audience": "family send_team"},
        components=[
            question("textfield", "code"),
            question("textfield", "note", properties={"ehc:audience": "send_team"}),
        ],
    ),
)


def test_a_field_says_who_sees_it() -> None:
    assert PAPER.audience("open") == {"family", "send_team"}


def test_without_a_word_the_team_and_the_author_see_it() -> None:
    assert PAPER.audience("plain") == {"send_team", "agency"}


def test_a_field_inherits_from_what_is_around_it() -> None:
    assert PAPER.audience("inner.text") == {"family"}
    assert PAPER.audience("advice.0.code") == {"family", "send_team"}


def test_a_whole_is_seen_by_those_who_may_see_every_part() -> None:
    assert PAPER.audience("advice") == {"send_team"}
    assert PAPER.audience("inner") == frozenset()


def test_an_unknown_field_has_no_audience() -> None:
    with pytest.raises(KeyError, match="has no field nothing"):
        PAPER.audience("nothing")


def test_answers_are_cut_down_to_what_somebody_may_see() -> None:
    answers = {
        "open": "a",
        "plain": "b",
        "inner": {"text": "c", "secret": "d"},
        "advice": [{"code": "camhs", "note": "e"}],
    }
    assert PAPER.visible_to(answers, {"family"}) == {
        "open": "a",
        "inner": {"text": "c"},
        "advice": [{"code": "camhs"}],
    }
    assert PAPER.visible_to(answers, {"agency"}) == {"plain": "b"}
    assert PAPER.visible_to(answers, set()) == {}


def test_a_list_of_which_nothing_may_be_seen_is_left_out() -> None:
    assert "advice" not in PAPER.visible_to({"advice": [{"code": "camhs", "note": "e"}]}, {"setting"})
