"""The named officer of a case: its tasks go to them first, to whoever covers for them, and on at a hand-over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import BadInput, Conflict, NotPermitted, TaskHeld
from engine.services.cases import officers
from engine.services.cases.views_of_officers import OfficerView
from engine.services.principals import Principal
from engine.services.tasks import tasks
from tests.engine.services.rows import differences, events
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY = timedelta(days=1)


@pytest.fixture
def team(desk: Desk) -> list[Principal]:
    """The caseworkers of the SEND team."""
    return desk.all_with("caseworker")


def name(case: CaseDesk, who: Principal, reason: str = "Knows the family.") -> OfficerView:
    manager, key = case.desk.member("group_head", "send_team"), str(who.membership_key)
    return officers.name_officer(case.desk.engine, manager, case.key, reason, membership_key=key)


def away(case: CaseDesk, who: Principal, cover: Principal, start: date, end: date) -> None:
    manager = case.desk.member("group_head", "send_team")
    officers.record_absence(
        case.desk.engine, manager, str(who.membership_key), str(cover.membership_key), start, end
    )


def holders(case: CaseDesk) -> dict[str, str | None]:
    """Who holds the open tasks of caseworkers."""
    return {
        task.element_id: task.assignee
        for task in case.tasks()
        if task.organisation == "send_team" and "caseworker" in task.candidate_groups
    }


def test_without_an_officer_tasks_are_for_anybody_of_their_group(case: CaseDesk) -> None:
    assert set(holders(case).values()) == {None}


def test_open_and_new_tasks_go_to_the_officer(case: CaseDesk, team: list[Principal]) -> None:
    name(case, team[1])
    assert set(holders(case).values()) == {team[1].person_name}
    (task,) = [task for task in case.tasks() if task.element_id == "register_request"]
    assert task.state == "ASSIGNED"
    tasks.complete(case.desk.engine, team[1], task.key, case.example(task, team[1]))
    assert holders(case)
    assert set(holders(case).values()) == {team[1].person_name}
    assert differences(case.desk) == []


def test_the_tasks_of_others_stay_with_them(case: CaseDesk, team: list[Principal]) -> None:
    case.until("give_advice", but=("family_views_request", "early_information", "acknowledge_request"))
    name(case, team[1])
    theirs = [task for task in case.tasks() if task.organisation != "send_team"]
    assert theirs
    assert {task.assignee for task in theirs} == {None}


def test_a_colleague_cant_take_what_the_officer_holds(case: CaseDesk, team: list[Principal]) -> None:
    name(case, team[1])
    with pytest.raises(TaskHeld):
        tasks.claim(case.desk.engine, team[2], case.task("register_request").key)


def test_a_hand_over_moves_open_tasks_and_keeps_the_history(
    desk: Desk, case: CaseDesk, team: list[Principal]
) -> None:
    name(case, team[1])
    desk.step_to(MONDAY + 3 * DAY)
    found = name(case, team[2], "Their colleague leaves.")
    assert set(holders(case).values()) == {team[2].person_name}
    assert [(term.person, term.from_on, term.to_on) for term in found.history] == [
        (team[1].person_name, MONDAY, MONDAY + 3 * DAY),
        (team[2].person_name, MONDAY + 3 * DAY, None),
    ]
    assert len(events(case, "officer:named")) == 2


def test_what_a_colleague_has_claimed_stays_theirs(case: CaseDesk, team: list[Principal]) -> None:
    tasks.claim(case.desk.engine, team[3], case.task("register_request").key)
    name(case, team[1])
    assert holders(case)["register_request"] == team[3].person_name


@pytest.mark.parametrize(("offset", "covered"), [(-1, False), (0, True), (2, True), (3, False)])
def test_on_a_day_of_absence_new_tasks_go_to_the_cover(
    desk: Desk, case: CaseDesk, team: list[Principal], offset: int, covered: bool
) -> None:
    start = MONDAY + 7 * DAY
    away(case, team[1], team[2], start, start + 2 * DAY)
    desk.step_to(start + offset * DAY)
    found = name(case, team[1])
    assert found.covered_by == (team[2].person_name if covered else None)
    assert set(holders(case).values()) == {team[2 if covered else 1].person_name}


def test_the_officer_is_a_caseworker_of_the_send_team(desk: Desk, case: CaseDesk) -> None:
    with pytest.raises(BadInput, match="a caseworker of the SEND team"):
        name(case, desk.member("decision_maker"))


def test_naming_needs_a_reason_and_somebody_else(case: CaseDesk, team: list[Principal]) -> None:
    with pytest.raises(BadInput, match="Say why"):
        name(case, team[1], " ")
    name(case, team[1])
    with pytest.raises(Conflict, match="already"):
        name(case, team[1])


def test_an_officer_is_named_by_key_or_by_name(case: CaseDesk, team: list[Principal]) -> None:
    manager = case.desk.member("group_head", "send_team")
    with pytest.raises(BadInput, match="either"):
        officers.name_officer(case.desk.engine, manager, case.key, "Why not.")
    person = team[2].person_name
    found = officers.name_officer(case.desk.engine, manager, case.key, "Asked for.", person=person)
    assert found.officer is not None
    assert found.officer.person == person


def test_not_everybody_names_officers(case: CaseDesk, team: list[Principal]) -> None:
    professional = case.desk.member("professional", "camhs")
    with pytest.raises(NotPermitted):
        officers.name_officer(
            case.desk.engine, professional, case.key, "x", membership_key=str(team[0].membership_key)
        )


def test_an_absence_makes_sense(case: CaseDesk, team: list[Principal]) -> None:
    away(case, team[1], team[2], MONDAY, MONDAY + 7 * DAY)
    with pytest.raises(Conflict, match="recorded already"):
        away(case, team[1], team[3], MONDAY + 7 * DAY, MONDAY + 9 * DAY)
    with pytest.raises(BadInput, match="away themselves"):
        away(case, team[3], team[1], MONDAY, MONDAY)
    with pytest.raises(BadInput, match="themselves"):
        away(case, team[3], team[3], MONDAY, MONDAY)
    with pytest.raises(BadInput, match="last day"):
        away(case, team[3], team[2], MONDAY, MONDAY - DAY)
