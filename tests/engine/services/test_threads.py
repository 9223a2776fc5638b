"""Who hears of a limit: people in office, their cover, or the next level; quiet while somebody looks after it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from engine.errors import BadInput, Conflict, NotFound, NotPermitted
from engine.services.cases import officers
from engine.services.escalations import escalation_actions, escalation_threads, hearing_lists, why
from engine.services.escalations.views_of_escalations import HearingView, LadderView
from engine.services.sight import restrictions
from engine.services.sweep import sweep
from engine.services.tasks import tasks
from engine.store import tables
from tests.engine.services.rows import count, rows
from tests.support.desk import MONDAY, CaseDesk, Desk, at

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
SIX = date(2026, 12, 14)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
RULE = "reg5_decide_to_assess"
MANAGER, HEAD = "service_manager@send_team", "group_head@send_team"


@pytest.fixture
def waiting(case: CaseDesk) -> CaseDesk:
    """A case that waits for the decision to assess."""
    case.until("decide_assess", but=BACKGROUND)
    return case


def key(case: CaseDesk) -> str:
    (found,) = [item.key for item in case.escalations("all") if item.rule == RULE]
    return found


def hearings(case: CaseDesk) -> list[HearingView]:
    desk = case.desk
    return hearing_lists.list_hearings(desk.engine, desk.member("group_head"), key(case))


def told(case: CaseDesk) -> list[tuple[int, str, str]]:
    return [(each.stage, each.recipient, each.reason) for each in hearings(case)]


def state(case: CaseDesk) -> tuple[str, str, str]:
    (found,) = [item for item in case.escalations("all") if item.rule == RULE]
    return found.reason, found.level, found.state


def acknowledge(case: CaseDesk, until: date | None, role: str = "service_manager") -> None:
    desk = case.desk
    escalation_actions.acknowledge(desk.engine, desk.member(role), key(case), until=until)


def look(case: CaseDesk, rule: str = RULE) -> LadderView:
    (found,) = why.explain(case.desk.engine, int(case.key), rule)
    return found


def of_member(desk: Desk, role: str) -> Any:
    return tables.membership.c.key == desk.member(role).membership_key


# --- when -------------------------------------------------------------------------------------


def test_what_comes_by_night_goes_out_in_the_morning(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY, 0, 0)
    (alert,) = rows(desk, tables.outbox, kind="alert")[-1:]
    assert (alert.created_at, alert.next_at) == (at(SIX + DAY, 0), at(SIX + DAY, 8))


def test_what_falls_on_a_weekend_is_told_on_the_friday_before_and_a_miss_on_the_monday_after(
    desk: Desk,
) -> None:
    case = desk.request(received_on=MONDAY - DAY)  # the last day is a Sunday
    case.until("decide_assess", but=BACKGROUND)
    friday, sunday = SIX - 3 * DAY, SIX - DAY
    desk.step_to(friday - DAY)
    assert {each.stage for each in hearings(case)} == {1, 2}
    desk.step_to(friday, 0, 0)
    assert {each.at for each in hearings(case) if each.stage == 3} == {at(friday, 0)}
    desk.step_to(sunday + DAY, 0, 0)
    assert state(case) == ("missed", "service_manager", "open")
    assert rows(desk, tables.outbox, kind="alert")[-1].next_at == at(sunday + DAY, 8)


def test_a_week_of_downtime_tells_once(desk: Desk, waiting: CaseDesk) -> None:
    desk.jump_to(SIX - WEEK - 3 * DAY)
    sweep(desk.engine)
    desk.jump_to(SIX + DAY)
    sweep(desk.engine)
    assert told(waiting) == [(1, MANAGER, "nearing"), (2, MANAGER, "missed")]


# --- who --------------------------------------------------------------------------------------


def test_whoever_holds_the_task_is_reminded_at_the_task(desk: Desk, waiting: CaseDesk) -> None:
    holder = desk.member("decision_maker")
    tasks.claim(desk.engine, holder, waiting.task("decide_assess").key)
    desk.step_to(SIX - 2 * WEEK, 0, 0)  # before the digest of the morning
    (reminder,) = hearings(waiting)
    assert (reminder.recipient, reminder.person) == ("decision_maker@send_team", holder.person_name)
    assert (reminder.channel, reminder.state, reminder.instead_of) == ("digest", "waits", None)
    desk.step_to(SIX - 2 * DAY)
    urgent = [each.recipient for each in hearings(waiting) if each.stage == 3]
    assert urgent == [MANAGER, "decision_maker@send_team"]


def test_a_task_that_nobody_holds_is_the_case_officers(desk: Desk, waiting: CaseDesk) -> None:
    officer = desk.all_with("caseworker")[1]
    head = desk.member("group_head")
    officers.name_officer(
        desk.engine, head, waiting.key, "Knows the school.", membership_key=str(officer.membership_key)
    )
    desk.step_to(SIX - 2 * WEEK)
    (reminder,) = hearings(waiting)
    assert reminder.person == officer.person_name
    assert reminder.instead_of == "task_holder@send_team"


def away(desk: Desk, role: str, cover: str | None, first: date, last: date) -> None:
    """Somebody is away; without cover the one who covers is away too."""
    who, stand_in = desk.member(role).membership_key, desk.member(cover or "quality_assurer").membership_key
    days = {"authority": desk.authority, "from_on": first, "to_on": last}
    with desk.engine.database.write() as connection:
        connection.execute(insert(tables.cover).values(absent_key=who, covered_by_key=stand_in, **days))
        if cover is None:
            connection.execute(insert(tables.cover).values(absent_key=stand_in, covered_by_key=who, **days))


def test_whoever_covers_hears_in_the_place_of_who_is_away(desk: Desk, waiting: CaseDesk) -> None:
    away(desk, "service_manager", "decision_maker", SIX, SIX + WEEK)
    desk.step_to(SIX + DAY)
    missed = hearings(waiting)[-1]
    assert missed.recipient == MANAGER
    assert missed.person == desk.member("decision_maker").person_name
    assert missed.covers == desk.member("service_manager").person_name


def test_nobody_in_a_role_passes_it_to_the_next_level_and_says_so(desk: Desk, waiting: CaseDesk) -> None:
    away(desk, "service_manager", None, SIX, SIX + WEEK)
    desk.step_to(SIX + DAY)
    missed = hearings(waiting)[-1]
    assert (missed.recipient, missed.instead_of) == (HEAD, MANAGER)
    with desk.engine.database.write() as connection:
        for role in ("group_head", "operational_board", "strategic_board"):
            ended = update(tables.membership).where(of_member(desk, role)).values(valid_to=SIX)
            connection.execute(ended)
    desk.step_to(SIX + 3 * DAY)
    assert ("administrator@send_team", HEAD) in {
        (each.recipient, each.instead_of) for each in hearings(waiting) if each.stage == missed.stage + 1
    }


def test_better_told_while_away_than_nobody(desk: Desk, waiting: CaseDesk) -> None:
    everybody = ("service_manager", "group_head", "operational_board", "strategic_board", "administrator")
    days = {"authority": desk.authority, "from_on": SIX, "to_on": SIX + WEEK}
    with desk.engine.database.write() as connection:
        for role in everybody:
            who = desk.member(role).membership_key
            connection.execute(insert(tables.cover).values(absent_key=who, covered_by_key=who, **days))
    desk.step_to(SIX + DAY)
    assert hearings(waiting)[-1].person == desk.member("service_manager").person_name


def test_a_restricted_case_is_told_to_nobody_who_isnt_named(desk: Desk, waiting: CaseDesk) -> None:
    restrict(desk, waiting)
    desk.step_to(SIX + DAY)
    after = [each for each in hearings(waiting) if each.reason == "missed"]
    assert [(each.recipient, each.instead_of) for each in after] == [(HEAD, MANAGER)]


def restrict(desk: Desk, case: CaseDesk) -> None:
    named = [str(desk.member("decision_maker").membership_key)]
    restrictions.restrict(desk.engine, desk.member("group_head"), case.key, named, "Known to the team.")


# --- quiet ------------------------------------------------------------------------------------


def test_it_rests_until_the_day_that_was_named_and_is_raised_again_the_day_after(
    desk: Desk, waiting: CaseDesk
) -> None:
    desk.step_to(SIX + DAY)
    acknowledge(waiting, SIX + 6 * DAY)
    desk.step_to(SIX + 6 * DAY, 23, 59)
    assert state(waiting) == ("missed", "service_manager", "acknowledged")
    before = told(waiting)
    desk.step_to(SIX + 7 * DAY, 0, 0)
    assert state(waiting) == ("missed", "group_head", "open")
    stage = before[-1][0] + 1
    assert told(waiting)[len(before) :] == [(stage, HEAD, "missed"), (stage, MANAGER, "missed")]
    assert {row.wording for row in rows(desk, tables.outbox)[-2:]} == {"raised_again"}


def test_a_miss_breaks_the_quiet_once(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX - WEEK)
    acknowledge(waiting, SIX + WEEK)
    desk.step_to(SIX, 23, 59)
    assert state(waiting) == ("nearing", "service_manager", "acknowledged")
    desk.step_to(SIX + DAY, 0, 0)
    assert state(waiting) == ("missed", "service_manager", "open")
    assert [each for each in told(waiting) if each[2] == "missed"] == [(3, MANAGER, "missed")]


def test_boards_hear_though_it_rests(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 3 * DAY)
    acknowledge(waiting, SIX + 4 * WEEK, role="group_head")
    desk.step_to(SIX + 15 * DAY, 0, 0)
    assert state(waiting) == ("missed", "operational_board", "open")


@pytest.mark.parametrize("days", [-1, 29])
def test_a_day_that_is_over_or_far_ahead_is_refused(desk: Desk, waiting: CaseDesk, days: int) -> None:
    desk.step_to(SIX + DAY)
    with pytest.raises(BadInput, match="rest"):
        acknowledge(waiting, desk.clock.today() + days * DAY)


def test_what_is_looked_after_isnt_sent_any_more(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY, 7, 0)
    acknowledge(waiting, SIX + WEEK)
    assert rows(desk, tables.outbox, kind="alert")[-1].state == "canceled"
    last = max(each.stage for each in hearings(waiting))
    assert {each.state for each in hearings(waiting) if each.stage == last} == {"withdrawn"}


def test_what_isnt_sent_when_its_cause_ends_never_goes_out(desk: Desk, waiting: CaseDesk) -> None:
    desk.jump_to(SIX + DAY, 7, 0)
    waiting.complete("decide_assess")
    assert {row.state for row in rows(desk, tables.outbox, kind="alert")} == {"canceled"}
    assert {each.state for each in hearings(waiting)} == {"withdrawn"}


# --- answers ----------------------------------------------------------------------------------


def test_an_answer_gives_the_manager_three_more_days(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    manager = desk.member("service_manager")
    escalation_actions.give_answer(desk.engine, manager, key(waiting), "capacity")
    before = told(waiting)
    desk.step_to(SIX + 5 * DAY, 23, 59)
    assert state(waiting) == ("missed", "service_manager", "answered")
    assert told(waiting) == before
    desk.step_to(SIX + 6 * DAY, 0, 0)
    assert state(waiting) == ("missed", "group_head", "open")


def test_nobody_outside_a_thread_replies_to_it(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    outsider = desk.member("service_manager", "camhs")
    with pytest.raises(NotFound):
        escalation_actions.give_answer(desk.engine, outsider, key(waiting), "capacity")
    with pytest.raises(NotFound):
        hearing_lists.list_hearings(desk.engine, outsider, key(waiting))
    assert state(waiting) == ("missed", "service_manager", "open")


def test_a_thread_tells_that_it_was_told_again(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX)
    found = escalation_threads.thread(desk.engine, desk.member("group_head"), key(waiting))
    assert [entry.kind for entry in found.entries] == ["raised", "moved", "told"]
    assert found.escalation.told == 3


def test_a_diagrams_event_is_counted(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    assert count(desk, tables.escalation, joined=1) == 1


# --- why --------------------------------------------------------------------------------------


def moments(found: LadderView) -> list[tuple[datetime, str, str]]:
    return [(each.at, each.level, each.reason) for each in found.coming]


def test_it_is_said_who_will_be_told_when_by_which_row(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX - WEEK)
    found = look(waiting)
    assert moments(found) == [
        (at(SIX - 3 * DAY, 0), "service_manager", "nearing"),  # the Friday before a Saturday
        (at(SIX + DAY, 0), "service_manager", "missed"),
        (at(SIX + 3 * DAY, 0), "group_head", "missed"),
        (at(SIX + 15 * DAY, 0), "operational_board", "missed"),
        (at(SIX + 29 * DAY, 0), "strategic_board", "missed"),
    ]
    assert found.explanation is None
    assert found.coming[0].heard_at == at(SIX - 3 * DAY, 8)
    assert [each.person for each in found.coming[1].recipients] == [
        desk.member("service_manager").person_name
    ]
    rows_named = {each.ladder_row for each in found.told}
    assert found.escalation is not None
    assert found.escalation.ladder_row in rows_named


def test_what_was_said_to_come_comes(desk: Desk, waiting: CaseDesk) -> None:
    said = moments(look(waiting))
    desk.step_to(SIX + 30 * DAY)
    stages = {each.stage: (each.at, each.level, each.reason) for each in hearings(waiting)}
    assert list(stages.values()) == said


def test_a_quiet_time_is_looked_through(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    acknowledge(waiting, SIX + 6 * DAY)
    said = moments(look(waiting))
    assert said[0] == (at(SIX + 7 * DAY, 0), "group_head", "missed")
    assert [level for _, level, _ in said] == ["group_head", "operational_board", "strategic_board"]


def test_it_is_said_why_nobody_more_is_told(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 30 * DAY)
    assert "last row" in str(look(waiting).explanation)
    waiting.excuse("EX_PERSONAL", RULE, start=MONDAY)
    assert "lifted by EX_PERSONAL" in str(look(waiting).explanation)
    waiting.complete("decide_assess")
    assert "has ended" in str(look(waiting).explanation)


def test_a_case_or_rule_that_isnt_there_is_named(desk: Desk, waiting: CaseDesk) -> None:
    with pytest.raises(NotFound, match="no case 999"):
        why.explain(desk.engine, 999, RULE)
    with pytest.raises(NotFound, match="no rule nonsense"):
        why.explain(desk.engine, int(waiting.key), "nonsense")
    with pytest.raises(NotFound, match="has no limit reg8_advice_6w"):
        why.explain(desk.engine, int(waiting.key), "reg8_advice_6w")
    with pytest.raises(Conflict):
        escalation_actions.resolve(desk.engine, desk.member("group_head"), missed_key(desk, waiting))


def missed_key(desk: Desk, case: CaseDesk) -> str:
    desk.step_to(SIX + DAY)
    return key(case)


def test_nobody_below_the_level_of_a_thread_keeps_it_from_those_above(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    with pytest.raises(NotPermitted, match="stands at the level service_manager"):
        acknowledge(waiting, SIX + WEEK, role="caseworker")
    acknowledge(waiting, None, role="caseworker")
    desk.step_to(SIX + 3 * DAY, 0, 0)
    assert state(waiting)[1] == "group_head"
    with pytest.raises(NotPermitted, match="stands at the level group_head"):
        acknowledge(waiting, SIX + WEEK, role="service_manager")
    acknowledge(waiting, SIX + WEEK, role="group_head")
