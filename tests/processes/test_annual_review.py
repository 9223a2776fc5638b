"""The annual review, step by step of the law: on time and late, by each route, on a stepped clock.

The plan is made on Monday 2 November 2026, so that its first review must be decided by 1 November 2027. Preparing
it begins sixteen weeks before, on the morning after 12 July; the meeting is to be held by 4 October.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import BadInput, Conflict
from engine.services.imports.plan_arrivals import LastReview
from engine.services.notices import termly_lists
from engine.services.reviews import review_pairing, reviews
from engine.services.reviews.review_views import ReviewDetail
from tests.engine.services.rows import differences
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
DUE, MEETING_BY, BEGINS = date(2027, 11, 1), date(2027, 10, 4), date(2027, 7, 13)
MEETING = date(2027, 9, 20)
REVIEW = "review-1"


@pytest.fixture
def plan(desk: Desk) -> CaseDesk:
    """A plan made today."""
    return desk.plan()


@pytest.fixture
def begun(desk: Desk, plan: CaseDesk) -> CaseDesk:
    """A plan whose first review has begun by itself."""
    desk.step_to(BEGINS)
    return plan


@pytest.fixture
def held(desk: Desk, begun: CaseDesk) -> CaseDesk:
    """A plan whose review meeting was held on 20 September 2027."""
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    begun.complete_all("give_review_advice", "review_family_views", "circulate_papers")
    desk.step_to(MEETING)
    begun.complete("hold_review_meeting")
    return begun


def review(case: CaseDesk) -> ReviewDetail:
    """The newest review of the case's plan."""
    desk = case.desk
    rows = reviews.plan_reviews(desk.engine, desk.member("caseworker"), case.plan_key)
    assert rows[-1].key is not None
    return reviews.get_review(desk.engine, desk.member("caseworker"), rows[-1].key)


# --- it begins by itself ---------------------------------------------------------------------------


def test_a_review_begins_by_itself_early_enough_for_all_its_limits(desk: Desk, plan: CaseDesk) -> None:
    desk.step_to(BEGINS - DAY, 23, 59)
    assert plan.waiting() == set()
    desk.step_to(BEGINS, 0, 0)
    assert plan.waiting() == {"fix_review_date"}
    assert plan.deadline("s44_first_review").due_on == DUE
    assert plan.task("fix_review_date").due_date == MEETING_BY
    assert differences(desk) == []


def test_a_review_that_should_have_begun_begins_at_once(desk: Desk) -> None:
    plan = desk.plan(made_on=MONDAY - 50 * WEEK)
    assert plan.waiting() == {"fix_review_date"}


def test_the_next_review_counts_from_the_last_decision_or_meeting_whichever_is_earlier(desk: Desk) -> None:
    late = LastReview(meeting_on=date(2026, 3, 2), decided_on=date(2026, 10, 1))
    plan = desk.plan(made_on=date(2024, 1, 8), last_review=late)
    assert plan.deadline("s44_next_review").due_on == date(2027, 9, 30)
    listed = reviews.list_reviews(desk.engine, desk.member("caseworker")).items
    assert [(row.status, row.due_on) for row in listed] == [("scheduled", date(2027, 3, 1))]


# --- who leads, who is invited ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "kind", "arranger"),
    [
        ("103001", None, "urn:103001"),
        ("103006", None, "urn:103006"),
        ("130017", "further_education", "send_team"),
        (None, "otherwise_than_in_school", "send_team"),
    ],
)
def test_the_kind_of_setting_decides_who_arranges_the_meeting(
    desk: Desk, setting: str | None, kind: str | None, arranger: str
) -> None:
    plan = desk.plan(made_on=MONDAY - 50 * WEEK, setting=setting, setting_type=kind)
    assert plan.task("fix_review_date").organisation == arranger
    assert review(plan).route == ("school" if arranger.startswith("urn:") else "authority")


