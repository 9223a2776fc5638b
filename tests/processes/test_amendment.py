"""Amending a plan, after a review and at any other time, on a stepped clock (regulations 22 and 28)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lxml import html

from engine.errors import BadInput, Conflict
from engine.services.notices import deliveries
from engine.services.plans import amendments
from tests.processes.plans import plan_key, with_plan
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY = timedelta(days=1)
ALONE = "amendment-1"
#: The notice goes out on Monday 2 November 2026: fifteen days end on the 16th, eight weeks on 28 December.
FIFTEEN, EIGHT_WEEKS = date(2026, 11, 16), date(2026, 12, 28)


@pytest.fixture
def planned(desk: Desk) -> CaseDesk:
    return with_plan(desk)


@pytest.fixture
def amended(planned: CaseDesk) -> CaseDesk:
    """A plan that somebody proposes to amend without a review."""
    propose(planned)
    return planned


def propose(case: CaseDesk, reason: str = "The therapist's advice is new.") -> str:
    who = case.desk.member("caseworker")
    return amendments.amend(case.desk.engine, who, plan_key(case), reason).occurrence


def served(case: CaseDesk) -> CaseDesk:
    case.complete("prepare_amendments")
    return case


def test_a_notice_of_amendments_opens_the_familys_days_and_the_eight_weeks(amended: CaseDesk) -> None:
    served(amended)
    rows = {row.rule: row.due_on for row in amended.deadlines() if row.occurrence == ALONE}
    assert rows == {"reg28_amend_15d": FIFTEEN, "reg28_final_8w": EIGHT_WEEKS}
    assert amended.task("respond_to_amendments").due_date == FIFTEEN


def test_nothing_is_decided_before_the_familys_days_are_over(desk: Desk, amended: CaseDesk) -> None:
    served(amended).complete("respond_to_amendments")
    assert "decide_amendment" not in amended.waiting()
    desk.step_to(FIFTEEN, 23, 59)
    assert "decide_amendment" not in amended.waiting()
    desk.step_to(FIFTEEN + DAY, 0, 1)
    assert amended.task("decide_amendment").due_date == EIGHT_WEEKS
    assert amended.deadline("reg28_amend_15d", ALONE).status == "on_time"


def test_a_family_that_has_nothing_more_to_say_ends_the_wait(amended: CaseDesk) -> None:
    served(amended).complete("respond_to_amendments", nothingMore=True)
    assert "decide_amendment" in amended.waiting()
    assert amended.deadline("reg28_amend_15d", ALONE).status == "superseded"


def test_a_familys_silence_ends_with_its_days(desk: Desk, amended: CaseDesk) -> None:
    served(amended)
    desk.step_to(FIFTEEN + DAY, 0, 1)
    assert "respond_to_amendments" not in amended.waiting()
    assert "decide_amendment" in amended.waiting()


def test_a_family_that_asks_for_a_meeting_gets_it_before_the_decision(desk: Desk, amended: CaseDesk) -> None:
    served(amended).complete("respond_to_amendments", wantsMeeting=True)
    desk.step_to(FIFTEEN + DAY, 0, 1)
    assert {"meet_family"} == amended.waiting() & {"meet_family", "decide_amendment"}
    amended.complete("meet_family")
    assert "decide_amendment" in amended.waiting()


@pytest.mark.parametrize(("day", "status"), [(EIGHT_WEEKS, "on_time"), (EIGHT_WEEKS + DAY, "late")])
@pytest.mark.parametrize(
    ("amend", "rule", "element"),
    [(True, "reg28_final_8w", "sign_amended_plan"), (False, "reg22_4_no_amend_8w", "decide_amendment")],
)
def test_the_outcome_is_told_within_eight_weeks(
    desk: Desk, amended: CaseDesk, amend: bool, rule: str, element: str, day: date, status: str
) -> None:
    served(amended).until(
        element, respond_to_amendments={"nothingMore": True}, decide_amendment={"amend": amend}
    )
    desk.step_to(day, 23, 59)
    amended.complete(element, **({"amend": False} if not amend else {}))
    assert amended.deadline(rule, ALONE).status == status
    assert amended.deadline("reg28_final_8w", ALONE).status == (status if amend else "superseded")


def test_a_late_final_plan_is_escalated_and_stays_to_be_signed(desk: Desk, amended: CaseDesk) -> None:
    served(amended).until("sign_amended_plan", respond_to_amendments={"nothingMore": True})
    desk.step_to(EIGHT_WEEKS + DAY, 0, 1)
    late = [item for item in amended.escalations() if item.rule == "reg28_final_8w"]
    assert [item.reason for item in late] == ["missed"]
    assert "sign_amended_plan" in amended.waiting()


@pytest.mark.parametrize("amend", [True, False])
def test_either_outcome_opens_an_appeal_window_of_its_own(amended: CaseDesk, amend: bool) -> None:
    served(amended).until("decide_amendment", respond_to_amendments={"nothingMore": True})
    amended.complete("decide_amendment", amend=amend)
    if amend:
        amended.complete("sign_amended_plan")
    assert amended.deadline("ftt_r20_appeal_2m", f"{ALONE}-final").due_on == date(2027, 1, 4)


def test_amending_without_a_review_leaves_the_next_review_where_it_was(amended: CaseDesk) -> None:
    before = amended.deadline("s44_first_review").due_on
    served(amended).until("sign_amended_plan", respond_to_amendments={"nothingMore": True})
    amended.complete("sign_amended_plan")
    after = amended.deadline("s44_first_review")
    assert (after.due_on, after.status) == (before, "running") == (MONDAY.replace(year=2027) - DAY, "running")


def test_health_agrees_before_section_g_changes(amended: CaseDesk) -> None:
    change = {"changedSections": ["G"], "reasonG": "The therapist's advice.", "healthProvision": []}
    amended.complete("prepare_amendments", **{"reasonA": None, **change})
    assert "agree_health_provision" in amended.waiting()
    amended.complete("agree_health_provision", agreed=False, changes="The hours of physiotherapy.")
    assert "prepare_amendments" in amended.waiting()
    amended.complete("prepare_amendments", **{"reasonA": None, **change})
    amended.complete("agree_health_provision")
    assert "respond_to_amendments" in amended.waiting()


def test_settings_are_consulted_where_section_i_may_change(desk: Desk, amended: CaseDesk) -> None:
    amended.complete("prepare_amendments", settingChanges=True)
    amended.complete("respond_to_amendments", nothingMore=True)
    amended.complete("choose_settings")
    assert "reply_to_consultation" in amended.waiting()
    desk.step_to(amended.deadline("cop_setting_reply_15d", "123456").due_on + DAY, 0, 1)  # type: ignore[operator]
    assert "decide_amendment" in amended.waiting()


def test_the_notice_says_what_is_to_change_and_no_other_agency_reads_it(amended: CaseDesk) -> None:
    amended.complete("prepare_amendments", childViews="I want to bake <b>bread</b>.")
    officer = amended.desk.member("caseworker")
    (notice,) = [
        each
        for each in deliveries.list_notices(amended.desk.engine, officer, amended.key).items
        if each.kind == "amendment_notice"
    ]
    letter = html.document_fromstring(
        deliveries.read_content(amended.desk.engine, officer, amended.key, notice.key)
    )
    put_in = [each.text_content() for each in letter.iter("dd")]
    assert any(line.endswith("I want to bake <b>bread</b>.") for line in put_in)
    assert "Section A" in letter.text_content()
    assert [copy.recipient for copy in notice.deliveries] == ["family"]


def test_a_corrected_date_of_the_notice_moves_what_is_due(desk: Desk, amended: CaseDesk) -> None:
    served(amended)
    due = amended.task("respond_to_amendments").due_date
    assert due == amended.deadline("reg28_amend_15d", ALONE).due_on
    desk.step_to(MONDAY + 9 * DAY)
    amended.correct("notice_served_on", MONDAY + 9 * DAY, ALONE)
    moved = amended.task("respond_to_amendments").due_date
    assert moved == amended.deadline("reg28_amend_15d", ALONE).due_on == MONDAY + 23 * DAY != due
    amended.complete("respond_to_amendments", nothingMore=True)
    assert amended.task("decide_amendment").due_date == amended.deadline("reg28_final_8w", ALONE).due_on
    amended.correct("notice_sent_on", MONDAY - DAY, ALONE)
    assert amended.task("decide_amendment").due_date == MONDAY + 55 * DAY
    assert "reg22_3_final_8w" not in {row.rule for row in amended.deadlines()}


def test_only_one_amendment_runs_at_a_time(amended: CaseDesk) -> None:
    with pytest.raises(Conflict, match="under way already"):
        propose(amended)
    served(amended)
    with pytest.raises(Conflict, match="under way already"):
        propose(amended)


def test_amendments_are_counted(amended: CaseDesk) -> None:
    served(amended).until("decide_amendment", respond_to_amendments={"nothingMore": True})
    amended.complete("decide_amendment", amend=False)
    assert propose(amended) == "amendment-2"


def test_an_amendment_has_a_reason(planned: CaseDesk) -> None:
    with pytest.raises(BadInput, match="why"):
        propose(planned, " ")
