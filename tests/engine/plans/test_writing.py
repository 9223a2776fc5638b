"""From the forms to the sections: what was written is what stands in the plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.config import ROOT
from engine.forms import read_form
from engine.plans import writing
from engine.plans.completeness import Circumstances, missing
from engine.plans.sections import references

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def example(name: str, **variables: Any) -> dict[str, Any]:
    """What the shipped form offers as its example."""
    return dict(read_form((ROOT / "bpmn" / f"{name}.form").read_bytes(), name).example(NOW, variables))


def assembled(year: int | None = 4, age: int = 9, **changes: Any) -> dict[str, Any]:
    answers = example("write_plan", nationalCurriculumYear=year, ageOnRequest=age)
    sections = writing.written({**answers, **changes})
    sections = writing.with_agreement(sections, example("icb_agreement"))
    return writing.with_setting(sections, example("decide_setting"))


@pytest.mark.parametrize(("year", "age"), [(None, 9), (-1, 4), (4, 9), (8, 13), (9, 14), (13, 18), (14, 24)])
def test_the_examples_of_the_forms_make_a_complete_plan_for_any_child(year: int | None, age: int):
    lacking = missing(assembled(year, age), Circumstances(age=age, year_group=year))
    assert lacking == []


def test_a_written_plan_names_no_setting():
    assert "I" not in writing.written(example("write_plan"))


def test_health_that_does_not_agree_signs_nothing():
    answers = {**example("icb_agreement"), "agreed": False}
    section = writing.with_agreement(assembled(), answers)["G"]
    assert "agreedBy" not in section
    assert section["provision"]


def test_a_changed_section_g_loses_the_agreement_it_had():
    before = assembled()
    after = writing.rewritten(before, {"healthProvision": [{"what": "Weekly physiotherapy."}]})
    assert after["G"] == {"provision": [{"what": "Weekly physiotherapy."}]}
    unchanged = writing.rewritten(before, {"history": "Moved house."})
    assert unchanged["G"] == before["G"]


def test_an_amendment_changes_what_it_answers_and_nothing_else():
    before = assembled()
    after = writing.rewritten(before, {"childViews": "I want to bake.", "history": "", "needs": []})
    assert after == {**before, "A": {**before["A"], "child": "I want to bake."}}


@pytest.mark.parametrize("letter", ["C", "D"])
def test_needs_that_are_gone_leave_the_plan(letter: str):
    asked = {"C": "healthNeeds", "D": "socialNeeds"}[letter]
    assert writing.rewritten(assembled(), {asked: False})[letter] == {"none": True}
    assert writing.rewritten({letter: {"none": True}}, {asked: True, f"{asked}Text": "New."})[letter] == {
        "needs": "New."
    }


def test_newer_advice_of_an_adviser_takes_the_place_of_the_older():
    old = {"adviser": "camhs", "author": "A", "on": "2025-01-01", "how": "sought"}
    new = {**old, "author": "B", "on": "2026-01-01"}
    other = {"adviser": "medical", "author": "C", "on": "2025-01-01", "how": "relied_on"}
    sections = writing.with_advice({"K": {"advice": [old, other]}}, [new])
    assert sections["K"]["advice"] == [new, other]


@pytest.mark.parametrize(
    ("text", "needs"),
    [("B1", ["B1"]), ("B1, C", ["B1", "C"]), ("b2,B2 ;d", ["B2", "D"]), ("", []), (None, [])],
)
def test_references_are_read_as_people_write_them(text: str | None, needs: list[str]):
    assert references(text) == needs
