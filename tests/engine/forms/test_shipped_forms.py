"""Every form we ship is sound, has an example that is accepted on any day, and asks what the processes need."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from engine.definitions import vocabulary
from engine.forms import Field, Form, read_form

FOLDER = Path(__file__).parents[3] / "bpmn"
NAMES = sorted(path.stem for path in FOLDER.glob("*.form"))
DAYS = [
    datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 30, tzinfo=UTC),
    datetime(2041, 12, 31, 12, tzinfo=UTC),
]
CHILDREN: list[dict[str, object]] = [
    {},
    {"nationalCurriculumYear": 3, "ageOnRequest": 7},
    {"nationalCurriculumYear": 13, "ageOnRequest": 18},
]
PROCESS_FIELDS = {
    "acknowledge_request": {"receivedOn"},
    "amend_plan": {"changedSections", "settingChanges"},
    "amendment_response": {"nothingMore", "requestedSettingUrn", "wantsMeeting"},
    "cessation_views": {"nothingMore"},
    "check_advice": {"sufficient"},
    "check_cessation": {"inEducation"},
    "choose_advice": {
        "advice",
        "advice.code",
        "advice.decision",
        "advice.authorAgrees",
        "advice.authorityAgrees",
        "advice.familyAgrees",
        "otherAdvisers",
    },
    "choose_settings": {"settingsToConsult", "settingsToConsult.urn"},
    "circulate_papers": {"goAhead"},
    "collate_evidence": {"evidenceComplete"},
    "decide_amendment": {"amend", "changeSetting", "namedSettingUrn", "settingType", "ukprn"},
    "decide_assess": {"assess"},
    "decide_cessation": {"cease"},
    "decide_plan": {"issuePlan"},
    "decide_review": {"ceaseGround", "decision"},
    "decide_setting": {"namedSettingUrn", "settingType", "otherChanges", "consultFurther"},
    "family_evidence": {"childViewsRecorded", "supportNeeded"},
    "family_response": {"requestedSettingUrn", "wantsMeeting", "personalBudgetRequested", "nothingMore"},
    "family_views": {"viewsReceived"},
    "fix_review_date": {"meetingOn"},
    "hold_review_meeting": {"ceasingConsidered", "heldOn", "outcome"},
    "icb_agreement": {"agreed"},
    "light_review": {"earlyReview", "heldOn"},
    "name_contributors": {"contributors", "contributors.team", "contributors.dueOn"},
    "next_steps_meeting": {"meetingOffered", "meetingOn"},
    "outcomes_meeting": {"meetingHeld"},
    "quality_check": {"passed"},
    "register_request": {"responsible", "rightsHolder"},
    "setting_reply": {"canMeetNeeds"},
    "sign_plan": {"signed"},
    "supply_curriculum_year": {"settingPhase", "year"},
    "undelivered": {"resend"},
}
ADVICE = [name for name in NAMES if name.startswith("advice_")]


@cache
def shipped(name: str) -> Form:
    return read_form((FOLDER / f"{name}.form").read_bytes(), f"{name}.form")


def fields(form: Form) -> Iterator[Field]:
    for top in form.fields:
        yield from top.walk()


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_read_without_a_remark_and_has_its_file_name_as_id(name: str) -> None:
    assert shipped(name).warnings == ()
    assert shipped(name).id == name


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("now", DAYS, ids=str)
@pytest.mark.parametrize("variables", CHILDREN, ids=["unknown", "year 3", "year 13"])
def test_the_example_is_accepted_as_it_stands(name: str, now: datetime, variables: dict[str, object]) -> None:
    form = shipped(name)
    example = form.example(now, variables)
    assert form.validate(example, now, variables) == []
    schema = form.schema(now, variables)
    assert schema["examples"] == [example]
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(example)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_process_sees_what_was_agreed_and_no_more(name: str) -> None:
    wanted = PROCESS_FIELDS.get(name, {"declined"} if name in ADVICE else set())
    assert {each.name for each in fields(shipped(name)) if each.process} == wanted


@pytest.mark.parametrize("name", NAMES)
def test_every_field_says_who_may_see_it(name: str) -> None:
    words = set(vocabulary().form_audiences())
    for each in fields(shipped(name)):
        assert each.component.own("audience"), each.name
        assert each.audience <= words, each.name


@pytest.mark.parametrize("name", ADVICE)
def test_advice_asks_for_needs_provision_and_outcomes(name: str) -> None:
    asked = {each.name: each for each in fields(shipped(name))}
    for wanted in ("needs", "provision", "outcomes"):
        assert asked[wanted].component.at_least == 1
    everybody = {"family", "setting", "icb"}
    assert everybody <= asked["needs.need"].audience
    assert not asked["privateNote"].audience & everybody


@pytest.mark.parametrize("name", ADVICE)
def test_a_service_that_declines_gives_reasons_and_nothing_else(name: str) -> None:
    form = shipped(name)
    now = DAYS[0]
    assert [each.field for each in form.validate({"declined": True}, now)] == ["declineReasons"]
    answers = {**form.example(now), "declined": True, "declineReasons": "Harms another duty."}
    assert form.check(answers, now).answers == {"declined": True, "declineReasons": "Harms another duty."}


def test_there_is_a_form_for_each_adviser() -> None:
    assert {name.removeprefix("advice_") for name in ADVICE} == {
        "education", "medical", "psychological", "social_care", "camhs", "therapies", "sensory", "pfa", "youth_offending", "other",
    }  # fmt: skip


def test_a_plan_has_its_sections_and_asks_for_adulthood_from_year_nine() -> None:
    form = shipped("write_plan")
    groups = [each.id for each in form.components if each.type == "group"]
    assert groups == [
        f"Group_{letter}" for letter in ("a", "b", "c", "d", "e", "f", "g", "h", "j", "k", "own")
    ]
    answers = form.example(DAYS[0], {"nationalCurriculumYear": 8})
    assert "adulthoodProvision" not in answers
    missing = form.validate(answers, DAYS[0], {"nationalCurriculumYear": 9})
    assert [each.field for each in missing] == ["adulthoodProvision"]


def test_a_plan_cannot_leave_out_health_or_social_care_in_silence() -> None:
    form = shipped("write_plan")
    answers = form.example(DAYS[0])
    for name in ("healthNeeds", "socialNeeds"):
        without = {key: value for key, value in answers.items() if key != name}
        assert name in {each.field for each in form.validate(without, DAYS[0])}
