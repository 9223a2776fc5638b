"""Lateness reaches a manager: once a limit, by the row and not by the diagram, until it has its end."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from engine.services.escalations import escalation_lists
from engine.services.processes.definitions import Deployer, DeploymentRefused, deploy
from engine.services.processes.deployments import examined
from engine.services.sweep import sweep
from engine.services.tasks import tasks
from engine.services.views import EscalationView
from engine.store import tables
from engine.store.hearing_tables import hearing
from tests.engine.services.edited import without_timers
from tests.engine.services.rows import count, differences, events, rows
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SIX, TWENTY = date(2026, 12, 14), date(2027, 3, 22)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
RULE = "reg5_decide_to_assess"


@pytest.fixture
def waiting(case: CaseDesk) -> CaseDesk:
    """A case that waits for the decision to assess."""
    case.until("decide_assess", but=BACKGROUND)
    return case


def thread(case: CaseDesk, rule: str = RULE) -> EscalationView | None:
    """The limit's thread, whatever its state; there is never more than one."""
    found = [item for item in case.escalations("all") if item.rule == rule]
    assert len(found) <= 1
    return found[0] if found else None


def stands(case: CaseDesk) -> tuple[str, str, str] | None:
    found = thread(case)
    return found and (found.reason, found.level, found.state)


def alerts(desk: Desk, rule: str = RULE) -> list[tuple[str, str]]:
    """Who was told, and why, in order."""
    posted = [(row.recipient, json.loads(row.body)) for row in rows(desk, tables.outbox, kind="alert")]
    return [(recipient, body["reason"]) for recipient, body in posted if body["rule"] == rule]


def hearings(desk: Desk, case: CaseDesk, rule: str = RULE) -> list[tuple[int, str, str, str]]:
    """Who is to hear of a limit, by which way, at which telling, in order."""
    found = thread(case, rule)
    assert found is not None
    told = rows(desk, hearing, escalation_key=int(found.key))
    return [(row.stage, row.recipient, row.channel, row.reason) for row in told]


MANAGER, HEAD = "service_manager@send_team", "group_head@send_team"
BOARD = "operational_board@send_team"


def test_the_ladder_is_climbed_once(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX - 2 * WEEK - DAY, 23, 59)
    assert stands(waiting) is None
    desk.step_to(SIX - 2 * WEEK, 0, 0)
    assert stands(waiting) == ("nearing", "task_holder", "open")
    desk.step_to(SIX - WEEK, 0, 0)
    assert stands(waiting) == ("nearing", "service_manager", "open")
    desk.step_to(SIX, 23, 59)
    assert stands(waiting) == ("nearing", "service_manager", "open")
    desk.step_to(SIX + DAY, 0, 0)
    assert stands(waiting) == ("missed", "service_manager", "open")
    desk.step_to(SIX + 3 * DAY, 0, 0)
    assert stands(waiting) == ("missed", "group_head", "open")
    for _ in range(3):
        sweep(desk.engine)
        desk.step_to(desk.clock.today() + WEEK)
    assert hearings(desk, waiting) == [
        (1, MANAGER, "digest", "nearing"),
        (2, MANAGER, "digest", "nearing"),
        (3, MANAGER, "email", "nearing"),
        (4, MANAGER, "email", "missed"),
        (5, HEAD, "email", "missed"),
        (5, MANAGER, "email", "missed"),
        (6, BOARD, "digest", "missed"),
        (6, HEAD, "digest", "missed"),
    ]
    assert alerts(desk) == [(MANAGER, "nearing"), (MANAGER, "missed"), (HEAD, "missed"), (MANAGER, "missed")]
    assert len(events(waiting, "escalation:raised")) == 1
    assert differences(desk) == []


def test_a_thread_says_what_is_late_since_when_by_what_law_and_who_has_it(
    desk: Desk, waiting: CaseDesk
) -> None:
    task = waiting.task("decide_assess")
    tasks.claim(desk.engine, desk.member("decision_maker"), task.key)
    desk.step_to(SIX + DAY)
    found = thread(waiting)
    assert found is not None
    assert (found.due_on, found.since, found.organisation) == (SIX, SIX + DAY, "send_team")
    assert "reg 5" in found.citation
    assert (found.task_key, found.task_name, found.task_holder) == (task.key, task.name, "Priya Raman")


def test_after_downtime_the_thread_stands_where_it_should(desk: Desk, waiting: CaseDesk) -> None:
    desk.jump_to(SIX + WEEK)
    sweep(desk.engine)
    assert stands(waiting) == ("missed", "group_head", "open")
    assert alerts(desk) == [(HEAD, "missed"), (MANAGER, "missed")]


