"""Whoever is given tasks by somebody else hears of it once; what one does oneself, or has done since, is no news."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from engine.services.cases import officers
from engine.services.messages.inbox import list_inbox
from engine.services.principals import Principal
from engine.services.tasks import task_assignment, task_bulk, tasks
from engine.services.tasks.reassigning import reassign
from engine.store import tables
from engine.store.types import AnyRow
from notifications.sender import Sender
from tests.engine.services.rows import rows
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY = timedelta(days=1)
SOME = ("register_request", "family_views_request", "early_information", "acknowledge_request")


@pytest.fixture
def team(desk: Desk) -> list[Principal]:
    return desk.all_with("caseworker")


def send(desk: Desk) -> list[AnyRow]:
    """What reached anybody's inbox of the tasks that were given."""
    desk.step_to(desk.clock.today(), 11)
    Sender(desk.engine, {}).send_due()
    return rows(desk, tables.outbox, wording="task_assigned", state="delivered")


def give(case: CaseDesk, to: Principal, by: Principal | None = None) -> None:
    manager = by or case.desk.member("group_head", "send_team")
    task = case.task("register_request")
    task_assignment.assign(case.desk.engine, manager, task.key, str(to.membership_key))


def test_who_is_given_a_task_is_told(desk: Desk, case: CaseDesk, team: list[Principal]) -> None:
    give(case, team[1])
    (sent,) = send(desk)
    assert (sent.membership_key, sent.recipient) == (team[1].membership_key, "caseworker@send_team")
    (item,) = list_inbox(desk.engine, team[1]).items
    assert item.subject == f"Case {case.key}: a task is yours"
    assert item.link is not None
    assert item.link.endswith(f"/tasks/{case.task('register_request').key}")
    assert "Ada" not in item.body


def test_ones_own_claim_is_no_news(desk: Desk, case: CaseDesk, team: list[Principal]) -> None:
    tasks.claim(desk.engine, team[1], case.task("register_request").key)
    give(case, team[1], by=team[1])
    assert send(desk) == []


def test_what_was_done_or_given_away_meanwhile_isnt_told(
    desk: Desk, case: CaseDesk, team: list[Principal]
) -> None:
    give(case, team[1])
    give(case, team[2])
    (sent,) = send(desk)
    assert sent.membership_key == team[2].membership_key
    give(case, team[1])
    task = case.task("register_request")
    tasks.complete(desk.engine, team[1], task.key, case.example(task, team[1]))
    desk.step_to(MONDAY + DAY, 8)
    assert len(send(desk)) == 1
    canceled = rows(desk, tables.outbox, wording="task_assigned", state="canceled")
    assert {row.outcome for row in canceled} == {"overtaken"}


def test_many_at_once_are_one_message(desk: Desk, team: list[Principal]) -> None:
    cases = [desk.request() for _ in range(4)]
    keys = [each.task("register_request").key for each in cases]
    manager = desk.member("group_head", "send_team")
    done = task_bulk.assign_all(desk.engine, manager, keys, str(team[1].membership_key))
    assert [each.error for each in done] == [None] * 4
    (sent,) = send(desk)
    assert sent.case_key is None
    assert json.loads(sent.body)["count"] == 4
    (item,) = list_inbox(desk.engine, team[1]).items
    assert item.subject == "4 tasks are yours"
    assert "Case" not in item.body


def test_a_new_officer_hears_once_of_all_that_goes_to_them(
    desk: Desk, case: CaseDesk, team: list[Principal]
) -> None:
    manager = desk.member("group_head", "send_team")
    case.complete("register_request")
    key = str(team[1].membership_key)
    officers.name_officer(desk.engine, manager, case.key, "Knows the family.", membership_key=key)
    held = [task for task in case.tasks() if task.assignee == team[1].person_name]
    assert len(held) > 1
    (sent,) = send(desk)
    assert str(sent.case_key) == case.key
    assert json.loads(sent.body)["count"] == len(held)


def test_delegated_and_come_back(desk: Desk, case: CaseDesk, team: list[Principal]) -> None:
    key = case.task("register_request").key
    tasks.claim(desk.engine, team[1], key)
    task_assignment.delegate(desk.engine, team[1], key, str(team[2].membership_key))
    assert {row.membership_key for row in send(desk)} == {team[2].membership_key}
    task_assignment.resolve(desk.engine, team[2], key)
    desk.step_to(MONDAY + DAY, 8)
    assert {row.membership_key for row in send(desk)} == {each.membership_key for each in team[1:3]}


def test_reassigned_by_whoever_decides_on_processes(
    desk: Desk, case: CaseDesk, team: list[Principal]
) -> None:
    owner = desk.member("process_owner")
    reassign(desk.engine, owner, case.task("register_request").key, team[3].membership_key, "Ill.")
    (sent,) = send(desk)
    assert sent.membership_key == team[3].membership_key
