"""Facts are corrected, exceptions recorded, requests withdrawn: each with a reason, and all that hangs on it follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from engine.clock import start_of_day
from engine.errors import BadInput, CaseClosed, NotFound, NotPermitted, VersionMismatch
from engine.services.cases import cases, corrections
from engine.services.cases.corrections import NewException
from engine.services.principals import Principal
from engine.store import tables
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SIX, SIXTEEN, TWENTY = date(2026, 12, 14), date(2027, 2, 22), date(2027, 3, 22)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
OF_THE_REQUEST = {
    "reg5_decide_to_assess": SIX,
    "reg10_decide_no_plan": SIXTEEN,
    "draft_plan_backstop": SIXTEEN,
    "reg13_2_final_20w": TWENTY,
}


def timers(case: CaseDesk, rule: str) -> list[Any]:
    return [row.due_at for row in rows(case.desk, tables.timer, case_key=int(case.key), rule=rule)]


# --- anchors ---------------------------------------------------------------------------------


def test_a_corrected_receipt_moves_deadlines_tasks_and_timers(either_case: CaseDesk) -> None:
    case = either_case
    case.until("decide_assess", but=BACKGROUND)
    assert timers(case, "reg5_decide_to_assess") == [start_of_day(SIX + DAY)]
    change = case.correct("request_received_on", MONDAY - WEEK)
    assert {row.rule: row.due_on for row in change.before if row.rule in OF_THE_REQUEST} == OF_THE_REQUEST
    assert {row.rule: row.due_on for row in change.after if row.rule in OF_THE_REQUEST} == {
        rule: due - WEEK for rule, due in OF_THE_REQUEST.items()
    }
    assert case.task("decide_assess").due_date == SIX - WEEK
    assert timers(case, "reg5_decide_to_assess") == [start_of_day(SIX + DAY - WEEK)]
    assert timers(case, "reg13_2_final_20w") == [start_of_day(TWENTY + DAY - WEEK)]
    assert (
        cases.get_case(case.desk.engine, case.desk.member("caseworker"), case.key).received_on
        == MONDAY - WEEK
    )
    assert differences(case.desk) == []


def test_a_task_whose_limit_has_no_timer_moves_too(case: CaseDesk) -> None:
    """A chase or a due date alone hangs on the limit: nothing but the task's day changes."""
    case.until("give_advice", but=BACKGROUND)
    task = case.task("give_advice", "educational_psychology")
    case.correct("advice_request_received_on", MONDAY - DAY, "psychological")
    assert case.task("give_advice", "educational_psychology").due_date == MONDAY - DAY + 6 * WEEK
    assert case.task("give_advice", "educational_psychology").version > task.version
    assert case.task("give_advice", "child_health").due_date == MONDAY + 6 * WEEK
    assert differences(case.desk) == []


