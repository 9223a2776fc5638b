"""Nobody signs a plan that lacks something; what is signed becomes the plan, and never changes again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from engine.errors import BadInput
from engine.store import tables
from tests.engine.services.planned import (
    QUICK,
    act,
    file,
    plan_row,
    ready_to_sign,
    sections,
    versions,
    with_plan,
)
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import CaseDesk, Desk

UNSIGNED = {"checked": [], "signatory": None, "signed": None}


def refused(case: CaseDesk, **answers: Any) -> dict[str, str]:
    """Try to sign; gives what is told to the signer, by field. Nothing may have changed."""
    before = everything(case.desk)
    with pytest.raises(BadInput) as told:
        case.complete("sign_plan", **answers)
    assert everything(case.desk) == before
    assert count(case.desk, tables.plan) == 0
    fields = {problem.field for problem in told.value.problems}
    return {
        field: " ".join(each.message for each in told.value.problems if each.field == field)
        for field in fields
    }


@pytest.mark.parametrize("year", [-1, 4, 9, 12, None])
def test_the_examples_of_the_forms_make_a_plan_for_any_child(desk: Desk, year: int | None):
    case = with_plan(desk, year=year)
    row = plan_row(case)
    assert (row.status, row.version, row.made_on) == ("live", 1, desk.clock.today())
    assert (row.curriculum_year, row.setting_urn) == (year, "123456")
    assert row.setting_type == "maintained_school"
    assert case.status == "plan_issued"
    assert ("adulthood" in sections(case)["F"]) == (year is not None and year >= 9)


def test_a_plan_opens_its_limits_whatever_the_diagram_says(desk: Desk):
    case = with_plan(desk)
    review = case.deadline("s44_first_review")
    assert review.due_on == date(2027, 11, 1)
    assert plan_row(case).next_review_by == review.due_on
    assert case.deadline("s42_secure_provision").status == "running"


def test_section_k_lists_everybody_who_gave_advice_whatever_the_writer_listed(desk: Desk):
    case = ready_to_sign(desk, sensory_impairment=True)
    case.complete("sign_plan")
    listed = {entry["adviser"] for entry in sections(case)["K"]["advice"]}
    asked = {row.occurrence for row in rows(desk, tables.task, element_id="give_advice")}
    assert asked
    assert asked | {"family"} == listed


def test_relied_on_advice_stands_in_section_k_as_such(desk: Desk):
    relied = {
        "code": "medical",
        "decision": "rely",
        "existingOn": "2026-08-14",
        "authorAgrees": True,
        "authorityAgrees": True,
        "familyAgrees": True,
        "reason": "Written this year.",
    }
    case = desk.request()
    case.until("sign_plan", choose_advice={"advice": [relied]}, **QUICK)
    case.complete("sign_plan")
    (medical,) = [entry for entry in sections(case)["K"]["advice"] if entry["adviser"] == "medical"]
    assert medical == {"adviser": "medical", "how": "relied_on", "on": "2026-08-14"}


def outcome(needs: str) -> dict[str, str]:
    return {"kind": "education", "outcome": "Reads.", "needs": needs, "by": "July", "monitoring": "Termly"}


def provision(needs: str) -> dict[str, str]:
    return {"what": "A reading programme.", "needs": needs, "who": "A teacher", "howMuch": "Daily"}


@pytest.mark.parametrize(
    ("written", "field", "word"),
    [
        ({"outcomes": [outcome("B1, C, D")]}, "E", "no health outcome"),
        ({"outcomes": [outcome("B1, C, D")]}, "E", "no social care outcome"),
        ({"needs": [{"area": "learning", "need": "x"}, {"area": "health", "need": "y"}]}, "F", "B2"),
        ({"healthProvision": []}, "G", "nothing meets"),
        ({"provision": [provision("B1"), provision("B9")]}, "F", "B9, which there isn't"),
    ],
)
def test_what_is_missing_is_told_to_the_signer_and_nothing_is_kept(
    desk: Desk, written: dict[str, Any], field: str, word: str
):
    case = desk.request()
    case.until("sign_plan", write_plan=written, **QUICK)
    assert word in refused(case)[f"sections.{field}"]


def test_a_reason_stands_in_for_health_and_social_care_outcomes(desk: Desk):
    case = desk.request()
    reasons = {"noHealthOutcome": "The hospital sees to it.", "noSocialCareOutcome": "The family prefers so."}
    case.until("sign_plan", write_plan={"outcomes": [outcome("B1")], **reasons}, **QUICK)
    case.complete("sign_plan")
    assert sections(case)["E"]["noHealthOutcome"] == "The hospital sees to it."


def test_health_has_to_agree_to_the_very_section_g_that_is_signed(desk: Desk):
    case = ready_to_sign(desk)
    answers = {**sections_written(case), "healthProvision": [{"what": "Weekly physiotherapy."}]}
    file(case, "write_plan", **answers)
    assert "regulation 12(2)" in refused(case)["sections.G"]
    file(case, "icb_agreement", "icb", agreed=True, agreedBy="DCO", agreedOn="2026-11-02")
    case.complete("sign_plan")
    assert sections(case)["G"]["provision"] == [{"what": "Weekly physiotherapy."}]


def sections_written(case: CaseDesk) -> dict[str, Any]:
    (document,) = rows(case.desk, tables.document, form_key="write_plan", case_key=int(case.key))
    found: dict[str, Any] = json.loads(document.content)
    return found


def test_whoever_is_in_year_eight_is_asked_for_adulthood_before_year_nine_begins(desk: Desk):
    desk.jump_to(date(2027, 6, 1))
    case = ready_to_sign(desk, year=8)
    desk.step_to(date(2027, 9, 1))
    case.complete("sign_plan")
    assert sections(case)["F"]["adulthood"]


def test_whoever_comes_into_year_nine_all_the_same_is_asked_again(desk: Desk):
    desk.jump_to(date(2027, 6, 1))
    case = ready_to_sign(desk, year=7)
    desk.step_to(date(2028, 9, 1))
    assert set(refused(case)) == {"sections.F"}
    case.complete("sign_plan", sendBack=True, corrections="Year nine has begun.", **UNSIGNED)
    case.until("sign_plan", **QUICK)
    case.complete("sign_plan")
    assert sections(case)["F"]["adulthood"]
    assert events(case, "plan:made")


def test_a_draft_that_is_sent_back_is_served_again_and_makes_no_plan(desk: Desk):
    case = ready_to_sign(desk)
    case.complete("sign_plan", sendBack=True, corrections="Section F.", **UNSIGNED)
    assert case.waiting() & {"write_plan", "sign_plan"} == {"write_plan"}
    assert count(desk, tables.plan) == 0
    assert case.status == "consulting"


def test_a_diagram_without_the_requirement_cannot_make_an_incomplete_plan(desk: Desk):
    case = desk.request()
    case.until("decide_setting", **QUICK)
    with pytest.raises(ValueError, match="isn't complete"):
        act(case, "issue")
    assert count(desk, tables.plan) == 0


def test_a_second_plan_of_a_case_is_refused(desk: Desk):
    case = with_plan(desk)
    with pytest.raises(ValueError, match="has a plan already"):
        act(case, "issue")


def test_the_database_itself_refuses_to_change_what_was_issued(either_desk: Desk):
    case = with_plan(either_desk)
    with pytest.raises(DatabaseError, match="issued cannot be changed"):
        change_version(either_desk, case, sections="{}")
    assert differences(either_desk) == []
    assert len(versions(case)) == 1


def change_version(desk: Desk, case: CaseDesk, **values: Any) -> None:
    with desk.engine.database.write() as connection:
        table = tables.plan_version
        connection.execute(update(table).where(table.c.case_key == int(case.key)).values(values))


def test_the_day_of_issue_is_the_day_of_the_signature(desk: Desk):
    case = ready_to_sign(desk)
    desk.step_to(desk.clock.today() + timedelta(days=3))
    case.complete("sign_plan")
    (version,) = versions(case)
    assert version.issued_on == plan_row(case).made_on == desk.clock.today()
    assert (version.state, version.origin) == ("issued", "assessment")