def test_everybody_the_regulations_name_is_invited_and_asked_for_advice(begun: CaseDesk) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    invited = {row.role: (row.organisation, row.invited_on) for row in review(begun).invitees}
    assert invited == {
        "family": (None, BEGINS),
        "setting": ("urn:103001", BEGINS),
        "send_officer": (None, BEGINS),
        "health": ("icb", BEGINS),
        "social_care": ("social_care", BEGINS),
    }
    asked = {task.organisation for task in begun.tasks() if task.element_id == "give_review_advice"}
    assert asked == {"urn:103001", "icb", "social_care"}


def test_a_looked_after_childs_virtual_school_and_social_worker_are_invited(desk: Desk) -> None:
    plan = desk.plan(made_on=MONDAY - 50 * WEEK, looked_after=True)
    assert {"virtual_school", "social_worker"} <= {row.role for row in review(plan).invitees}


def test_whoever_advised_in_the_assessment_is_invited_too(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_setting", family_response={"nothingMore": True})
    case.finish()
    desk.step_to(BEGINS)
    assert case.waiting() == {"fix_review_date"}
    case.complete("fix_review_date", meetingOn=MEETING.isoformat())
    asked = {task.organisation for task in case.tasks() if task.element_id == "give_review_advice"}
    assert "educational_psychology" in asked


def test_advice_and_attendance_are_kept_for_each_who_was_invited(desk: Desk, begun: CaseDesk) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    begun.complete("give_review_advice", organisation="icb")
    begun.complete("circulate_papers")
    desk.step_to(MEETING)
    begun.complete(
        "hold_review_meeting",
        attendance=[
            {"role": "family", "attendance": "attended"},
            {"role": "health", "attendance": "apologies"},
            {"role": "camhs", "attendance": "attended"},
        ],
        attendancePercent=88,
        excludedSessions=4,
        destination="same",
    )
    found = review(begun)
    assert {row.role: (row.advice_on, row.attendance) for row in found.invitees} == {
        "family": (None, "attended"),
        "setting": (None, "absent"),
        "send_officer": (None, "absent"),
        "health": (BEGINS, "apologies"),
        "social_care": (None, "absent"),
        "camhs": (None, "attended"),
    }
    assert (found.attendance_percent, found.excluded_sessions, found.destination) == (88, 4, "same")
    assert begun.waiting() == {"write_review_report", "decide_review"}


# --- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("notice", "status"), [(2 * WEEK, "on_time"), (2 * WEEK - DAY, "late")])
def test_everybody_has_two_weeks_notice(desk: Desk, begun: CaseDesk, notice: timedelta, status: str) -> None:
    begun.complete("fix_review_date", meetingOn=(BEGINS + notice).isoformat())
    assert begun.deadline("reg20_3_notice_2w", REVIEW).status == status


@pytest.mark.parametrize(("notice", "status"), [(6 * WEEK, "on_time"), (6 * WEEK - DAY, "late")])
def test_advice_is_asked_for_six_weeks_before(
    desk: Desk, begun: CaseDesk, notice: timedelta, status: str
) -> None:
    begun.complete("fix_review_date", meetingOn=(BEGINS + notice).isoformat())
    assert begun.deadline("cop_advice_request_lead", REVIEW).status == status


@pytest.mark.parametrize(
    ("day", "status"), [(MEETING - 2 * WEEK, "on_time"), (MEETING - 2 * WEEK + DAY, "late")]
)
def test_papers_go_out_two_weeks_before(desk: Desk, begun: CaseDesk, day: date, status: str) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    desk.step_to(day)
    begun.complete("circulate_papers")
    assert begun.deadline("reg20_4_circulate_2w", REVIEW).status == status


@pytest.mark.parametrize(("day", "status"), [(MEETING_BY, "on_time"), (MEETING_BY + DAY, "late")])
def test_the_meeting_is_held_four_weeks_before_the_year_is_over(
    desk: Desk, begun: CaseDesk, day: date, status: str
) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING_BY.isoformat())
    begun.complete("circulate_papers")
    desk.step_to(day)
    begun.complete("hold_review_meeting")
    assert begun.deadline("review_meeting_4w", REVIEW).status == status