def test_there_and_back_again_changes_nothing_for_good(case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    before = (case.task("decide_assess").due_date, timers(case, "reg5_decide_to_assess"))
    case.correct("request_received_on", MONDAY - 2 * DAY)
    case.correct("request_received_on", MONDAY)
    assert (case.task("decide_assess").due_date, timers(case, "reg5_decide_to_assess")) == before
    assert {row.rule: row.due_on for row in case.deadlines() if row.rule in OF_THE_REQUEST} == OF_THE_REQUEST
    assert differences(case.desk) == []


@pytest.mark.parametrize(("later", "status"), [(True, "on_time"), (False, "late")])
def test_a_limit_that_is_closed_is_judged_again(desk: Desk, case: CaseDesk, later: bool, status: str) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.step_to(SIX + DAY if later else SIX)
    case.complete("decide_assess")
    assert case.deadline("reg5_decide_to_assess").status == ("late" if later else "on_time")
    case.correct("request_received_on", MONDAY + DAY if later else MONDAY - DAY)
    assert case.deadline("reg5_decide_to_assess").status == status
    assert differences(desk) == []


def test_a_limit_that_passes_by_a_correction_is_missed_at_once(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.step_to(SIX - DAY)
    case.correct("request_received_on", MONDAY - WEEK)
    (thread,) = [item for item in case.escalations() if item.rule == "reg5_decide_to_assess"]
    assert (thread.reason, thread.since) == ("missed", SIX - WEEK + DAY)
    assert len([e for e in events(case, "timer:fired") if e["element"] == "decide_assess_overdue"]) == 1


def test_the_reason_is_kept_as_a_document_of_the_send_team(desk: Desk, case: CaseDesk) -> None:
    case.correct("request_received_on", MONDAY - DAY)
    (document,) = rows(desk, tables.document, kind="reason")
    assert "The letter shows another date." in document.content
    assert document.audience == ["send_team"]
    corrected = events(case, "anchor:corrected")
    assert corrected[0]["details"]["before"] == MONDAY.isoformat()
    assert all("letter" not in str(event) for event in corrected)


FUTURE = MONDAY + DAY
WRONG_ANCHORS: list[tuple[str, date, str, str, str]] = [
    ("nonsense_on", MONDAY, "Why", "", "anchor"),
    ("request_received_on", FUTURE, "Why", "", "date"),
    ("request_received_on", date(2017, 5, 13), "Why", "", "date"),
    ("request_received_on", date.min, "Why", "", "date"),
    ("request_received_on", date.max, "Why", "", "date"),
    ("request_received_on", MONDAY, " \n", "", "reason"),
    ("advice_request_received_on", MONDAY, "Why", "x" * 81, "occurrence"),
]


@pytest.mark.parametrize(("anchor", "on", "reason", "which", "field"), WRONG_ANCHORS)
def test_a_correction_that_cant_be_right_is_refused(
    desk: Desk, case: CaseDesk, anchor: str, on: date, reason: str, which: str, field: str
) -> None:
    before = everything(desk)
    with pytest.raises(BadInput) as refused:
        corrections.correct_anchor(
            desk.engine, desk.member("caseworker"), case.key, anchor, on, reason, which
        )
    assert [problem.field for problem in refused.value.problems] == [field]
    assert everything(desk) == before


def test_what_is_planned_may_lie_ahead(case: CaseDesk) -> None:
    case.correct("meeting_date", MONDAY + 20 * WEEK)
    assert rows(case.desk, tables.anchor, name="meeting_date")[0].falls_on == MONDAY + 20 * WEEK


def test_another_fact_than_the_one_that_counts_leaves_the_receipt(desk: Desk) -> None:
    case = desk.request(role="other")
    case.correct("became_responsible_on", MONDAY - DAY)
    assert cases.get_case(desk.engine, desk.member("caseworker"), case.key).received_on == MONDAY - DAY
    case.correct("request_received_on", MONDAY - WEEK)
    assert cases.get_case(desk.engine, desk.member("caseworker"), case.key).received_on == MONDAY - DAY


# --- who may ---------------------------------------------------------------------------------

EXCEPTION = NewException("EX_PERSONAL", ["reg5_decide_to_assess"], MONDAY, None, "A letter", "Nobody there")
VERBS: dict[str, Callable[[Desk, Principal, str], Any]] = {
    "anchor": lambda desk, who, key: corrections.correct_anchor(
        desk.engine, who, key, "request_received_on", MONDAY - DAY, "Why"
    ),
    "exception": lambda desk, who, key: corrections.record_exception(desk.engine, who, key, EXCEPTION),
    "withdrawal": lambda desk, who, key: corrections.withdraw(desk.engine, who, key, MONDAY, "Why"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("role", "organisation"),
    [("professional", "camhs"), ("setting_contact", "urn:103001"), ("auditor", "send_team"), ("dco", "icb")],
)
def test_nobody_else_corrects(desk: Desk, case: CaseDesk, verb: str, role: str, organisation: str) -> None:
    before = everything(desk)
    with pytest.raises(NotPermitted):
        VERBS[verb](desk, desk.member(role, organisation), case.key)
    assert everything(desk) == before


@pytest.mark.parametrize("verb", VERBS)
def test_a_case_that_isnt_there_isnt_found(desk: Desk, case: CaseDesk, verb: str) -> None:
    for key in ("999", "x", "-1"):
        with pytest.raises(NotFound):
            VERBS[verb](desk, desk.member("caseworker"), key)


@pytest.mark.parametrize("verb", VERBS)
def test_after_a_withdrawal_nothing_is_corrected(desk: Desk, case: CaseDesk, verb: str) -> None:
    case.withdraw(MONDAY)
    before = everything(desk)
    with pytest.raises(CaseClosed):
        VERBS[verb](desk, desk.member("caseworker"), case.key)
    assert everything(desk) == before


def test_a_version_that_was_overtaken_is_refused(desk: Desk, case: CaseDesk) -> None:
    officer = desk.member("caseworker")
    seen = cases.get_case(desk.engine, officer, case.key).version
    case.correct("request_received_on", MONDAY - DAY)
    with pytest.raises(VersionMismatch):
        corrections.withdraw(desk.engine, officer, case.key, MONDAY, "Why", version=seen)
    assert case.status == "considering"


# --- exceptions ------------------------------------------------------------------------------


def exception(desk: Desk, case: CaseDesk, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "code": "EX_PERSONAL",
        "rules": ["reg5_decide_to_assess"],
        "start": MONDAY,
        "end": None,
        "evidence": "A letter of the family",
        "impractical_because": "Nobody could be reached.",
    }
    new = NewException(**{**values, **changes})
    return corrections.record_exception(desk.engine, desk.member("caseworker"), case.key, new)


WRONG_EXCEPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"code": "EX_NONSENSE"}, "code"),
    ({"code": "EX_COVID"}, "code"),
    ({"rules": []}, "rules"),
    ({"rules": ["nonsense"]}, "rules.0"),
    ({"rules": ["reg5_decide_to_assess", "s44_first_review"]}, "rules.1"),
    ({"evidence": "  "}, "evidence"),
    ({"impractical_because": ""}, "impracticalBecause"),
    ({"start": FUTURE}, "from"),
    ({"end": MONDAY - DAY}, "to"),
    ({"family_told_on": FUTURE}, "familyToldOn"),
    ({"start": MONDAY - WEEK, "end": MONDAY - DAY}, "rules.0"),
    ({"occurrence": "camhs"}, "occurrence"),
    ({"code": "EX_ABSENT_4W", "end": MONDAY + 4 * WEEK - DAY}, "to"),
    ({"code": "EX_SCHOOL_CLOSED", "end": MONDAY + 4 * WEEK - DAY}, "to"),
]


