"""Claim, unclaim, complete: who may, when, and what is left of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.errors import (
    BadInput,
    CaseClosed,
    NotFound,
    NotPermitted,
    TaskClosed,
    TaskHeld,
    VersionMismatch,
)
from engine.services.cases import cases
from engine.services.cases.cases import NewChild, RequestForAssessment
from engine.services.principals import Principal
from engine.services.tasks import tasks
from engine.services.views import TaskView
from engine.store import tables
from tests.engine.services.drawing import start
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import MONDAY, CaseDesk, Desk


@pytest.fixture
def task(case: CaseDesk) -> TaskView:
    return case.task("register_request")


@pytest.fixture
def colleague(desk: Desk) -> Principal:
    return desk.all_with("caseworker")[1]


def do(case: CaseDesk, task: TaskView, who: Principal | None = None, **answers: Any) -> TaskView:
    """Complete a task with its example."""
    who = who or case.worker(task)
    return tasks.complete(case.desk.engine, who, task.key, {**case.example(task, who), **answers})


def test_a_claimed_task_is_its_holders(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    claimed = tasks.claim(desk.engine, desk.member("caseworker"), task.key)
    assert (claimed.state, claimed.assignee) == ("ASSIGNED", "Amara Okafor")
    assert claimed.version == task.version + 1
    assert tasks.get_task(desk.engine, desk.member("caseworker"), task.key) == claimed
    (event,) = events(case, "task:claimed")
    assert event["actor"]["membership"] == desk.member("caseworker").membership_key


def test_claiming_never_takes_from_somebody(desk: Desk, task: TaskView, colleague: Principal) -> None:
    tasks.claim(desk.engine, desk.member("caseworker"), task.key)
    before = everything(desk)
    for verb in (tasks.claim, tasks.unclaim):
        with pytest.raises(TaskHeld) as refused:
            verb(desk.engine, colleague, task.key)
        assert refused.value.holder == "Amara Okafor"
        assert "Amara Okafor" in refused.value.message
    with pytest.raises(TaskHeld):
        tasks.complete(desk.engine, colleague, task.key, {})
    assert everything(desk) == before


def test_claiming_ones_own_again_changes_nothing(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    who = desk.member("caseworker")
    first = tasks.claim(desk.engine, who, task.key)
    assert tasks.claim(desk.engine, who, task.key) == first
    assert len(events(case, "task:claimed")) == 1


def test_a_task_given_back_is_anybodys(desk: Desk, task: TaskView, colleague: Principal) -> None:
    tasks.claim(desk.engine, desk.member("caseworker"), task.key)
    given_back = tasks.unclaim(desk.engine, desk.member("caseworker"), task.key)
    assert (given_back.state, given_back.assignee) == ("CREATED", None)
    assert tasks.claim(desk.engine, colleague, task.key).assignee == "Tom Whitcombe"


def test_giving_back_what_nobody_holds_changes_nothing(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    assert tasks.unclaim(desk.engine, desk.member("caseworker"), task.key) == task
    assert events(case, "task:unclaimed") == []


def test_a_candidate_completes_an_unclaimed_task(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    done = do(case, task)
    assert (done.state, done.assignee) == ("COMPLETED", "Amara Okafor")
    assert done.completion_date == desk.clock.now()
    assert "register_request" not in case.waiting()
    assert case.waiting()
    (document,) = rows(desk, tables.document, task_key=int(task.key))
    assert document.created_by == desk.member("caseworker").membership_key
    assert document.kind == "answers"


def test_what_was_completed_is_gone_from_the_list_and_found_by_its_state(
    case: CaseDesk, task: TaskView
) -> None:
    do(case, task)
    assert task.key not in {found.key for found in case.tasks()}
    assert task.key in {found.key for found in case.tasks("COMPLETED")}


def test_a_task_is_completed_once(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    answers = case.example(task, desk.member("caseworker"))
    do(case, task)
    before = everything(desk)
    for verb, more in ((tasks.complete, (answers,)), (tasks.claim, ()), (tasks.unclaim, ())):
        with pytest.raises(TaskClosed, match=r"completed on 2026-11-02T09:00:00Z"):
            verb(desk.engine, desk.member("caseworker"), task.key, *more)  # type: ignore[operator]
    assert everything(desk) == before


@pytest.mark.parametrize(
    ("role", "organisation", "refusal"),
    [
        ("professional", "camhs", NotFound),
        ("service_manager", "camhs", NotFound),
        ("setting_contact", "urn:103001", NotFound),
        ("dco", "icb", NotFound),
        ("dsco", "social_care", NotFound),
        ("quality_assurer", "send_team", NotPermitted),
        ("auditor", "send_team", NotPermitted),
        ("administrator", "send_team", NotPermitted),
        ("operational_board", "send_team", NotPermitted),
        ("process_owner", "send_team", NotPermitted),
    ],
)
def test_somebody_elses_task_stays_theirs(
    desk: Desk, case: CaseDesk, task: TaskView, role: str, organisation: str, refusal: type[Exception]
) -> None:
    answers = case.example(task, desk.member("caseworker"))
    who = desk.member(role, organisation)
    before = everything(desk)
    for verb, more in ((tasks.complete, (answers,)), (tasks.claim, ()), (tasks.unclaim, ())):
        with pytest.raises(refusal):
            verb(desk.engine, who, task.key, *more)  # type: ignore[operator]
    assert everything(desk) == before


def test_a_service_manager_stands_in_for_the_own_people(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice")
    task = case.task("give_advice", "educational_psychology")
    manager = desk.member("service_manager", "educational_psychology")
    assert do(case, task, manager).assignee == "Owen Lacey"


@pytest.mark.parametrize("key", ["0", "999999", "-1", "1.5", "one", "", "1" * 30, "٣", "1; drop table task"])
def test_a_task_that_isnt_there_isnt_found(desk: Desk, key: str) -> None:
    who = desk.member("caseworker")
    for verb, more in (
        (tasks.complete, ({},)),
        (tasks.claim, ()),
        (tasks.get_task, ()),
        (tasks.task_form, ()),
    ):
        with pytest.raises(NotFound):
            verb(desk.engine, who, key, *more)  # type: ignore[operator]


def test_a_version_that_was_overtaken_is_refused(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    who = desk.member("caseworker")
    answers = case.example(task, who)
    tasks.claim(desk.engine, who, task.key, version=task.version)
    before = everything(desk)
    for verb, more in ((tasks.complete, (answers,)), (tasks.claim, ()), (tasks.unclaim, ())):
        with pytest.raises(
            VersionMismatch, match=f"stands at version {task.version + 1}, not {task.version}"
        ):
            verb(desk.engine, who, task.key, *more, version=task.version)  # type: ignore[operator]
    assert everything(desk) == before
    done = tasks.complete(desk.engine, who, task.key, answers, version=task.version + 1)
    assert done.state == "COMPLETED"


def test_after_a_withdrawal_nothing_can_be_done(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    answers = case.example(task, desk.member("caseworker"))
    case.withdraw(MONDAY)
    assert [found.state for found in case.tasks("CANCELED")] == ["CANCELED"]
    before = everything(desk)
    for verb, more in ((tasks.complete, (answers,)), (tasks.claim, ()), (tasks.unclaim, ())):
        with pytest.raises(CaseClosed, match="withdrawn"):
            verb(desk.engine, desk.member("caseworker"), task.key, *more)  # type: ignore[operator]
    assert everything(desk) == before


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"assess": "yes"}, "answers.assess"),
    ({"assess": 1}, "answers.assess"),
    ({"assess": [True]}, "answers.assess"),
    ({"assess": None}, "answers.assess"),
    ({"nonsense": 1}, "answers.nonsense"),
    ({"__class__": "x"}, "answers.__class__"),
]


@pytest.mark.parametrize(("answers", "field"), WRONG)
def test_an_answer_that_doesnt_fit_is_named_and_nothing_changes(
    desk: Desk, case: CaseDesk, answers: dict[str, Any], field: str
) -> None:
    task = case.until("decide_assess")
    before = everything(desk)
    with pytest.raises(BadInput) as refused:
        do(case, task, **answers)
    assert field in {problem.field for problem in refused.value.problems}
    assert everything(desk) == before


def test_a_missing_answer_is_named(desk: Desk, case: CaseDesk) -> None:
    task = case.until("decide_assess")
    with pytest.raises(BadInput) as refused:
        tasks.complete(desk.engine, case.worker(task), task.key, {})
    assert "answers.assess" in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize("hostile", ["\x00", "\ud800", "a" * 2_000_000])
def test_text_that_cant_be_stored_is_refused_and_nothing_changes(
    either_desk: Desk, either_case: CaseDesk, hostile: str
) -> None:
    task = either_case.until("decide_assess")
    before = everything(either_desk)
    with pytest.raises(BadInput) as refused:
        do(either_case, task, reasons=hostile, otherSupport=hostile, assess=False)
    assert {problem.field for problem in refused.value.problems} == {
        "answers.reasons",
        "answers.otherSupport",
    }
    assert everything(either_desk) == before


def test_a_task_without_a_form_takes_no_answers(small_case: CaseDesk) -> None:
    start(small_case, "asks")
    task = small_case.task("ask")
    form = tasks.task_form(small_case.desk.engine, small_case.worker(task), task.key)
    assert (form.key, form.schema["examples"]) == (None, [{}])
    with pytest.raises(BadInput, match="no form"):
        tasks.complete(small_case.desk.engine, small_case.worker(task), task.key, {"x": 1})
    assert do(small_case, task).state == "COMPLETED"
    assert count(small_case.desk, tables.document, task_key=int(task.key)) == 0


def test_an_answer_after_a_limit_is_late_though_no_sweep_came_between(desk: Desk, case: CaseDesk) -> None:
    task = case.until("decide_assess", but=("family_views_request", "early_information"))
    assert task.due_date == date(2026, 12, 14)
    desk.jump_to(date(2026, 12, 15), 0, 0)
    do(case, task)
    assert case.deadline("reg5_decide_to_assess").status == "late"
    fired = [event for event in events(case, "timer:fired") if event["element"] == "decide_assess_overdue"]
    assert [event["details"]["late_seconds"] for event in fired] == [0]
    done = events(case, "task:completed")[-1]
    assert fired[0]["sequence"] < done["sequence"]
    assert differences(desk) == []


def test_a_task_that_a_passed_limit_has_ended_cant_be_answered(small_case: CaseDesk) -> None:
    desk = small_case.desk
    start(small_case, "is_taken_away")
    task = small_case.task("ask")
    desk.clock.advance(timedelta(days=1))
    before = everything(desk)
    with pytest.raises(TaskClosed, match="Read your list again"):
        do(small_case, task)
    assert everything(desk) == before
    desk.step_to(MONDAY + timedelta(days=1), 10)
    assert [found.state for found in small_case.tasks("CANCELED")] == ["CANCELED"]
    assert differences(desk) == []


def test_what_a_step_writes_is_bounded(desk: Desk, case: CaseDesk, task: TaskView) -> None:
    """One step writes one state, and of tasks and timers only what has changed."""
    states = {row.key: row.version for row in rows(desk, tables.instance)}
    do(case, task)
    assert {row.key: row.version for row in rows(desk, tables.instance)} == {
        key: version + 1 for key, version in states.items()
    }
    assert len(events(case, "task:completed")) == 1


def test_a_caseworker_stands_in_for_a_setting_without_members_and_for_no_other(desk: Desk) -> None:
    """A school across the border answers by letter; without this nobody could write its advice down."""
    officer = desk.member("caseworker")
    raised = cases.raise_request(
        desk.engine,
        officer,
        RequestForAssessment(
            child=NewChild("Ada", "Example", date(2017, 5, 14), 4),
            requested_by_role="parent",
            requested_by_name="Sam Example",
            received_on=MONDAY,
            setting_urn="999999",
        ),
    )
    case = CaseDesk(desk, raised.case_key, raised.process_instance_key)
    case.complete("register_request")
    elsewhere = case.task("early_information", "urn:999999")
    with pytest.raises(NotPermitted):
        tasks.claim(desk.engine, desk.member("decision_maker"), elsewhere.key)
    with pytest.raises(NotPermitted):
        tasks.claim(desk.engine, officer, case.task("early_information", "icb").key)
    assert do(case, elsewhere, officer).state == "COMPLETED"