@pytest.mark.parametrize(("before", "status"), [(0, "on_time"), (1, "late")])
def test_a_meeting_held_early_takes_from_everybodys_two_weeks(
    desk: Desk, begun: CaseDesk, before: int, status: str
) -> None:
    begun.complete("fix_review_date", meetingOn=(BEGINS + 2 * WEEK).isoformat())
    begun.complete("circulate_papers")
    desk.step_to(BEGINS + 2 * WEEK - before * DAY)
    begun.complete("hold_review_meeting")
    for rule in ("reg20_3_notice_2w", "reg20_4_circulate_2w"):
        assert begun.deadline(rule, REVIEW).status == status


def test_no_meeting_in_time_reaches_a_manager(desk: Desk, begun: CaseDesk) -> None:
    desk.step_to(MEETING_BY + DAY)
    (thread,) = [item for item in begun.escalations() if item.rule == "review_meeting_4w"]
    assert thread.reason == "missed"


@pytest.mark.parametrize(
    ("day", "status"), [(MEETING + 2 * WEEK, "on_time"), (MEETING + 2 * WEEK + DAY, "late")]
)
def test_the_report_is_due_in_two_weeks(desk: Desk, held: CaseDesk, day: date, status: str) -> None:
    desk.step_to(day)
    held.complete("write_review_report")
    assert held.deadline("reg20_report_2w", REVIEW).status == status
    assert review(held).reported_on == day


@pytest.mark.parametrize(
    ("day", "status"), [(MEETING + 4 * WEEK, "on_time"), (MEETING + 4 * WEEK + DAY, "late")]
)
def test_the_decision_is_due_in_four_weeks_and_waits_for_no_report(
    desk: Desk, held: CaseDesk, day: date, status: str
) -> None:
    desk.step_to(day)
    held.complete("decide_review")
    assert held.deadline("reg20_10_decision_4w", REVIEW).status == status
    assert held.waiting() == {"write_review_report"}


@pytest.mark.parametrize(("day", "status"), [(DUE, "on_time"), (DUE + DAY, "late")])
def test_section_44_is_met_by_the_decision(desk: Desk, begun: CaseDesk, day: date, status: str) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING_BY.isoformat())
    begun.complete("circulate_papers")
    desk.step_to(day)
    begun.complete("hold_review_meeting")
    begun.complete("decide_review")
    assert begun.deadline("s44_first_review").status == status


# --- what can happen on the way --------------------------------------------------------------------


def test_a_postponed_meeting_is_fixed_anew_and_everybody_invited_again(desk: Desk, begun: CaseDesk) -> None:
    begun.complete("fix_review_date", meetingOn=(BEGINS + 6 * WEEK).isoformat())
    begun.complete("circulate_papers", complete=False, missing="Health.", goAhead="postpone")
    begun.complete("fix_new_date", meetingOn=MEETING.isoformat())
    assert begun.deadline("reg20_4_circulate_2w", REVIEW).due_on == MEETING - 2 * WEEK
    assert begun.task("circulate_papers").due_date == MEETING - 2 * WEEK
    assert {task.due_date for task in begun.tasks() if task.element_id == "give_review_advice"} == {
        MEETING - 2 * WEEK
    }
    assert differences(desk) == []


def test_a_meeting_that_was_not_held_is_arranged_by_the_council(desk: Desk, begun: CaseDesk) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    begun.complete("circulate_papers")
    begun.complete("hold_review_meeting", outcome="not_held", notHeldReason="The school was closed by snow.")
    assert begun.task("fix_new_date").organisation == "send_team"


def test_a_meeting_cant_be_held_before_its_invitations_or_tomorrow(desk: Desk, begun: CaseDesk) -> None:
    begun.complete("fix_review_date", meetingOn=MEETING.isoformat())
    begun.complete("circulate_papers")
    with pytest.raises(BadInput, match="can't be completed yet") as refused:
        begun.complete("hold_review_meeting", heldOn=(BEGINS - DAY).isoformat())
    assert "reg 20(3)" in refused.value.problems[0].message
    with pytest.raises(BadInput):
        begun.complete("hold_review_meeting", heldOn=(BEGINS + DAY).isoformat())
    assert "hold_review_meeting" in begun.waiting()


