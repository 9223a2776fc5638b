"""Two want the same at the same moment: exactly one gets it, the other is told clearly, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from engine.errors import Conflict, TaskClosed, TaskHeld
from engine.services.cases import cases, corrections
from engine.services.principals import Principal
from engine.services.sweep import sweep
from engine.services.tasks import tasks
from engine.services.views import TaskView
from engine.store import tables
from tests.engine.services.drawing import start
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import MONDAY, CaseDesk, Desk
from tests.support.together import at_once, kinds

ROUNDS = 5


def completing(case: CaseDesk, task: TaskView, who: Principal) -> Callable[[], TaskView]:
    answers = dict(case.example(task, who))
    return lambda: tasks.complete(case.desk.engine, who, task.key, answers)


def left_by(case: CaseDesk, task: TaskView) -> tuple[int, int]:
    """Documents and completions of one task."""
    done = [event for event in events(case, "task:completed") if event["details"]["task"] == int(task.key)]
    documents = count(case.desk, tables.document, task_key=int(task.key))
    return documents, len(done)


def test_two_people_complete_one_task_once(
    either_desk: Desk, either_case: CaseDesk, colleagues: list[Principal]
) -> None:
    task = either_case.task("register_request")
    outcomes = at_once([completing(either_case, task, who) for who in colleagues])
    losers = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert kinds(losers) == ["TaskClosed"] * (len(colleagues) - 1)
    assert "completed" in str(losers[0])
    assert left_by(either_case, task) == (1, 1)
    assert [following.element_id for following in either_case.tasks()].count("collate_evidence") == 1
    assert differences(either_desk) == []


def test_one_person_who_clicks_twice_completes_once(either_desk: Desk, either_case: CaseDesk) -> None:
    task = either_case.task("register_request")
    outcomes = at_once([completing(either_case, task, either_desk.member("caseworker"))] * 8)
    assert kinds(outcomes) == ["TaskClosed"] * 7 + ["TaskView"]
    assert left_by(either_case, task) == (1, 1)


def test_one_of_several_claims_holds(
    either_desk: Desk, either_case: CaseDesk, colleagues: list[Principal]
) -> None:
    task = either_case.task("register_request")
    for _ in range(ROUNDS):
        outcomes = at_once([partial(tasks.claim, either_desk.engine, who, task.key) for who in colleagues])
        assert kinds(outcomes) == ["TaskHeld"] * (len(colleagues) - 1) + ["TaskView"]
        (held,) = [outcome for outcome in outcomes if isinstance(outcome, TaskView)]
        assert {o.holder for o in outcomes if isinstance(o, TaskHeld)} == {held.assignee}
        holder = next(who for who in colleagues if who.person_name == held.assignee)
        tasks.unclaim(either_desk.engine, holder, task.key)
    assert len(events(either_case, "task:claimed")) == ROUNDS


def test_a_claim_and_anothers_completion(
    either_desk: Desk, either_case: CaseDesk, colleagues: list[Principal]
) -> None:
    task = either_case.task("register_request")
    outcomes = at_once(
        [
            partial(tasks.claim, either_desk.engine, colleagues[0], task.key),
            completing(either_case, task, colleagues[1]),
        ]
    )
    (loser,) = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(loser, TaskHeld | TaskClosed)
    found = tasks.get_task(either_desk.engine, colleagues[0], task.key)
    assert (found.state, found.assignee) == (
        ("ASSIGNED", colleagues[0].person_name)
        if isinstance(loser, TaskHeld)
        else ("COMPLETED", colleagues[1].person_name)
    )


def test_a_timer_fires_as_a_person_completes(either_small_case: CaseDesk) -> None:
    """The limit ends the task: either the person came first, or the limit; never both, never neither."""
    case, desk = either_small_case, either_small_case.desk

    def time_passes() -> None:
        desk.clock.advance(timedelta(days=1))
        sweep(desk.engine)

    for _ in range(ROUNDS):
        key = start(case, "is_taken_away")
        task = case.task("ask")
        answered, *others = at_once(
            [completing(case, task, desk.member("caseworker")), time_passes, partial(sweep, desk.engine)]
        )
        assert isinstance(answered, TaskView | TaskClosed)
        assert kinds(others) == ["NoneType", "int"]
        fired = [event for event in events(case, "timer:fired") if event["details"]["instance"] == key]
        came_first = isinstance(answered, TaskView)
        assert (len(fired), left_by(case, task)[1]) == ((0, 1) if came_first else (1, 0))
        state = "COMPLETED" if came_first else "CANCELED"
        assert tasks.get_task(desk.engine, desk.member("caseworker"), task.key).state == state
        assert [row.status for row in rows(desk, tables.instance, key=key)] == ["completed"]
    assert differences(desk) == []


def test_what_is_due_comes_before_the_answer(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    key = start(case, "is_taken_away")
    answer = completing(case, case.task("ask"), desk.member("caseworker"))
    desk.clock.advance(timedelta(days=1))
    answered, *_ = at_once([answer, partial(sweep, desk.engine), partial(sweep, desk.engine)])
    assert isinstance(answered, TaskClosed)
    assert [row.status for row in rows(desk, tables.instance, key=key)] == ["completed"]


def test_many_sweeps_at_once_fire_each_timer_once(either_small_case: CaseDesk) -> None:
    case, desk = either_small_case, either_small_case.desk
    for _ in range(ROUNDS):
        start(case, "waits")
    desk.clock.advance(timedelta(days=1))
    outcomes = at_once([partial(sweep, desk.engine)] * 6)
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert len(events(case, "timer:fired")) == ROUNDS
    assert [task.element_id for task in case.tasks()].count("afterwards") == ROUNDS
    assert sum(outcome for outcome in outcomes if isinstance(outcome, int)) == 1
    assert differences(desk) == []


def test_two_tasks_of_one_case_are_both_completed(either_desk: Desk, either_case: CaseDesk) -> None:
    """Advice from everybody at the same moment: no join is passed twice, none is missed."""
    case = either_case
    case.until("give_advice")
    asked = [task for task in case.tasks() if task.element_id == "give_advice"]
    assert len(asked) > 2
    outcomes = at_once([completing(case, task, case.worker(task)) for task in asked])
    assert kinds(outcomes) == ["TaskView"] * len(asked)
    case.until("decide_plan")
    assert [task.element_id for task in case.tasks()].count("decide_plan") == 1
    assert differences(either_desk) == []


def test_requests_raised_at_once_each_get_their_case(either_desk: Desk) -> None:
    outcomes = at_once([either_desk.request] * 6)
    keys = {outcome.key for outcome in outcomes if isinstance(outcome, CaseDesk)}
    assert len(keys) == 6
    assert count(either_desk, tables.ehc_case) == count(either_desk, tables.child) == 6
    assert differences(either_desk) == []


@pytest.mark.parametrize("first", ["complete", "withdraw"])
def test_a_withdrawal_and_a_completion(either_desk: Desk, either_case: CaseDesk, first: str) -> None:
    case = either_case
    task = case.task("register_request")
    officer = either_desk.member("caseworker")
    works: list[Callable[[], Any]] = [
        completing(case, task, officer),
        partial(corrections.withdraw, either_desk.engine, officer, case.key, MONDAY, "Moved away."),
    ]
    outcomes = at_once(works if first == "complete" else works[::-1])
    assert all(not isinstance(o, Exception) or isinstance(o, Conflict) for o in outcomes), outcomes
    assert case.status == "withdrawn"
    assert case.tasks() == []
    assert len(events(case, "case:withdrawn")) == 1
    assert differences(either_desk) == []


def test_a_correction_and_readers(either_desk: Desk, either_case: CaseDesk) -> None:
    """Reading a case writes to its trail: readers and writers of one case leave one unbroken chain."""
    officer = either_desk.member("caseworker")
    works: list[Callable[[], Any]] = [
        partial(cases.get_case, either_desk.engine, officer, either_case.key) for _ in range(6)
    ]
    works += [
        partial(either_case.correct, "request_received_on", MONDAY - timedelta(days=n)) for n in (1, 2, 3)
    ]
    assert not [outcome for outcome in at_once(works) if isinstance(outcome, Exception)]
    assert len(events(either_case, "case:read")) == 6
    assert differences(either_desk) == []