@pytest.mark.parametrize(("changes", "field"), WRONG_EXCEPTIONS)
def test_an_exception_that_isnt_one_is_refused(
    desk: Desk, case: CaseDesk, changes: dict[str, Any], field: str
) -> None:
    before = everything(desk)
    with pytest.raises(BadInput) as refused:
        exception(desk, case, **changes)
    assert field in {problem.field for problem in refused.value.problems}
    assert everything(desk) == before


def test_an_exception_excuses_what_was_late_already(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.step_to(SIX + DAY)
    case.complete("decide_assess")
    change = exception(desk, case)
    row = next(row for row in change.after if row.rule == "reg5_decide_to_assess")
    assert (row.status, row.exceptions) == ("late_excused", ["EX_PERSONAL"])
    assert "EX_PERSONAL" in row.explanation
    (kept,) = rows(desk, tables.exception)
    assert (kept.code, kept.rules, kept.recorded_by) == (
        "EX_PERSONAL",
        ["reg5_decide_to_assess"],
        desk.member("caseworker").membership_key,
    )
    assert differences(desk) == []


def test_an_exception_lifts_what_it_names_and_nothing_else(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    desk.step_to(SIX + DAY)
    exception(desk, case, rules=["reg13_2_final_20w"])
    case.complete("decide_assess")
    assert case.deadline("reg5_decide_to_assess").status == "late"
    assert case.deadline("reg13_2_final_20w").exceptions == ["EX_PERSONAL"]


def test_an_exception_twice_is_named_once(desk: Desk, case: CaseDesk) -> None:
    exception(desk, case)
    exception(desk, case)
    assert case.deadline("reg5_decide_to_assess").exceptions == ["EX_PERSONAL"]
    assert count(desk, tables.exception) == 2


def test_lateness_that_is_lifted_isnt_raised_and_the_duty_stays(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    exception(desk, case)
    desk.step_to(SIX + 3 * DAY)
    assert [item for item in case.escalations("all") if item.rule == "reg5_decide_to_assess"] == []
    assert case.deadline("reg5_decide_to_assess").status == "running"
    assert cases.get_case(desk.engine, desk.member("caseworker"), case.key).late_deadlines == 0
    assert "decide_assess" in case.waiting()


# --- which limits an exception lifts ---------------------------------------------------------

ADVICE = "reg8_advice_6w"


def lifted(case: CaseDesk, rule: str = ADVICE) -> dict[str | None, list[str]]:
    return {row.occurrence: row.exceptions for row in case.deadlines() if row.rule == rule}


def test_a_missed_appointment_excuses_one_adviser_and_no_other(either_case: CaseDesk) -> None:
    """Regulation 8(2)(c): an appointment with that body."""
    case, desk = either_case, either_case.desk
    case.until("give_advice", but=BACKGROUND)
    missed = {"code": "EX_MISSED_APPT", "rules": [ADVICE]}
    exception(desk, case, **missed, start=desk.clock.today(), occurrence="medical")
    assert lifted(case) == {which: ["EX_MISSED_APPT"] if which == "medical" else [] for which in lifted(case)}
    assert len(lifted(case)) > 1
    desk.step_to(MONDAY + 8 * WEEK)
    told = {item.organisation for item in case.escalations() if item.rule == ADVICE}
    assert told
    assert case.deadline(ADVICE, "medical").organisation not in told
    case.complete_all("give_advice", "check_advice")
    assert {row.occurrence: row.status for row in case.deadlines() if row.rule == ADVICE} == {
        which: "late_excused" if which == "medical" else "late" for which in lifted(case)
    }
    (kept,) = rows(desk, tables.exception)
    assert kept.occurrence == "medical"
    assert differences(desk) == []


def test_an_unknown_occurrence_is_answered_with_those_there_are(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    with pytest.raises(BadInput) as refused:
        exception(desk, case, code="EX_MISSED_APPT", rules=[ADVICE], occurrence="dentist")
    (problem,) = refused.value.problems
    assert problem.field == "occurrence"
    assert "education, medical" in problem.message


def test_without_an_occurrence_every_adviser_is_excused(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    exception(desk, case, rules=[ADVICE])
    assert set(map(tuple, lifted(case).values())) == {("EX_PERSONAL",)}


@pytest.mark.parametrize(("ends", "codes"), [(None, ["EX_PERSONAL"]), (7, ["EX_PERSONAL"]), (6, [])])
def test_what_opens_later_is_lifted_if_the_circumstance_falls_within_its_time(
    desk: Desk, case: CaseDesk, ends: int | None, codes: list[str]
) -> None:
    """Recorded before anybody was asked for advice; the advisers' six weeks begin a week later."""
    case.until("choose_advice", but=BACKGROUND)
    end = None if ends is None else MONDAY + timedelta(days=ends)
    exception(desk, case, rules=[ADVICE], start=MONDAY, end=end)
    assert lifted(case) == {}
    desk.step_to(MONDAY + WEEK)
    case.until("give_advice", but=BACKGROUND)
    assert lifted(case)
    assert all(found == codes for found in lifted(case).values())
    assert all(row.anchored_on == MONDAY + WEEK for row in case.deadlines() if row.rule == ADVICE)
    desk.step_to(MONDAY + 8 * WEEK)
    assert bool([item for item in case.escalations() if item.rule == ADVICE]) == (codes == [])
    assert differences(desk) == []


def test_a_limit_that_a_correction_moves_away_from_the_circumstance_is_a_limit_again(
    desk: Desk, case: CaseDesk
) -> None:
    exception(desk, case, end=MONDAY)
    assert case.deadline("reg5_decide_to_assess").exceptions == ["EX_PERSONAL"]
    desk.step_to(MONDAY + 2 * DAY)
    case.correct("request_received_on", MONDAY + DAY)
    assert case.deadline("reg5_decide_to_assess").exceptions == []
    case.correct("request_received_on", MONDAY)
    assert case.deadline("reg5_decide_to_assess").exceptions == ["EX_PERSONAL"]


#: Vector 19 of the statutory reference.
CLOSED_FROM, OPEN_AGAIN = date(2026, 7, 22), date(2026, 9, 2)


@pytest.mark.parametrize(
    ("asked_on", "counts"),
    [
        (date(2026, 7, 10), False),
        (date(2026, 7, 14), False),
        (date(2026, 7, 15), True),
        (date(2026, 8, 26), True),
        (date(2026, 8, 27), False),
    ],
)
def test_a_closed_school_counts_from_the_day_its_advice_was_asked_for(
    desk: Desk, asked_on: date, counts: bool
) -> None:
    """Regulation 10(4)(a): a day from one week before the closure to one week before the end of it."""
    case = desk.request(received_on=CLOSED_FROM - 2 * WEEK)
    case.correct("advice_request_received_on", asked_on, "education")

    def close() -> Any:
        return exception(
            desk,
            case,
            code="EX_SCHOOL_CLOSED",
            rules=["reg10_decide_no_plan"],
            start=CLOSED_FROM,
            end=OPEN_AGAIN,
        )

    if counts:
        close()
    else:
        with pytest.raises(BadInput, match=f"asked for on {asked_on}"):
            close()
    assert case.deadline("reg10_decide_no_plan").exceptions == (["EX_SCHOOL_CLOSED"] if counts else [])


# --- withdrawal ------------------------------------------------------------------------------


def test_a_withdrawn_request_ends_with_everything_in_it(either_desk: Desk, either_case: CaseDesk) -> None:
    case = either_case
    case.until("give_advice", but=BACKGROUND)
    either_desk.step_to(MONDAY + 5 * WEEK)
    assert case.escalations()
    change = case.withdraw(either_desk.clock.today())
    assert {row.status for row in change.after} <= {"withdrawn", "on_time", "superseded", "late"}
    assert case.status == "withdrawn"
    assert case.tasks() == []
    assert case.escalations() == []
    assert count(either_desk, tables.timer) == count(either_desk, tables.subscription) == 0
    assert {row.status for row in rows(either_desk, tables.instance)} <= {"cancelled", "completed"}
    (event,) = events(case, "case:withdrawn")
    assert event["details"] == {"on": either_desk.clock.today().isoformat()}
    assert "The family moved on." in rows(either_desk, tables.document, kind="reason")[0].content
    either_desk.step_to(TWENTY + DAY)
    assert case.escalations() == []
    assert differences(either_desk) == []


def test_what_was_missed_before_a_withdrawal_was_missed(desk: Desk, case: CaseDesk) -> None:
    """Though no sweep came between: what was due comes first."""
    case.until("decide_assess", but=BACKGROUND)
    desk.jump_to(SIX + DAY)
    case.withdraw(SIX + DAY)
    assert [(item.reason, item.state) for item in case.escalations("all")] == [("missed", "resolved")]


@pytest.mark.parametrize(
    ("on", "reason", "field"),
    [(FUTURE, "Why", "withdrawnOn"), (MONDAY - DAY, "Why", "withdrawnOn"), (MONDAY, "\t", "reason")],
)
def test_a_withdrawal_that_cant_be_right_is_refused(
    desk: Desk, case: CaseDesk, on: date, reason: str, field: str
) -> None:
    before = everything(desk)
    with pytest.raises(BadInput) as refused:
        corrections.withdraw(desk.engine, desk.member("caseworker"), case.key, on, reason)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert everything(desk) == before


def test_a_request_that_was_decided_cant_be_withdrawn(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_assess", but=BACKGROUND)
    case.complete("decide_assess", assess=False, otherSupport="Support from the school's own means.")
    with pytest.raises(CaseClosed, match="refused"):
        case.withdraw(MONDAY)
    assert case.status == "refused"
    assert "next_steps_meeting" in case.waiting()


def test_facts_stay_in_their_order(desk: Desk, case: CaseDesk) -> None:
    case.until("decide_setting", family_response={"nothingMore": True})
    case.finish()
    with pytest.raises(BadInput) as refused:
        case.correct("draft_sent_on", MONDAY - DAY)
    assert "assessment_decided_on" in refused.value.problems[0].message
    desk.step_to(MONDAY + 10 * DAY)
    with pytest.raises(BadInput) as refused:
        case.correct("draft_served_on", MONDAY + 5 * DAY)
    message = refused.value.problems[0].message
    assert f"can't lie after plan_issued_on, {MONDAY}" in message
    assert "reg 13" in message
