"""Ending a plan on a stepped clock: consultation, decision, the hold of section 45(4), and the appeal."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.errors import BadInput, CaseClosed, Conflict
from engine.services.audit.audit import Actor
from engine.services.cases import appeals
from engine.services.cases.cases import NewChild
from engine.services.imports.plan_arrivals import PlanFromElsewhere, bring_in
from engine.services.incidents import guarded
from engine.services.notices import deliveries
from engine.services.plans import amendments, cessations
from engine.services.plans.views_of_changes import AppealView
from engine.services.step import CaseStep
from engine.store import tables
from tests.processes.plans import plan_key
from tests.support.desk import MONDAY, CaseDesk, Desk, at

DAY = timedelta(days=1)
NAME = "cessation-1"
#: Consulted and decided on Monday 2 November 2026. By post that is served on the 4th, and fifteen days end on
#: the 18th. Two months after a decision of
#: 2 November end on 2 January 2027, a Saturday: the tribunal takes an appeal until Monday the 4th.
FIFTEEN, TWO_MONTHS, WINDOW = date(2026, 11, 18), date(2027, 1, 2), date(2027, 1, 4)
NINETEEN, SIXTEEN = date(2007, 5, 14), date(2010, 5, 14)


def holder_of_a_plan(desk: Desk, born: date, year: int | None = 13) -> CaseDesk:
    child = NewChild("Kit", "Example", born, year)
    arriving = PlanFromElsewhere(child, date(2026, 10, 1), setting_type="further_education")
    brought = bring_in(desk.engine, desk.member("caseworker"), arriving)
    return CaseDesk(desk, brought.case_key, "")


@pytest.fixture
def adult(desk: Desk) -> CaseDesk:
    return holder_of_a_plan(desk, NINETEEN)


def propose(case: CaseDesk, ground: str = "not_necessary", reason: str = "The outcomes are achieved.") -> str:
    who = case.desk.member("caseworker")
    return cessations.cease(case.desk.engine, who, plan_key(case), ground, reason).occurrence


def decided(case: CaseDesk, **answers: object) -> CaseDesk:
    """The plan is to end, decided today after the family has said all."""
    propose(case)
    case.until("decide_cessation", record_views={"nothingMore": True}, but=UNRELATED)
    case.complete("decide_cessation", **answers)
    return case


UNRELATED = ("plan_first_review", "fix_review_date")


def lodge(case: CaseDesk, on: date, occurrence: str = NAME) -> AppealView:
    return appeals.lodge(case.desk.engine, case.desk.member("caseworker"), case.key, occurrence, on)


def end_appeal(case: CaseDesk, on: date, *, upheld: bool) -> AppealView:
    who = case.desk.member("caseworker")
    return appeals.end(case.desk.engine, who, case.key, NAME, on, cease_upheld=upheld)


def plan_status(case: CaseDesk) -> str:
    with case.desk.engine.database.read() as connection:
        query = select(tables.plan.c.status).where(tables.plan.c.case_key == int(case.key))
        return str(connection.execute(query).scalar_one())


def test_nothing_is_decided_before_the_family_has_had_its_time(desk: Desk, adult: CaseDesk) -> None:
    propose(adult)
    adult.complete("check_cessation")
    assert adult.deadline("reg31_1_inform_consult", NAME).due_on == FIFTEEN
    adult.complete("record_views")
    desk.step_to(FIFTEEN, 23, 59)
    assert "decide_cessation" not in adult.waiting()
    desk.step_to(FIFTEEN + DAY, 0, 1)
    assert "decide_cessation" in adult.waiting()
    assert adult.deadline("reg31_1_inform_consult", NAME).status == "on_time"


def test_whoever_is_consulted_reads_what_speaks_for_ending_the_plan(adult: CaseDesk) -> None:
    propose(adult)
    adult.complete("check_cessation", considered="Every outcome was reached in June.")
    officer = adult.desk.member("caseworker")
    (notice,) = deliveries.list_notices(adult.desk.engine, officer, adult.key).items
    letter = deliveries.read_content(adult.desk.engine, officer, adult.key, notice.key)
    assert "Every outcome was reached in June." in letter


def test_the_decision_is_told_and_the_plan_stays_in_force(adult: CaseDesk) -> None:
    decided(adult)
    assert adult.deadline("reg31_2_notify_decision", NAME).status == "on_time"
    assert (plan_status(adult), adult.status) == ("ceasing", "plan_issued")
    hold, window = adult.deadline("s45_4_hold", NAME), adult.deadline("ftt_r20_appeal_2m", NAME)
    assert (hold.due_on, hold.status, window.due_on) == (TWO_MONTHS, "running", WINDOW)


def test_a_plan_ends_only_once_the_time_to_appeal_is_over(desk: Desk, adult: CaseDesk) -> None:
    decided(adult)
    desk.step_to(WINDOW, 23, 59)
    assert plan_status(adult) == "ceasing"
    desk.step_to(WINDOW + DAY, 0, 1)
    assert (plan_status(adult), adult.status) == ("ceased", "plan_ceased")
    assert adult.deadline("s45_4_hold", NAME).status == "on_time"
    assert {row.status for row in adult.deadlines()} <= {"on_time", "superseded"}


@pytest.mark.parametrize("lodged", [MONDAY, date(2027, 1, 3)])
@pytest.mark.parametrize(("upheld", "status"), [(True, "ceased"), (False, "live")])
def test_an_appeal_holds_the_plan_until_it_ends(
    desk: Desk, adult: CaseDesk, lodged: date, upheld: bool, status: str
) -> None:
    decided(adult)
    desk.step_to(lodged)
    lodge(adult, lodged)
    assert adult.deadline("ftt_r20_appeal_2m", NAME).status == "on_time"
    desk.step_to(date(2027, 6, 1))
    assert plan_status(adult) == "ceasing"
    end_appeal(adult, date(2027, 6, 1), upheld=upheld)
    assert plan_status(adult) == status
    assert adult.deadline("s45_4_hold", NAME).status == "superseded"


def test_an_appeal_ends_once(desk: Desk, adult: CaseDesk) -> None:
    decided(adult)
    lodge(adult, MONDAY)
    end_appeal(adult, MONDAY, upheld=False)
    with pytest.raises(Conflict, match="ended on 2026-11-02 already"):
        end_appeal(adult, MONDAY, upheld=True)
    assert plan_status(adult) == "live"


def test_an_appeal_against_another_notice_holds_nothing(desk: Desk, adult: CaseDesk) -> None:
    who = desk.member("caseworker")
    amendments.amend(desk.engine, who, plan_key(adult), "The college's advice.")
    adult.until("decide_amendment", respond_to_amendments={"nothingMore": True}, but=UNRELATED)
    adult.complete("decide_amendment", amend=False)
    decided(adult)
    lodge(adult, MONDAY, "amendment-1-final")
    desk.step_to(WINDOW + DAY, 0, 1)
    assert plan_status(adult) == "ceased"


#: The decision after the review, as its task files it.
_REASONS = {
    "task_key": None,
    "kind": "answers",
    "form_key": "decide_review",
    "organisation": "send_team",
    "audience": {"reasons": ["family", "send_team"]},
    "content": '{"reasons": "The outcomes are achieved."}',
    "digest": "0" * 64,
    "created_at": at(MONDAY),
    "created_by": None,
}


def from_review(case: CaseDesk, *, consulted: bool) -> None:
    """A review decides that the plan ends, as its process would ask for it."""
    variables = {"caseKey": case.key, "ground": "not_necessary", "fromReview": "review-1"}

    def work(step: CaseStep) -> None:
        step.file(_REASONS)
        assert step.active_instances()  # as in the step of the review itself
        step.start("cease_plan", {**variables, "consulted": consulted})
        step.settle()

    guarded(case.desk.engine, int(case.key), "cease after a review", Actor.clock(), work)


def test_what_a_review_decided_after_consulting_is_told_at_once(adult: CaseDesk) -> None:
    from_review(adult, consulted=True)
    assert not {"check_cessation", "record_views", "decide_cessation"} & adult.waiting()
    assert (plan_status(adult), adult.deadline("s45_4_hold", NAME).due_on) == ("ceasing", TWO_MONTHS)


def test_a_review_that_consulted_nobody_ends_no_plan_by_itself(adult: CaseDesk) -> None:
    from_review(adult, consulted=False)
    adult.complete("check_cessation", inEducation=False)
    assert "record_views" in adult.waiting()
    assert plan_status(adult) == "live"


def test_a_plan_that_is_kept_goes_on_as_before(adult: CaseDesk) -> None:
    decided(adult, cease=False)
    assert plan_status(adult) == "live"
    assert "s45_4_hold" not in {row.rule for row in adult.deadlines()}


def test_under_18_and_out_of_education_the_plan_is_reviewed_instead(desk: Desk) -> None:
    young = holder_of_a_plan(desk, SIXTEEN, 11)
    propose(young)
    young.complete("check_cessation", inEducation=False)
    assert not {"record_views", "decide_cessation"} & young.waiting()
    assert young.deadline("reg29_under18", NAME).status == "on_time"


def test_under_18_a_plan_ends_only_as_no_longer_necessary(desk: Desk) -> None:
    young = holder_of_a_plan(desk, SIXTEEN, 11)
    with pytest.raises(BadInput, match="reg 29"):
        propose(young, "not_responsible")
    assert propose(young) == NAME


def test_from_18_on_a_plan_of_somebody_who_left_is_reviewed_first(adult: CaseDesk) -> None:
    propose(adult, "not_responsible")
    adult.complete("check_cessation", inEducation=False)
    assert "record_views" not in adult.waiting()
    assert adult.deadline("reg30_18plus_left", NAME).status == "on_time"


def test_the_end_is_considered_in_time_in_the_year_of_the_25th_birthday(desk: Desk) -> None:
    holder = holder_of_a_plan(desk, date(2002, 6, 1), None)
    assert holder.deadline("s46_age25").due_on == date(2027, 7, 31)
    desk.step_to(date(2027, 1, 31), 23, 59)
    assert "check_cessation" not in holder.waiting()
    desk.step_to(date(2027, 2, 1), 0, 1)
    assert "check_cessation" in holder.waiting()


def test_it_is_considered_once_at_a_time(adult: CaseDesk) -> None:
    propose(adult)
    with pytest.raises(Conflict, match="under way already"):
        propose(adult)


def test_an_ended_plan_can_neither_be_ended_nor_amended(desk: Desk, adult: CaseDesk) -> None:
    decided(adult)
    with pytest.raises(Conflict, match=r"section 45\(4\)"):
        amendments.amend(desk.engine, desk.member("caseworker"), plan_key(adult), "New advice.")
    desk.step_to(WINDOW + DAY, 0, 1)
    with pytest.raises(CaseClosed, match="has ended"):
        propose(adult)


def test_a_ground_and_a_reason_are_needed(adult: CaseDesk) -> None:
    with pytest.raises(BadInput, match="why"):
        propose(adult, reason="")
    with pytest.raises(BadInput, match="ground is one of"):
        propose(adult, "too_dear")


def test_an_appeal_is_about_a_notice_that_was_sent(desk: Desk, adult: CaseDesk) -> None:
    decided(adult)
    with pytest.raises(BadInput, match="cessation-1"):
        lodge(adult, MONDAY, "cessation-7")
    with pytest.raises(BadInput, match="after today"):
        lodge(adult, MONDAY + DAY)
    with pytest.raises(BadInput, match="nobody appeals before"):
        lodge(adult, MONDAY - DAY)
    with pytest.raises(Conflict, match="No appeal"):
        end_appeal(adult, MONDAY, upheld=True)
    desk.step_to(WINDOW + DAY, 0, 1)
    with pytest.raises(Conflict, match="time to appeal ended with"):
        lodge(adult, WINDOW)
