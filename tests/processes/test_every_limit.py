"""Every limit from a request to a plan: kept on its last day, broken on the next, lifted by each exception.

The matrix is made from the law's own table: a rule or an exception that is added there is tried here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from engine.errors import BadInput
from engine.law import statute
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY = timedelta(days=1)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
STATUTE = statute()


@dataclass(frozen=True)
class Duty:
    """How a case comes to owe something, how it is done, and how many weeks after MONDAY it is due."""

    waits_at: str
    act: Callable[[CaseDesk], object]
    due: date

    def owed(self, desk: Desk) -> CaseDesk:
        """A case in which all that comes before was done on the day of the request."""
        case = desk.request()
        case.until(self.waits_at, but=BACKGROUND, family_response={"nothingMore": True})
        return case


def _complete(element_id: str, **answers: object) -> Callable[[CaseDesk], object]:
    return lambda case: case.complete(element_id, **answers)


def _weeks(number: int) -> date:
    return MONDAY + timedelta(weeks=number)


NO_PLAN = {"issuePlan": False, "otherSupport": "Support from the school's own means."}
DUTIES = {
    "reg5_decide_to_assess": Duty("decide_assess", _complete("decide_assess"), _weeks(6)),
    "reg5_2_notify_others": Duty("decide_assess", _complete("decide_assess"), _weeks(6)),
    "reg8_advice_6w": Duty(
        "give_advice", lambda case: case.complete_all("give_advice", "check_advice"), _weeks(6)
    ),
    "reg10_decide_no_plan": Duty("decide_plan", _complete("decide_plan"), _weeks(16)),
    "reg10_2_notify_others": Duty("decide_plan", _complete("decide_plan", **NO_PLAN), _weeks(16)),
    "draft_plan_backstop": Duty(
        "quality_check", lambda case: case.until("family_response", but=BACKGROUND), _weeks(16)
    ),
    "cop_setting_reply_15d": Duty(
        "reply_to_consultation", _complete("reply_to_consultation"), MONDAY + 15 * DAY
    ),
    "reg13_2_final_20w": Duty("sign_plan", _complete("sign_plan"), _weeks(20)),
}
#: One decision with reg 5(1): shown as a note of it.
NOTES = {"reg4_1_not_necessary"}
LIFTED = [(rule, code) for rule in DUTIES for code in STATUTE.rule(rule).latest.exceptions]


def outcomes(case: CaseDesk, rule: str) -> set[tuple[str, date | None]]:
    return {(row.status, row.due_on) for row in case.deadlines() if row.rule == rule}


def told(case: CaseDesk, rule: str) -> set[str]:
    """Why somebody was told of this limit's lateness."""
    return {item.reason for item in case.escalations("all") if item.rule == rule}


def test_every_timed_limit_of_a_request_is_tried() -> None:
    timed = {
        rule.id
        for rule in STATUTE
        if rule.group in "ABC" and rule.latest.nature == "deadline" and rule.latest.limb.length.is_computable
    }
    assert timed == DUTIES.keys() | NOTES


@pytest.mark.parametrize("rule", DUTIES)
def test_a_limit_is_kept_on_its_last_day(desk: Desk, rule: str) -> None:
    duty = DUTIES[rule]
    case = duty.owed(desk)
    desk.step_to(duty.due, 23, 59)
    duty.act(case)
    assert outcomes(case, rule) == {("on_time", duty.due)}
    assert "missed" not in told(case, rule)


@pytest.mark.parametrize("rule", DUTIES)
def test_a_limit_is_broken_on_the_next_day(desk: Desk, rule: str) -> None:
    duty = DUTIES[rule]
    case = duty.owed(desk)
    was_open = outcomes(case, rule) != set()
    desk.step_to(duty.due + DAY)
    if was_open:
        assert told(case, rule) == {"missed"}
    if rule != "cop_setting_reply_15d":  # a setting's silence doesn't wait for it: the case has gone on
        duty.act(case)
        assert outcomes(case, rule) == {("late", duty.due)}


@pytest.mark.parametrize(("rule", "code"), LIFTED)
def test_each_exception_that_a_rule_allows_excuses_it(desk: Desk, rule: str, code: str) -> None:
    """Told on the day of the request, whether or not the limit has begun by then."""
    duty = DUTIES[rule]
    case = duty.owed(desk)
    case.excuse(code, rule, start=MONDAY)
    desk.step_to(duty.due + DAY)
    assert told(case, rule) == set()
    duty.act(case)
    assert outcomes(case, rule) == {("late_excused", duty.due)}
    assert all(row.exceptions == [code] for row in case.deadlines() if row.rule == rule)


@pytest.mark.parametrize("rule", DUTIES)
def test_no_other_exception_excuses_it(desk: Desk, case: CaseDesk, rule: str) -> None:
    others = set(STATUTE.exceptions) - set(STATUTE.rule(rule).latest.exceptions)
    assert others
    for code in others:
        with pytest.raises(BadInput, match="can't be recorded"):
            case.excuse(code, rule, start=MONDAY)


@pytest.mark.parametrize("ended", ["withdrawn", "refused"])
def test_what_no_longer_has_to_be_done_is_neither_kept_nor_broken(
    desk: Desk, case: CaseDesk, ended: str
) -> None:
    case.until("decide_assess", but=BACKGROUND)
    if ended == "withdrawn":
        case.withdraw(MONDAY)
    else:
        case.complete("decide_assess", assess=False, otherSupport="Support from the school's own means.")
    desk.step_to(_weeks(21))
    expected = "withdrawn" if ended == "withdrawn" else "superseded"
    later = ("reg10_decide_no_plan", "draft_plan_backstop", "reg13_2_final_20w")
    assert {status for rule in later for status, _ in outcomes(case, rule)} == {expected}
    assert all(told(case, rule) == set() for rule in later)
