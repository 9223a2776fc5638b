"""Moves between phases of education on a stepped clock: found by year group, settled by regulation 18's days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import BadInput, Conflict
from engine.services.cases.cases import NewChild
from engine.services.imports.plan_arrivals import PlanFromElsewhere, bring_in
from engine.services.plans import amendments, phases
from engine.services.plans.views_of_changes import TransferView
from tests.processes.plans import plan_key, told, with_plan
from tests.support.desk import MONDAY, CaseDesk, Desk, opened_desk

DAY = timedelta(days=1)
PRIMARY, POST_16, BETWEEN = (
    "reg18_1b_other_phase",
    "reg18_1a_secondary_to_post16",
    "reg18_2_post16_to_post16",
)
AMENDED = {"settingNamed": True}


def holder(desk: Desk, year: int | None, *, setting_type: str = "maintained_school") -> CaseDesk:
    """Somebody in a year group whose plan is brought in today."""
    born = date(desk.clock.today().year - 6 - (year if year is not None else 4), 1, 10)
    child = NewChild("Noor", "Example", born, year)
    arriving = PlanFromElsewhere(child, desk.clock.today(), setting_type=setting_type)
    return CaseDesk(desk, bring_in(desk.engine, desk.member("caseworker"), arriving).case_key, "")


def moves(case: CaseDesk) -> list[tuple[str, str | None, date | None]]:
    """The limits of moves that run."""
    return [
        (row.rule, row.occurrence, row.due_on)
        for row in case.deadlines()
        if row.rule.startswith("reg18_") and row.status == "running"
    ]


def correct(
    case: CaseDesk, year: int, reason: str = "Taught a year below.", phase: str | None = None
) -> None:
    who = case.desk.member("caseworker")
    phases.correct_year(case.desk.engine, who, plan_key(case), year, reason, phase)


def ask(case: CaseDesk, on: date, reason: str = "The college closes.") -> TransferView:
    who = case.desk.member("caseworker")
    return phases.ask_for_transfer(case.desk.engine, who, plan_key(case), on, reason)


@pytest.mark.parametrize(
    ("year", "setting_type", "phase", "expected"),
    [
        (6, "maintained_school", None, (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (-1, "early_years", None, (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (2, "maintained_school", "infant", (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (4, "maintained_school", "first", (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (8, "maintained_school", "middle", (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (6, "maintained_school", "all_through", (PRIMARY, "phase-2027", date(2027, 2, 14))),
        (11, "maintained_school", None, (POST_16, "phase-2027", date(2027, 3, 30))),
    ],
)
def test_a_move_next_september_is_found_at_once(
    desk: Desk,
    year: int,
    setting_type: str,
    phase: str | None,
    expected: tuple[str, str, date],
) -> None:
    case = holder(desk, year, setting_type=setting_type)
    if phase is not None:
        correct(case, year, phase=phase)
    assert moves(case) == [expected]
    assert case.task("take_preferences").due_date == MONDAY  # the end of October is over


@pytest.mark.parametrize(
    ("year", "phase"),
    [(5, None), (2, None), (4, "primary"), (6, "middle"), (8, None), (10, None), (12, None)],
)
def test_nobody_else_is_bothered(desk: Desk, year: int, phase: str | None) -> None:
    case = holder(desk, year)
    if phase is not None:
        correct(case, year, phase=phase)
    assert moves(case) == []
    assert "take_preferences" not in case.waiting()


def test_a_move_is_begun_in_the_september_before_it(desk: Desk) -> None:
    case = holder(desk, 4)
    desk.step_to(date(2028, 8, 31), 23, 59)
    assert moves(case) == []
    desk.step_to(date(2028, 9, 1), 0, 1)
    assert moves(case) == [(PRIMARY, "phase-2029", date(2029, 2, 14))]
    assert case.task("take_preferences").due_date == date(2028, 10, 28)


def test_a_move_whose_last_day_is_over_is_the_new_plans_own_business(sqlite_url: str) -> None:
    with opened_desk(sqlite_url, on=date(2027, 2, 15)) as desk:
        assert moves(holder(desk, 6)) == []
        assert moves(holder(desk, 11)) == [(POST_16, "phase-2027", date(2027, 3, 30))]


@pytest.mark.parametrize(
    ("year", "rule", "last"), [(6, PRIMARY, date(2027, 2, 14)), (11, POST_16, date(2027, 3, 30))]
)
@pytest.mark.parametrize(("late_by", "status"), [(0, "on_time"), (1, "late")])
def test_the_next_setting_is_named_by_the_day_of_regulation_18(
    desk: Desk, year: int, rule: str, last: date, late_by: int, status: str
) -> None:
    case = holder(desk, year)
    desk.step_to(last + late_by * DAY, 23, 59)
    told(case, "plan_amended", **AMENDED)
    row = case.deadline(rule, "phase-2027")
    assert (row.status, row.met_on) == (status, last + late_by * DAY)
    assert "take_preferences" not in case.waiting()


@pytest.mark.parametrize(("late_by", "status"), [(0, "on_time"), (1, "late")])
def test_a_move_between_post_16_institutions_has_five_months(desk: Desk, late_by: int, status: str) -> None:
    case = holder(desk, 13, setting_type="further_education")
    assert ask(case, date(2027, 9, 1)).kind == "post_16_to_post_16"
    assert moves(case) == [(BETWEEN, "phase-2027", date(2027, 4, 1))]
    desk.step_to(date(2027, 4, 1) + late_by * DAY, 23, 59)
    told(case, "plan_amended", **AMENDED)
    assert case.deadline(BETWEEN, "phase-2027").status == status


def test_an_amendment_that_names_no_setting_leaves_the_move_open(desk: Desk) -> None:
    case = holder(desk, 6)
    told(case, "plan_amended", settingNamed=False)
    assert moves(case)
    told(case, "plan_amended", **AMENDED)
    assert not moves(case)


def test_the_watch_goes_on_to_the_next_move(desk: Desk) -> None:
    case = holder(desk, 6)
    told(case, "plan_amended", **AMENDED)
    desk.step_to(date(2031, 9, 1), 0, 1)
    assert moves(case) == [(POST_16, "phase-2032", date(2032, 3, 30))]


def test_a_corrected_year_group_moves_what_hangs_on_it(desk: Desk) -> None:
    case = holder(desk, 6)
    correct(case, 5)
    assert moves(case) == []
    assert case.deadline(PRIMARY, "phase-2027").status == "superseded"
    assert "take_preferences" not in case.waiting()
    desk.step_to(date(2027, 9, 1), 0, 1)
    assert moves(case) == [(PRIMARY, "phase-2028", date(2028, 2, 14))]


def test_a_child_without_a_year_group_is_asked_about(desk: Desk) -> None:
    case = holder(desk, None)
    assert "supply_curriculum_year" in case.waiting()
    with pytest.raises(BadInput) as refused:
        case.complete("supply_curriculum_year", year=11)
    assert [problem.field for problem in refused.value.problems] == ["answers.year"]
    case.complete("supply_curriculum_year")  # the form offers the usual one of this age
    assert moves(case) == [(PRIMARY, "phase-2027", date(2027, 2, 14))]


def test_a_year_group_given_elsewhere_ends_the_question(desk: Desk) -> None:
    case = holder(desk, None)
    correct(case, 6)
    assert "supply_curriculum_year" not in case.waiting()
    assert moves(case) == [(PRIMARY, "phase-2027", date(2027, 2, 14))]


def test_the_end_of_the_plan_ends_the_watch(desk: Desk) -> None:
    case = holder(desk, 6)
    told(case, "plan_ceased")
    assert moves(case) == []
    assert "take_preferences" not in case.waiting()


def test_a_phase_transfer_needs_a_year_group(desk: Desk) -> None:
    case = holder(desk, None)
    with pytest.raises(BadInput, match="reg 18"):
        ask(case, date(2027, 9, 1))


def test_a_move_lies_ahead_and_is_asked_for_once(desk: Desk) -> None:
    case = holder(desk, 13)
    with pytest.raises(BadInput, match="before it takes place"):
        ask(case, MONDAY)
    ask(case, date(2027, 9, 1))
    with pytest.raises(Conflict, match="under way"):
        ask(case, date(2027, 9, 1))
    with pytest.raises(Conflict, match="once it is settled"):
        ask(case, date(2028, 9, 1))


def test_nobody_moves_once_every_plan_must_have_ended(desk: Desk) -> None:
    case = holder(desk, 13)  # born on 10 January 2007: 25 in the academic year that ends on 31 July 2032
    with pytest.raises(BadInput) as refused:
        ask(case, date(2032, 8, 1))
    assert "2032-07-31 (section 46)" in refused.value.problems[0].message
    assert ask(case, date(2032, 7, 31)).kind == "post_16_to_post_16"


def test_a_year_group_is_one_and_has_a_reason(desk: Desk) -> None:
    case = holder(desk, 6)
    for given in (
        {"year": 40},
        {"year": 13},
        {"year": 2},
        {"year": 5, "reason": ""},
        {"year": 5, "phase": "grammar"},
    ):
        with pytest.raises(BadInput):
            correct(case, **given)  # type: ignore[arg-type]


NAMED = {"changeSetting": True, "settingType": "mainstream_school", "familyRequestMet": True}


def amended(case: CaseDesk, **decision: object) -> None:
    """The plan is amended without a review, the family having said all."""
    amendments.amend(case.desk.engine, case.desk.member("caseworker"), plan_key(case), "The next setting.")
    case.complete("prepare_amendments")
    case.complete("respond_to_amendments", nothingMore=True)
    case.complete("decide_amendment", **decision)
    case.complete("sign_amended_plan")


@pytest.mark.parametrize("urn", ["103001", None])
def test_an_amended_plan_that_names_a_setting_or_a_type_settles_a_phase_transfer(
    desk: Desk, urn: str | None
) -> None:
    case = with_plan(desk, year=6)
    assert moves(case)
    amended(case, **NAMED, namedSettingUrn=urn)
    assert case.deadline(PRIMARY, "phase-2027").status == "on_time"


def test_an_amended_plan_without_a_decision_on_section_i_doesnt(desk: Desk) -> None:
    case = with_plan(desk, year=6)
    amended(case)
    assert moves(case) == [(PRIMARY, "phase-2027", date(2027, 2, 14))]


def test_between_post_16_institutions_a_type_alone_isnt_enough(desk: Desk) -> None:
    case = holder(desk, 13, setting_type="further_education")
    ask(case, date(2027, 9, 1))
    with pytest.raises(BadInput) as refused:
        amended(case, **NAMED, namedSettingUrn=None)
    assert "reg 18(2)" in refused.value.problems[0].message