def test_from_year_9_a_review_looks_at_adulthood(desk: Desk) -> None:
    plan = desk.plan(made_on=MONDAY - 50 * WEEK, born=date(2012, 10, 2), year=9)
    plan.until("hold_review_meeting", but=("give_review_advice", "review_family_views"))
    with pytest.raises(BadInput) as refused:
        plan.complete("hold_review_meeting", adulthood=None)
    assert [problem.field for problem in refused.value.problems] == ["answers.adulthood"]


def test_a_correction_of_the_meeting_moves_all_that_hangs_on_it(desk: Desk, held: CaseDesk) -> None:
    held.correct("meeting_held_on", MEETING - WEEK, REVIEW)
    assert held.deadline("reg20_10_decision_4w", REVIEW).due_on == MEETING + 3 * WEEK
    assert held.task("decide_review").due_date == MEETING + 3 * WEEK
    assert held.task("write_review_report").due_date == MEETING + WEEK
    assert differences(desk) == []


def test_a_correction_of_a_meeting_that_is_over_moves_next_years_review(desk: Desk, held: CaseDesk) -> None:
    held.complete("decide_review")
    held.correct("meeting_held_on", MEETING - WEEK, REVIEW)
    assert review(held).held_on == MEETING - WEEK
    listed = reviews.list_reviews(desk.engine, desk.member("caseworker")).items
    assert listed[0].due_on == date(2028, 9, 12)


def test_a_correction_of_the_plans_day_moves_its_review(desk: Desk, plan: CaseDesk) -> None:
    plan.correct("plan_made_on", MONDAY - WEEK)
    listed = reviews.list_reviews(desk.engine, desk.member("caseworker")).items
    assert listed[0].due_on == DUE - WEEK
    desk.step_to(BEGINS - WEEK, 0, 0)
    assert plan.waiting() == {"fix_review_date"}


# --- what comes of it ------------------------------------------------------------------------------


def test_a_plan_that_is_kept_is_reviewed_again_next_year(desk: Desk, held: CaseDesk) -> None:
    desk.step_to(MEETING + 3 * WEEK)
    held.complete("decide_review")
    assert review(held).status == "closed"
    assert held.deadline("s44_next_review").due_on == date(2028, 10, 10)
    assert reviews.list_reviews(desk.engine, desk.member("caseworker")).items[0].due_on == date(2028, 9, 19)
    desk.step_to(date(2028, 5, 31))
    assert "fix_review_date" in held.waiting()
    assert review(held).number == 2
    assert differences(desk) == []


def test_the_next_schedule_begins_though_the_report_was_there_before_the_decision(
    desk: Desk, held: CaseDesk
) -> None:
    held.complete("write_review_report")
    held.complete("decide_review")
    assert held.waiting() == set()
    desk.step_to(date(2028, 5, 31))
    assert held.waiting() == {"fix_review_date"}


def test_a_late_decision_doesnt_push_next_years_review_out(desk: Desk, held: CaseDesk) -> None:
    desk.step_to(date(2028, 1, 31))
    held.complete("decide_review")
    assert held.deadline("s44_next_review").due_on == date(2029, 1, 30)
    assert reviews.list_reviews(desk.engine, desk.member("caseworker")).items[0].due_on == date(2028, 9, 19)


def test_the_right_of_appeal_is_open_after_a_plan_was_kept(desk: Desk, held: CaseDesk) -> None:
    held.complete("decide_review")
    assert held.deadline("ftt_r20_appeal_2m", REVIEW).due_on == date(2027, 11, 22)


NOTICE = MEETING + 3 * WEEK
#: Fifteen days from the service by post on 13 October, itself counted; eight weeks from the sending; twelve from
#: the meeting.
FIFTEEN, EIGHT_WEEKS, TWELVE_WEEKS = date(2027, 10, 27), date(2027, 12, 6), date(2027, 12, 13)


@pytest.fixture
def amending(desk: Desk, held: CaseDesk) -> CaseDesk:
    """A plan whose amendments went out three weeks after the meeting."""
    desk.step_to(NOTICE)
    held.complete("decide_review", decision="amend")
    held.complete("prepare_amendments")
    return held


