"""Every way through the diagrams, on a stepped clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.law import due, statute
from tests.bpmn.diagrams import elements
from tests.bpmn.walking import Walk
from tests.bpmn.walks import CHANGE, REQUESTED, WALKS, walk

DAY = timedelta(days=1)


def last_day(rule: str, counted_from: date) -> date:
    return due(statute().rule(rule), counted_from).last_day


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_ends_or_waits_for_somebody(name):
    stays_open = {
        "undecided": {"decide_assess"},
        "plan undecided": {"decide_plan"},
        "adviser silent": {"give_advice", "acknowledge_request"},
        "camhs silent": {"give_advice"},
        "draft late": {"write_plan"},
        "review for a move between phases": {"hold_review_meeting"},
        "no review meeting": {"hold_review_meeting"},
        "review undecided": {"write_review_report", "decide_review"},
        "amendment undecided": {"decide_amendment"},
        "amendment alone undecided": {"decide_amendment"},
    }
    assert walk(name).open_elements == stays_open.get(name, set())
    assert walk(name).instance.status == ("active" if name in stays_open else "completed")


def test_every_element_is_reached_by_one_of_the_walks():
    kinds = (
        *(
            "userTask",
            "serviceTask",
            "scriptTask",
            "businessRuleTask",
            "callActivity",
            "startEvent",
            "endEvent",
        ),
        *(
            "boundaryEvent",
            "intermediateCatchEvent",
            "exclusiveGateway",
            "parallelGateway",
            "eventBasedGateway",
        ),
    )
    drawn = {element.id for element in elements(*kinds)}
    assert drawn - set().union(*(walk(name).visited for name in WALKS)) == set()


@pytest.mark.parametrize(
    ("name", "end", "statuses", "started"),
    [
        ("other council", "passed_on", ["not_responsible"], []),
        ("refused", "assessment_refused", ["refused"], ["appeal_window"]),
        ("no plan", "no_plan_issued", ["assessing", "no_plan"], ["appeal_window"]),
        (
            "plan",
            "plan_issued",
            ["assessing", "drafting", "consulting", "plan_issued"],
            ["appeal_window", "review_schedule", "phase_transfer_watch"],
        ),
    ],
)
def test_each_outcome_has_its_status_and_what_follows(name, end, statuses, started):
    assert end in walk(name).visited
    assert walk(name).statuses == statuses
    assert walk(name).started == started


@pytest.mark.parametrize(
    ("name", "notice", "recipients"),
    [
        ("plan", "consideration_notice", ["setting", "icb", "social_care"]),
        ("no setting attended", "consideration_notice", ["icb", "social_care"]),
        ("refused", "refusal_to_assess", ["family", "setting", "icb", "social_care"]),
        ("no plan", "refusal_to_issue", ["family", "setting", "icb"]),
        ("plan", "draft_plan", ["family"]),
        ("plan", "setting_consultation", ["consulted_setting"]),
        ("plan", "final_plan", ["family", "setting", "icb", "social_care"]),
        ("type alone named", "final_plan", ["family", "icb", "social_care"]),
    ],
)
def test_notices_go_to_whom_the_law_names(name, notice, recipients):
    assert [job.inputs["recipients"] for job in walk(name).notices(notice)] == [recipients]


def test_nobody_is_told_of_a_request_that_another_authority_answers():
    assert [job for job in walk("other council").jobs if job.kind == "ehc:notice"] == []


def test_early_information_never_holds_up_the_decision():
    nobody = walk("refused, nobody heard")
    assert {"family_not_awaited", "information_not_awaited", "assessment_refused"} <= nobody.visited
    assert len(nobody.days("early_information", "cancelled")) == 3


def test_a_late_decision_is_escalated_and_stays_to_be_made():
    undecided = walk("undecided")
    broken = last_day("reg5_decide_to_assess", REQUESTED) + DAY
    assert undecided.thrown == [
        (broken, "decide_assess_escalated"),
        (last_day("reg10_decide_no_plan", REQUESTED) + DAY, "plan_decision_escalated"),
        (last_day("reg13_2_final_20w", REQUESTED) + DAY, "final_plan_overdue_escalated"),
    ]
    assert undecided.days("decide_assess_overdue", "triggered") == [broken]


def test_a_silent_adviser_is_chased_twice_and_then_escalated():
    silent = walk("adviser silent")
    chases = silent.notices("advice_chase")
    assert [chase.on for chase in chases] == [last_day(f"chase_advice_{n}w", REQUESTED) + DAY for n in (3, 5)]
    assert {(chase.inputs["organisation"], chase.inputs["occurrence"]) for chase in chases} == {
        ("educational_psychology", "psychological")
    }
    assert (last_day("reg8_advice_6w", REQUESTED) + DAY, "give_advice_escalated") in silent.thrown


def test_the_receipt_of_a_request_need_not_be_stamped():
    assert walk("camhs, nobody contributes").days("receipt_not_stamped")
    assert "no_plan_issued" in walk("camhs, nobody contributes").visited


def test_a_declined_request_counts_as_answered():
    assert {"decline_noted", "no_plan_issued"} <= walk("declined").visited
    assert len(walk("declined").days("check_advice")) == 3


def test_insufficient_advice_is_completed_without_a_new_chase():
    again = walk("insufficient")
    assert (len(again.days("complete_advice")), len(again.days("give_advice"))) == (3, 4)
    assert again.notices("advice_chase") == []


@pytest.mark.parametrize("name", ["camhs, nobody contributes", "camhs, nobody named"])
def test_no_contributor_holds_up_the_advice_of_camhs(name):
    assert "no_plan_issued" in walk(name).visited
    assert "contributions_in" not in walk(name).visited


def test_a_draft_that_is_sent_back_is_written_again():
    assert len(walk("draft sent back").days("write_plan")) == 3


def test_a_draft_that_is_served_again_gives_the_family_its_days_again():
    again = walk("re-issued twice")
    served = [job.on for notice in ("draft_plan", "draft_reissued") for job in again.notices(notice)]
    assert again.days("family_period_over") == [last_day("reg13_1_parent_15d", day) + DAY for day in served]
    assert len(served) == 3


def test_a_draft_that_nobody_signs_is_served_again_before_it_is_signed():
    again = walk("not signed at first")
    assert len(again.days("sign_plan")) == 2
    assert len(again.notices("draft_reissued")) == 1
    assert len(again.notices("final_plan")) == 1


def test_a_familys_silence_ends_with_its_days():
    silent = walk("family silent")
    assert silent.days("family_response", "cancelled") == silent.days("family_period_over")
    assert "choose_settings" in silent.visited


def test_a_family_that_has_said_all_need_not_wait_and_still_gets_its_meeting():
    said = walk("nothing more, but a meeting")
    assert said.days("draft_settled") == [REQUESTED]
    assert said.days("family_meeting") == [REQUESTED]
    assert "family_period_over" not in said.visited


def test_silence_of_settings_never_blocks():
    silent = walk("settings silent")
    consulted = silent.notices("setting_consultation")[0].on
    assert silent.days("no_reply", "triggered") == [last_day("cop_setting_reply_15d", consulted) + DAY] * 2
    assert silent.instance.variables()["replies"] == [
        {"urn": "222222", "reply": "none"},
        {"urn": "333333", "reply": "none"},
    ]
    assert silent.statuses[-1] == "plan_issued"


def test_another_setting_can_be_consulted_before_one_is_named():
    urns = [job.inputs["occurrence"] for job in walk("further settings").notices("setting_consultation")]
    assert urns == ["123456", "222222", "333333"]


def test_a_request_for_a_setting_stands_when_the_draft_is_served_again():
    answers = {
        "decide_setting": lambda times: CHANGE if times == 0 else {},
        "family_response": lambda times: {"requestedSettingUrn": "444444" if times == 0 else None},
    }
    urns = [job.inputs["occurrence"] for job in Walk(answers=answers).notices("setting_consultation")]
    assert urns == ["444444", "444444"]


def test_a_review_is_prepared_sixteen_weeks_before_it_is_due():
    assert walk("review due").days("time_to_prepare") == [date(2027, 3, 11)]
    assert walk("review due").started == ["annual_review"]


def test_a_review_without_a_meeting_and_one_without_a_decision_are_escalated():
    assert [element for _, element in walk("no review meeting").thrown] == ["no_meeting_escalated"]
    late = walk("review undecided")
    held = late.days("hold_review_meeting")[0]
    assert late.thrown == [
        (last_day("reg20_report_2w", held) + DAY, "report_escalated"),
        (last_day("reg20_10_decision_4w", held) + DAY, "decision_escalated"),
    ]


def test_a_review_ends_with_its_plan_and_opens_the_time_to_appeal_where_the_plan_is_kept():
    assert walk("review of a plan that ended").days("review_abandoned")
    assert walk("plan kept").started == ["appeal_window"]


def test_the_appeal_window_closes_after_its_last_day():
    assert walk("appeal window").days("window_closed") == [last_day("ftt_r20_appeal_2m", REQUESTED) + DAY]
