"""The decision tables say what regulations 6, 18 and the recipients' rules say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.definitions.vocabulary import vocabulary
from engine.dmn import read_model
from tests.bpmn.diagrams import FOLDER, elements, form_ids, process_ids

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
CHILD: dict[str, Any] = {
    "settingUrn": "123456",
    "nationalCurriculumYear": 5,
    "ageOnRequest": 9,
    "sensoryImpairment": False,
    "detained": False,
    "armedForcesParent": False,
    "advice": None,
    "otherAdvisers": None,
}
ALWAYS = ["education", "medical", "psychological", "social_care"]
TRUSTED = {"decision": "rely", "authorAgrees": True, "authorityAgrees": True, "familyAgrees": True}


def ask(table: str, decision: str, **inputs: Any) -> Any:
    result = read_model((FOLDER / f"{table}.dmn").read_bytes(), table).evaluate(decision, inputs, now=NOW)
    assert [warning for warning in result.warnings if "null" not in warning.message] == []
    return result.value


def advisers(**facts: Any) -> list[dict[str, Any]]:
    return list(ask("reg6_advisers", "reg6_advisers", **{**CHILD, **facts}))


def sought(**facts: Any) -> list[str]:
    return [adviser["code"] for adviser in ask("reg6_advisers", "advice_to_seek", **{**CHILD, **facts})]


def choice(code: str, **answers: Any) -> dict[str, Any]:
    return {"code": code, "decision": "seek", "authorAgrees": None, "authorityAgrees": None} | {
        "familyAgrees": None,
        **answers,
    }


@pytest.mark.parametrize(
    ("facts", "more"),
    [
        ({}, []),
        ({"nationalCurriculumYear": 8}, []),
        ({"nationalCurriculumYear": 9}, ["pfa"]),
        ({"nationalCurriculumYear": 13, "ageOnRequest": 18}, ["pfa"]),
        ({"nationalCurriculumYear": None, "ageOnRequest": 20}, ["pfa"]),
        ({"nationalCurriculumYear": None, "ageOnRequest": 3}, []),
        ({"sensoryImpairment": True}, ["sensory"]),
        ({"detained": True}, ["youth_offending"]),
        ({"armedForcesParent": True}, ["defence"]),
    ],
)
def test_regulation_6_names_the_advisers_of_this_child(facts, more):
    assert {adviser["code"] for adviser in advisers(**facts)} == {*ALWAYS, *more}


def test_a_head_teacher_advises_where_there_is_one():
    assert [(a["agency"], a["role"]) for a in advisers() if a["code"] == "education"] == [
        ("urn:123456", "setting_contact")
    ]
    assert [(a["agency"], a["role"]) for a in advisers(settingUrn=None) if a["code"] == "education"] == [
        ("send_team", "caseworker")
    ]


@pytest.mark.parametrize("of", ["reg6_advisers", "other_advisers"])
def test_every_adviser_has_an_agency_a_process_and_a_form_that_are_there(of):
    every = {
        "sensoryImpairment": True,
        "detained": True,
        "armedForcesParent": True,
        "nationalCurriculumYear": 10,
    }
    codes = ["camhs", "therapies", "sensory", "pfa", "youth_offending", "family_request"]
    found = ask("reg6_advisers", of, **{**CHILD, **every, "otherAdvisers": codes})
    assert len(found) >= len(codes)
    for adviser in found:
        assert adviser["agency"] in vocabulary().agencies or adviser["agency"] == "urn:123456"
        assert adviser["role"] in vocabulary().roles
        assert adviser["process"] in process_ids()
        assert adviser["form"] in form_ids()
        assert adviser["citation"].startswith("reg 6")


@pytest.mark.parametrize(
    ("advice", "others", "expected"),
    [
        (None, None, ALWAYS),
        ([], [], ALWAYS),
        ([choice("medical", **TRUSTED)], [], ["education", "psychological", "social_care"]),
        ([choice("medical", **{**TRUSTED, "authorAgrees": False})], [], ALWAYS),
        ([choice("medical", **{**TRUSTED, "authorityAgrees": None})], [], ALWAYS),
        ([choice("medical", **{**TRUSTED, "familyAgrees": None})], [], ALWAYS),
        ([choice("medical", decision="not_applicable")], [], ALWAYS),
        ([choice("camhs")], [], [*ALWAYS, "camhs"]),
        ([], ["therapies", "camhs"], [*ALWAYS, "camhs", "therapies"]),
        ([choice("camhs", decision="not_applicable")], ["camhs"], ALWAYS),
        ([], ["medical"], ALWAYS),
    ],
)
def test_advice_is_sought_unless_all_three_are_satisfied_with_what_there_is(advice, others, expected):
    assert sought(advice=advice, otherAdvisers=others) == expected


def test_an_adviser_whom_the_law_names_already_is_asked_once():
    assert sought(sensoryImpairment=True, otherAdvisers=["sensory"]).count("sensory") == 1


def test_only_conditional_advice_may_be_left_out_as_not_applicable():
    left_out = [choice("sensory", decision="not_applicable")]
    assert sought(sensoryImpairment=True, advice=left_out) == ALWAYS


#: Whom regulations 20(2) and 21(2) have invited to a review.
INVITED = ["family", "setting", "send_officer", "health", "social_care"]


def told(notice: str, has_setting: bool = True) -> list[str]:
    return list(ask("who_is_told", "who_is_told", hasSetting=has_setting)[notice])


@pytest.mark.parametrize(
    ("notice", "recipients"),
    [
        ("consideration_notice", ["setting", "icb", "social_care"]),
        ("family_consultation", ["family"]),
        ("refusal_to_assess", ["family", "setting", "icb", "social_care"]),
        ("decision_to_assess", ["family", "setting", "icb", "social_care"]),
        ("refusal_to_issue", ["family", "setting", "icb"]),
        ("draft_plan", ["family"]),
        ("setting_consultation", ["consulted_setting"]),
        ("final_plan", ["family", "setting", "icb", "social_care"]),
        ("review_invitation", [*INVITED, "advisers"]),
        ("review_papers", [*INVITED, "advisers"]),
        ("review_report", [*INVITED, "advisers"]),
        ("review_maintain", ["family", "setting", "icb", "social_care"]),
        ("review_amend", ["family", "setting"]),
        ("amendment_notice", ["family"]),
        ("final_amended_plan", ["family", "setting", "icb", "social_care"]),
        ("not_amending", ["family"]),
        ("cessation_consultation", ["family", "setting"]),
        ("cessation_decision", ["family", "setting", "icb"]),
        ("termly_list", ["setting", "icb", "social_care"]),
        ("phase_transfer_notice", ["family", "setting"]),
    ],
)
def test_everybody_is_told_whom_the_law_names(notice, recipients):
    assert told(notice) == recipients
    assert told(notice, has_setting=False) == [each for each in recipients if each != "setting"]


def test_the_report_of_a_review_is_asked_of_the_setting_or_of_the_officer():
    assert told("review_report_due") == ["setting"]
    assert told("review_report_due", has_setting=False) == ["send_officer"]


def test_every_notice_has_recipients():
    sent = {element.properties.get("ehc:notice", "") for element in elements("serviceTask")} - {""}
    assert sent <= set(vocabulary().notices)
    assert {notice for notice in vocabulary().notices if not told(notice)} == set()


@pytest.mark.parametrize(
    ("year", "phase", "kind", "last"),
    [
        (None, None, "unknown", None),
        (-2, "early_years", "other_phase", -1),
        (-1, None, "other_phase", 6),
        (0, "infant", "other_phase", 2),
        (2, "infant", "other_phase", 2),
        (3, "infant", "other_phase", 6),
        (4, "first", "other_phase", 4),
        (4, "junior", "other_phase", 6),
        (6, "primary", "other_phase", 6),
        (6, "all_through", "other_phase", 6),
        (6, "middle", "other_phase", 8),
        (8, "middle", "other_phase", 8),
        (7, None, "secondary_to_post_16", 11),
        (9, "middle", "secondary_to_post_16", 11),
        (11, "all_through", "secondary_to_post_16", 11),
        (12, None, "no_fixed_year", None),
    ],
)
def test_the_last_year_before_a_move_is_known(year, phase, kind, last):
    asked = {"curriculumYear": year, "settingPhase": phase}
    assert ask("phase_transfer", "phase_transfer", **asked) == {"kind": kind, "lastYear": last}