@pytest.mark.parametrize(
    ("day", "status"), [(MEETING + 4 * WEEK, "on_time"), (MEETING + 4 * WEEK + DAY, "late")]
)
def test_the_amendments_go_out_with_the_decision_within_four_weeks(
    desk: Desk, held: CaseDesk, day: date, status: str
) -> None:
    held.complete("decide_review", decision="amend")
    assert held.deadline("s44_first_review").status == "running"
    desk.step_to(day)
    held.complete("prepare_amendments")
    assert held.deadline("devon_amend_notice_4w", REVIEW).status == status
    assert held.deadline("reg20_10_decision_4w", REVIEW).status == status
    assert held.deadline("s44_first_review").met_on == day


def test_an_amendment_opens_the_familys_days_and_the_outer_limits(desk: Desk, amending: CaseDesk) -> None:
    running = {row.rule: row.due_on for row in amending.deadlines() if row.occurrence == REVIEW}
    assert running["reg22_2_parent_15d"] == FIFTEEN
    assert running["reg22_3_final_8w"] == EIGHT_WEEKS
    assert running["devon_final_12w"] == TWELVE_WEEKS
    assert review(amending).status == "closed"


@pytest.mark.parametrize("rule", ["reg22_3_final_8w", "devon_final_12w"])
@pytest.mark.parametrize("late", [False, True])
def test_the_final_amended_plan_is_due_in_eight_weeks_and_twelve_from_the_meeting(
    desk: Desk, amending: CaseDesk, rule: str, late: bool
) -> None:
    amending.until(
        "sign_amended_plan", but=("write_review_report",), respond_to_amendments={"nothingMore": True}
    )
    due = EIGHT_WEEKS if rule == "reg22_3_final_8w" else TWELVE_WEEKS
    desk.step_to(due + DAY if late else due)
    amending.complete("sign_amended_plan")
    assert amending.deadline(rule, REVIEW).status == ("late" if late else "on_time")


@pytest.mark.parametrize(
    ("sent", "shown"), [(4 * WEEK - DAY, "reg22_3_final_8w"), (4 * WEEK + DAY, "devon_final_12w")]
)
def test_who_decides_on_amendments_sees_the_earlier_of_the_two_days(
    desk: Desk, held: CaseDesk, sent: timedelta, shown: str
) -> None:
    desk.step_to(MEETING + sent)
    held.complete("decide_review", decision="amend")
    held.complete("prepare_amendments")
    held.until("decide_amendment", but=("write_review_report",), respond_to_amendments={"nothingMore": True})
    task = held.task("decide_amendment")
    assert task.rule == shown
    assert task.due_date == held.deadline(shown, REVIEW).due_on
    assert task.due_date == min(
        held.deadline(rule, REVIEW).due_on for rule in ("reg22_3_final_8w", "devon_final_12w")
    )


def test_nobody_decides_on_amendments_before_the_familys_days_are_over(
    desk: Desk, amending: CaseDesk
) -> None:
    amending.complete("respond_to_amendments")
    desk.step_to(FIFTEEN, 23, 59)
    assert "decide_amendment" not in amending.waiting()
    desk.step_to(FIFTEEN + DAY, 0, 1)
    assert "decide_amendment" in amending.waiting()
    assert amending.deadline("reg22_2_parent_15d", REVIEW).status == "on_time"


def test_next_years_review_doesnt_wait_for_the_amended_plan(desk: Desk, amending: CaseDesk) -> None:
    desk.step_to(date(2028, 5, 31))
    assert "fix_review_date" in amending.waiting()


# --- before its time -------------------------------------------------------------------------------


def test_a_review_can_be_asked_for_before_its_time_but_not_two_at_once(desk: Desk, plan: CaseDesk) -> None:
    who = desk.member("caseworker")
    begun = reviews.ask_for_review(desk.engine, who, plan.plan_key, "early", "The needs have changed.")
    assert (begun.kind, begun.status) == ("early", "planned")
    assert plan.waiting() == {"fix_review_date"}
    with pytest.raises(Conflict, match=r"one at a time .*s\.44"):
        reviews.ask_for_review(desk.engine, who, plan.plan_key, "early", "Once more.")
    desk.step_to(BEGINS + WEEK)
    assert len(reviews.plan_reviews(desk.engine, who, plan.plan_key)) == 1


