"""Request to plan, step by step of the law: on time, late and excused, on a stepped clock.

The request is received on Monday 2 November 2026. Six weeks end on 14 December, sixteen on 22 February,
twenty on 22 March 2027 (the worked examples of the statutory reference).
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.support.desk import MONDAY, CaseDesk, Desk

SIX, SIXTEEN, TWENTY = date(2026, 12, 14), date(2027, 2, 22), date(2027, 3, 22)
DAY = timedelta(days=1)
ASSESS = {"assess": True}
REFUSE = {"assess": False, "otherSupport": "Support from the school's own means."}
ISSUE = {"issuePlan": True}
NO_PLAN = {"issuePlan": False, "otherSupport": "Support from the school's own means."}
DECLINED = {"declined": True, "declineReasons": "The child isn't known to the service."}
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")


def statuses(case: CaseDesk) -> dict[str, str]:
    return {row.rule: row.status for row in case.deadlines() if row.occurrence is None}


def test_a_request_starts_every_limit_that_runs_from_it(case: CaseDesk) -> None:
    running = {row.rule: row.due_on for row in case.deadlines() if row.status == "running"}
    assert running == {
        "reg5_decide_to_assess": SIX,
        "reg10_decide_no_plan": SIXTEEN,
        "draft_plan_backstop": SIXTEEN,
        "reg13_2_final_20w": TWENTY,
    }


def test_a_limit_explains_itself(case: CaseDesk) -> None:
    row = case.deadline("reg5_decide_to_assess")
    assert "Monday 14 December 2026" in row.explanation
    assert "reg 5" in row.citation
    assert (row.anchor, row.anchored_on) == ("request_received_on", MONDAY)


def test_a_case_goes_from_request_to_plan_on_time(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_setting", but=BACKGROUND, family_response={"nothingMore": True})
    case.finish(but=BACKGROUND)
    assert case.status == "plan_issued"
    assert {row.status for row in case.deadlines() if row.nature == "deadline"} - {"running"} == {"on_time"}
    assert statuses(case)["reg13_2_final_20w"] == "on_time"
    assert case.deadline("s44_first_review").due_on == date(2027, 11, 1)


def test_somebody_elses_request_counts_from_the_day_it_came_to_attention(desk: Desk) -> None:
    case = desk.request(role="other")
    assert case.deadline("reg13_2_final_20w").anchor == "became_responsible_on"


@pytest.mark.parametrize(("day", "status"), [(SIX, "on_time"), (SIX + DAY, "late")])
@pytest.mark.parametrize("assess", [True, False])
def test_the_decision_to_assess_is_kept_on_its_last_day(
    desk: Desk, case: CaseDesk, day: date, status: str, assess: bool
) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.step_to(day, 23, 59)
    case.complete("decide_assess", **(ASSESS if assess else REFUSE))
    assert case.deadline("reg5_decide_to_assess").status == status


def test_an_answer_after_the_limit_is_late_though_no_sweep_came_between(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.jump_to(SIX + DAY, 0, 1)
    case.complete("decide_assess", assess=True)
    assert case.deadline("reg5_decide_to_assess").status == "late"
    assert [item.reason for item in case.escalations("all")] == ["missed"]


def test_a_refusal_ends_the_wait_for_a_plan(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    case.complete("decide_assess", **REFUSE)
    assert case.status == "refused"
    found = statuses(case)
    assert found["reg5_decide_to_assess"] == "on_time"
    assert {found[rule] for rule in ("reg10_decide_no_plan", "draft_plan_backstop", "reg13_2_final_20w")} == {
        "superseded"
    }
    assert case.waiting() == {"next_steps_meeting"}
    case.finish()
    assert case.deadline("ftt_r20_appeal_2m").status == "running"


@pytest.mark.parametrize(("day", "status"), [(SIXTEEN, "on_time"), (SIXTEEN + DAY, "late")])
@pytest.mark.parametrize("issue", [True, False])
def test_the_decision_on_a_plan_is_kept_on_its_last_day(
    desk: Desk, case: CaseDesk, day: date, status: str, issue: bool
) -> None:
    case.until("decide_plan", but=BACKGROUND)
    desk.step_to(day, 23, 59)
    case.complete("decide_plan", **(ISSUE if issue else NO_PLAN))
    assert case.deadline("reg10_decide_no_plan").status == status
    assert case.status == ("drafting" if issue else "no_plan")


@pytest.mark.parametrize(("late_by", "status"), [(0, "on_time"), (1, "late")])
def test_advice_is_owed_within_six_weeks_of_the_bodys_receipt(
    desk: Desk, case: CaseDesk, late_by: int, status: str
) -> None:
    case.until("give_advice", but=BACKGROUND)
    asked = case.deadline("reg8_advice_6w", "camhs") if case.waiting() & {"camhs"} else None
    row = asked or next(row for row in case.deadlines() if row.rule == "reg8_advice_6w")
    assert row.due_on == MONDAY + timedelta(weeks=6)
    desk.step_to(row.due_on + late_by * DAY, 23, 59)
    case.finish(but={*BACKGROUND, "decide_plan", "outcomes_meeting", "family_evidence"})
    assert {r.status for r in case.deadlines() if r.rule == "reg8_advice_6w"} == {status}


@pytest.mark.parametrize(("day", "status"), [(TWENTY, "on_time"), (TWENTY + DAY, "late")])
def test_the_final_plan_is_kept_on_its_last_day(desk: Desk, case: CaseDesk, day: date, status: str) -> None:
    case.until("sign_plan", but=BACKGROUND, family_response={"nothingMore": True})
    desk.step_to(day, 23, 59)
    case.until("confirm_provision", but=BACKGROUND)
    assert case.deadline("reg13_2_final_20w").status == status


def test_an_exception_of_the_assessment_lifts_nothing_for_the_advisers(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    with pytest.raises(Exception, match="can't be recorded"):
        case.excuse("EX_SCHOOL_CLOSED", "reg8_advice_6w", start=MONDAY)


def test_met_in_time_is_on_time_whatever_is_excused(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    case.excuse("EX_PERSONAL", "reg5_decide_to_assess", start=MONDAY)
    case.complete("decide_assess", assess=True)
    assert case.deadline("reg5_decide_to_assess").status == "on_time"


def test_silence_of_a_setting_never_blocks(desk: Desk, case: CaseDesk) -> None:
    case.until("reply_to_consultation", but=BACKGROUND, family_response={"nothingMore": True})
    due = case.task("reply_to_consultation").due_date
    assert due is not None
    desk.step_to(due + DAY, 0, 1)
    assert "decide_setting" in case.waiting()
    assert [item.rule for item in case.escalations()] == ["cop_setting_reply_15d"]
    case.until("confirm_provision", but=BACKGROUND)
    assert not [item for item in case.escalations() if item.rule == "cop_setting_reply_15d"]


def test_the_family_has_its_fifteen_days(desk: Desk, case: CaseDesk) -> None:
    case.until("family_response", but=BACKGROUND)
    row = case.deadline("reg13_1_parent_15d")
    assert row.due_on == MONDAY + timedelta(days=14)
    case.complete("family_response", nothingMore=False, wantsMeeting=False)
    assert not {"decide_setting", "reply_to_consultation", "choose_settings"} & case.waiting()
    desk.step_to(row.due_on + DAY, 0, 1)
    assert {"reply_to_consultation", "choose_settings"} & case.waiting()
    assert case.deadline("reg13_1_parent_15d").status == "on_time"


def test_changes_of_our_own_bring_a_new_draft_with_days_of_its_own(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_setting", but=BACKGROUND, family_response={"nothingMore": True})
    case.step(days=10)
    case.complete("decide_setting", otherChanges=True, changes="Section F is quantified.")
    case.until("family_response", but=BACKGROUND)
    served = [row for row in case.deadlines() if row.rule == "reg13_1_parent_15d"]
    assert [row.due_on for row in served] == [
        MONDAY + timedelta(days=14),
        MONDAY + timedelta(days=24),
    ]


def test_an_adviser_may_decline_with_reasons(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    case.finish(but={*BACKGROUND, "outcomes_meeting", "decide_plan"}, give_advice=DECLINED)
    assert {"outcomes_meeting", "decide_plan"} & case.waiting()


def test_lateness_reaches_the_manager_of_the_agency_and_then_the_group_head(
    desk: Desk, case: CaseDesk
) -> None:
    case.until("give_advice", but=BACKGROUND)
    due = next(row.due_on for row in case.deadlines() if row.occurrence == "psychological")
    assert due is not None

    def thread() -> tuple[str, str, str]:
        found = [item for item in case.escalations() if item.occurrence == "psychological"]
        return found[0].organisation, found[0].reason, found[0].level

    desk.step_to(due - timedelta(days=7))
    assert thread() == ("educational_psychology", "nearing", "service_manager")
    desk.step_to(due + DAY)
    assert thread() == ("educational_psychology", "missed", "service_manager")
    desk.step_to(due + timedelta(days=3))
    assert thread() == ("educational_psychology", "missed", "group_head")
    case.finish(but={*BACKGROUND, "decide_plan", "outcomes_meeting", "family_evidence"})
    assert not [item for item in case.escalations() if item.occurrence == "psychological"]


def test_a_corrected_receipt_moves_everything_that_hangs_on_it(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    change = case.correct("request_received_on", MONDAY - timedelta(days=7))
    moved = {row.rule: row.due_on for row in change.after}
    assert moved["reg5_decide_to_assess"] == SIX - timedelta(days=7)
    assert case.task("decide_assess").due_date == SIX - timedelta(days=7)
    desk.step_to(SIX - timedelta(days=6), 0, 1)
    assert [item.reason for item in case.escalations()] == ["missed"]


def test_a_withdrawn_request_ends(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    case.withdraw(MONDAY)
    assert case.status == "withdrawn"
    assert not case.waiting()
    assert {row.status for row in case.deadlines()} <= {"withdrawn", "on_time", "superseded"}
    desk.step_to(TWENTY + DAY)
    assert not case.escalations("all")
