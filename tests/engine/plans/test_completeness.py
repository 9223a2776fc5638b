"""A plan may be issued only when nothing is missing; each rule is shown from both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.plans.completeness import Circumstances
from tests.engine.plans.papers import CHILD, COMPLETE, lacks, plan

Section = dict[str, Any] | None


def test_a_complete_plan_lacks_nothing():
    assert lacks(plan()) == {}


@pytest.mark.parametrize("letter", sorted(COMPLETE))
def test_no_section_can_be_left_out_without_its_name_being_told(letter: str):
    told = lacks(plan(**{letter: None}))
    names = {"C": "sections.C", "D": "sections.D"}.get(letter, f"sections.{letter}")
    assert names in told


def test_an_empty_plan_names_every_section_that_must_be_there():
    assert set(lacks({})) == {f"sections.{letter}" for letter in "ABCDEFIK"}


@pytest.mark.parametrize(
    ("letter", "section"),
    [
        ("A", {"childReason": "Doesn't want to speak.", "parentsReason": "Couldn't be reached."}),
        ("A", {"child": "I like trains.", "parentsReason": "Couldn't be reached."}),
    ],
)
def test_views_may_be_missing_for_a_reason(letter: str, section: Section):
    assert lacks(plan(**{letter: section})) == {}


def test_a_young_person_speaks_without_the_parents():
    views = plan(A={"child": "I like trains."})
    assert set(lacks(views)) == {"sections.A"}
    assert lacks(views, replace(CHILD, age=16)) == {}


@pytest.mark.parametrize(
    ("letter", "kind", "reason"),
    [("C", "health", "noHealthOutcome"), ("D", "social_care", "noSocialCareOutcome")],
)
def test_health_and_social_care_have_outcomes_or_a_reason(letter: str, kind: str, reason: str):
    outcomes = [each for each in COMPLETE["E"]["outcomes"] if each["kind"] != kind]
    assert f"Section {letter}" in lacks(plan(E={"outcomes": outcomes}))["sections.E"]
    assert lacks(plan(E={"outcomes": outcomes, reason: "The hospital sees to it."})) == {}
    assert "sections.E" not in lacks(plan(E={"outcomes": outcomes}, **{letter: {"none": True}}))


@pytest.mark.parametrize("letter", ["C", "D"])
def test_where_there_is_no_such_need_the_plan_says_so(letter: str):
    assert set(lacks(plan(**{letter: {"needs": ""}}))) >= {f"sections.{letter}"}
    answered = [each for each in COMPLETE["E"]["outcomes"] if letter not in each["needs"]]
    assert lacks(plan(E={"outcomes": answered}, **{letter: {"none": True}})) == {}


def test_every_need_is_answered_by_an_outcome_and_met_by_provision():
    third = {"needs": [*COMPLETE["B"]["needs"], {"need": "Can't cross a road."}]}
    assert lacks(plan(B=third)) == {
        "sections.E": "No outcome answers need B3. Say which one does.",
        "sections.F": "No provision meets need B3. Say which one does.",
    }


@pytest.mark.parametrize("letter", ["E", "F"])
def test_nothing_refers_to_a_need_that_is_not_there_or_to_none(letter: str):
    (name, entries), *_ = COMPLETE[letter].items()
    stray = [{**entries[0], "needs": ["B1", "B2", "B7"]}, *entries[1:]]
    assert "B7" in lacks(plan(**{letter: {name: stray}}))[f"sections.{letter}"]
    loose = [*entries, {**entries[0], "needs": []}]
    assert "answers no need" in lacks(plan(**{letter: {name: loose}}))[f"sections.{letter}"]


def test_health_agrees_to_its_provision_before_the_final_plan_and_not_before_the_draft():
    unsigned = plan(G={"provision": [{"what": "Hearing tests."}]}, I=None)
    assert set(lacks(unsigned)) == {"sections.G", "sections.I"}
    assert lacks(unsigned, replace(CHILD, final=False)) == {}


def test_health_needs_are_met_somewhere_or_the_plan_says_why_not():
    assert "nothing meets them" in lacks(plan(G=None))["sections.G"]
    in_f = {"provision": [*COMPLETE["F"]["provision"], {"what": "Training in hearing.", "needs": ["C"]}]}
    assert lacks(plan(G=None, F=in_f)) == {}
    why = {**COMPLETE["E"], "noHealthOutcome": "The hospital sees to it."}
    assert lacks(plan(G=None, E=why)) == {}


def test_section_i_stays_empty_in_a_first_draft_only():
    draft = replace(CHILD, final=False)
    assert "38(5)" in lacks(plan(), draft)["sections.I"]
    assert lacks(plan(), replace(draft, first=False)) == {}


@pytest.mark.parametrize(
    ("of", "is_asked"),
    [
        (replace(CHILD, year_group=8, age=13), False),
        (replace(CHILD, year_group=9, age=13), True),
        (replace(CHILD, year_group=None, age=17), False),
        (replace(CHILD, year_group=None, age=18), True),
    ],
)
def test_preparing_for_adulthood_is_asked_from_year_nine(of: Circumstances, is_asked: bool):
    assert set(lacks(plan(), of)) == ({"sections.F"} if is_asked else set())
    with_it = plan(F={**COMPLETE["F"], "adulthood": "Travel training."})
    assert lacks(with_it, of) == {}


def test_h1_is_for_those_under_eighteen():
    with_h1 = plan(H1={"provision": "A stair lift."}, F={**COMPLETE["F"], "adulthood": "Travel training."})
    assert lacks(with_h1, replace(CHILD, age=17, year_group=12)) == {}
    assert set(lacks(with_h1, replace(CHILD, age=18, year_group=13))) == {"sections.H1"}


def test_section_j_is_there_exactly_with_a_direct_payment():
    paying = replace(CHILD, direct_payment=True)
    told = plan(J={"needsAndOutcomes": "B1, through a tutor."})
    assert set(lacks(plan(), paying)) == {"sections.J"}
    assert lacks(told, paying) == {}
    assert set(lacks(told, replace(CHILD, direct_payment=False))) == {"sections.J"}
    assert lacks(told) == {}


def test_section_k_lists_everybody_who_was_asked():
    asked = replace(CHILD, advisers=frozenset({"education", "camhs", "medical"}))
    advice = [{"adviser": "education", "how": "sought"}, {"adviser": "medical", "how": "relied_on"}]
    assert lacks(plan(K={"advice": advice}), asked) == {
        "sections.K": "The advice of camhs is missing: list it, or that earlier advice is relied on."
    }