# --- under five ------------------------------------------------------------------------------------


def test_a_child_under_five_has_lighter_reviews_beside_the_yearly_one(desk: Desk) -> None:
    plan = desk.plan(born=date(2023, 3, 1), year=-1, setting="103007")
    desk.step_to(date(2027, 2, 3))
    assert "review_lightly" in plan.waiting()
    assert plan.task("review_lightly").due_date == date(2027, 5, 2)
    plan.complete("review_lightly")
    assert plan.deadline("cop_under5_3_6m", "light").status == "on_time"
    desk.step_to(date(2027, 5, 4))
    assert "review_lightly" in plan.waiting()


def test_a_late_lighter_review_is_late(desk: Desk) -> None:
    plan = desk.plan(born=date(2024, 3, 1), year=-2, setting="103007")
    desk.step_to(date(2027, 5, 3))
    plan.complete("review_lightly")
    assert plan.deadline("cop_under5_3_6m", "light").status == "late"


def test_at_five_there_are_no_lighter_reviews_any_more(desk: Desk) -> None:
    plan = desk.plan(born=date(2022, 1, 10), year=-1, setting="103007")
    desk.step_to(BEGINS - DAY)
    assert "review_lightly" not in plan.waiting()


# --- lists and pairs -------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "status"), [(date(2027, 8, 18), "on_time"), (date(2027, 8, 19), "late")])
def test_settings_are_told_before_the_term_whose_reviews_are_due(
    desk: Desk, plan: CaseDesk, day: date, status: str
) -> None:
    desk.step_to(day)
    sent = termly_lists.send_termly_lists(
        desk.engine, desk.member("caseworker"), term_starts_on=date(2027, 9, 1), due_by=date(2027, 12, 17)
    )
    assert (sent.settings, sent.reviews) == (1, 1)
    assert plan.deadline("cop_termly_list", "term-2027-09-01").status == status


def test_two_reviews_are_paired_on_a_day_that_keeps_both(desk: Desk, plan: CaseDesk) -> None:
    found = review_pairing.propose_pairing(
        desk.engine, desk.member("caseworker"), plan.plan_key, last_review_on=date(2026, 9, 14)
    )
    assert (found.meeting_by, found.looked_after_by) == (MEETING_BY, date(2027, 9, 14))
    assert found.proposed_on == date(2027, 9, 14)


def test_what_makes_a_pair_impossible_is_named(desk: Desk) -> None:
    plan = desk.plan(made_on=MONDAY - 52 * WEEK)
    found = review_pairing.propose_pairing(
        desk.engine, desk.member("caseworker"), plan.plan_key, last_review_on=date(2026, 10, 1)
    )
    assert found.proposed_on is None
    assert [hindrance.rule for hindrance in found.hindrances] == ["review_meeting_4w"]


def test_under_18_a_review_ends_no_plan_because_somebody_left(held: CaseDesk) -> None:
    with pytest.raises(BadInput) as refused:
        held.complete("decide_review", decision="cease", ceaseGround="not_responsible")
    (problem,) = refused.value.problems
    assert (problem.field, "reg 29" in problem.message) == ("answers.ceaseGround", True)
    held.complete("decide_review", decision="cease", ceaseGround="not_necessary")
    assert "check_cessation" in held.waiting()


def test_a_looked_after_review_that_is_overdue_is_paired_with_nothing(desk: Desk) -> None:
    plan = desk.plan(looked_after=True)
    found = review_pairing.propose_pairing(
        desk.engine, desk.member("caseworker"), plan.plan_key, last_review_on=date(2025, 2, 3), held=4
    )
    assert (found.proposed_on, [each.rule for each in found.hindrances]) == (None, ["lac_next_review_6m"])
    assert "hold it at once" in found.hindrances[0].message