def test_it_ends_with_the_duty(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    waiting.complete("decide_assess")
    assert stands(waiting) == ("missed", "service_manager", "resolved")
    assert thread(waiting) not in waiting.escalations()
    assert len(events(waiting, "escalation:resolved")) == 1
    desk.step_to(SIX + 10 * DAY)
    assert alerts(desk) == [(MANAGER, "nearing"), (MANAGER, "missed")]
    assert differences(desk) == []


def test_a_request_that_comes_late_is_late_at_once(desk: Desk) -> None:
    case = desk.request(received_on=MONDAY - 7 * WEEK)
    assert stands(case) == ("missed", "group_head", "open")


def test_a_limit_that_a_correction_moves_away_is_no_longer_missed(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    waiting.correct("request_received_on", MONDAY + 3 * WEEK)
    assert stands(waiting) == ("missed", "service_manager", "resolved")
    assert waiting.escalations() == []
    desk.step_to(SIX + WEEK)
    assert stands(waiting) == ("nearing", "task_holder", "open")
    desk.step_to(SIX + 3 * WEEK + DAY)
    assert stands(waiting) == ("missed", "service_manager", "open")
    assert alerts(desk) == [(MANAGER, "nearing"), (MANAGER, "missed")] * 2
    assert differences(desk) == []


def test_a_limit_that_comes_near_again_is_told_again(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX - 2 * WEEK)
    waiting.correct("request_received_on", MONDAY + DAY)
    assert stands(waiting) == ("nearing", "task_holder", "resolved")
    desk.step_to(SIX - 2 * WEEK + DAY)
    assert stands(waiting) == ("nearing", "task_holder", "open")
    waiting.correct("request_received_on", MONDAY)
    sweep(desk.engine)
    assert stands(waiting) == ("nearing", "task_holder", "open")
    assert hearings(desk, waiting) == [(nth, MANAGER, "digest", "nearing") for nth in (1, 2)]


def test_a_missed_limit_that_is_only_near_after_all(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 3 * DAY)
    waiting.correct("request_received_on", MONDAY + 5 * DAY)
    assert stands(waiting) == ("nearing", "service_manager", "open")
    desk.step_to(SIX + 6 * DAY)
    assert stands(waiting) == ("missed", "service_manager", "open")


def test_a_lifted_limit_is_no_longer_told_of(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    waiting.excuse("EX_PERSONAL", RULE, start=MONDAY)
    assert stands(waiting) == ("missed", "service_manager", "resolved")
    desk.step_to(SIX + WEEK)
    assert stands(waiting) == ("missed", "service_manager", "resolved")
    assert differences(desk) == []


def test_each_adviser_has_a_thread_of_the_own_with_the_own_manager(desk: Desk, case: CaseDesk) -> None:
    case.until("give_advice", but=BACKGROUND)
    desk.step_to(MONDAY + 6 * WEEK + DAY)
    late = {
        item.occurrence: item.organisation for item in case.escalations() if item.rule == "reg8_advice_6w"
    }
    assert late["psychological"] == "educational_psychology"
    assert late["medical"] == "child_health"
    told = {recipient for recipient, _ in alerts(desk, "reg8_advice_6w")}
    assert {"service_manager@educational_psychology", "service_manager@child_health"} <= told


def test_the_diagrams_event_joins_the_thread(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    (joined,) = events(waiting, "escalation:joined")
    assert joined["element"] == "decide_assess_escalated"
    assert count(desk, tables.escalation) == 1


def test_a_diagram_without_timers_silences_nothing(desk: Desk) -> None:
    edited = {"request_to_plan.bpmn": without_timers("request_to_plan.bpmn")}
    with pytest.raises(DeploymentRefused):
        deploy(desk.engine, desk.authority, edited, by="test")
    losses = examined(desk.engine, desk.authority, edited).losses
    assert "decide_assess" in " ".join(loss.text + str(loss.element_id) for loss in losses)
    confirmed = Deployer("test", reason="Try it", accepted=[loss.id for loss in losses])
    deploy(desk.engine, desk.authority, edited, by=confirmed)
    case = desk.request()
    case.until("decide_assess", but=BACKGROUND)
    assert count(desk, tables.timer, rule=RULE) == 0
    assert case.task("decide_assess").due_date == SIX
    desk.step_to(SIX + DAY)
    assert stands(case) == ("missed", "service_manager", "open")
    assert events(case, "escalation:joined") == []
    case.complete("decide_assess")
    assert case.deadline(RULE).status == "late"
    assert stands(case) == ("missed", "service_manager", "resolved")
    desk.step_to(TWENTY + DAY)
    assert thread(case, "reg13_2_final_20w") is not None
    assert differences(desk) == []


def test_a_step_that_comes_before_the_sweep_raises_what_is_missed(desk: Desk, waiting: CaseDesk) -> None:
    desk.jump_to(SIX + DAY)
    waiting.complete("decide_assess")
    assert stands(waiting) == ("missed", "service_manager", "resolved")
    assert sweep(desk.engine) == 0


def test_no_alert_names_a_child(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + WEEK)
    bodies = " ".join(row.subject + row.body for row in rows(desk, tables.outbox))
    assert "Ada" not in bodies
    assert "Example" not in bodies


@pytest.mark.parametrize("state", ["open", "resolved", "all", None])
def test_threads_are_found_by_their_state(desk: Desk, waiting: CaseDesk, state: str | None) -> None:
    other = desk.request(received_on=MONDAY - 7 * WEEK)
    desk.step_to(SIX + DAY)
    waiting.complete("decide_assess")
    asked = escalation_lists.Asked(state=state)
    found = escalation_lists.list_escalations(desk.engine, desk.member("group_head"), asked, limit=200).items
    wanted = {"open": {"open"}, "resolved": {"resolved"}, "all": {"open", "resolved"}, None: {"open"}}[state]
    assert {item.state for item in found} == wanted
    assert ({item.case_key for item in found} == {other.key}) == (state in ("open", None))
