"""One digest a working morning: what is new and what stands; boards weekly; silence where nothing is to say."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from engine.clock import LONDON
from engine.services.escalations import why
from engine.services.messages import inbox
from engine.services.messages.rendering import words_of
from engine.services.sight import restrictions
from engine.services.sweep import sweep
from engine.store import tables
from engine.store.types import AnyRow
from tests.engine.services.rows import rows
from tests.support.desk import CaseDesk, Desk, at

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
#: The last day of the decision on a request of Monday 2 November 2026: a Monday.
SIX = date(2026, 12, 14)
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")
MANAGER = "service_manager@send_team"


@pytest.fixture
def waiting(case: CaseDesk) -> CaseDesk:
    """A case that waits for the decision to assess."""
    case.until("decide_assess", but=BACKGROUND)
    return case


def digests(desk: Desk, recipient: str = MANAGER) -> list[AnyRow]:
    return [row for row in rows(desk, tables.outbox, kind="digest") if row.recipient == recipient]


def days(found: list[AnyRow]) -> list[date]:
    return [row.created_at.astimezone(LONDON).date() for row in found]


def text(desk: Desk, row: AnyRow) -> str:
    words = words_of(
        desk.engine, authority=row.authority, wording=row.wording, subject=row.subject, body=row.body
    )
    return f"{words.subject}\n{words.text}"


def test_a_missed_limit_is_told_of_each_working_morning_at_eight(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + WEEK + DAY)
    found = [row for row in digests(desk) if row.created_at > at(SIX + DAY)]
    # On the third day it climbs, and everybody is told at once: not twice on one morning.
    assert days(found) == [SIX + n * DAY for n in (2, 4, 7, 8)]
    assert {row.created_at.astimezone(LONDON).hour for row in found} == {8}
    said = text(desk, found[0])
    assert f"Case {waiting.key}" in said
    assert "2 days late (due by 14 December 2026)" in said
    assert "/escalations/" in said
    assert "Ada" not in said


def test_nothing_to_say_is_no_digest(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 2 * DAY)
    before = len(digests(desk))
    waiting.complete("decide_assess")
    desk.step_to(SIX + 3 * DAY)
    assert [
        row for row in rows(desk, tables.outbox, kind="digest") if row.created_at > at(SIX + 2 * DAY)
    ] == []
    assert len(digests(desk)) == before


def test_after_a_week_of_downtime_there_is_one(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + DAY)
    before = len(digests(desk))
    desk.jump_to(SIX + 9 * DAY, 10)
    for _ in range(2):
        sweep(desk.engine)
    assert len(digests(desk)) - before <= 1
    desk.step_to(SIX + 10 * DAY)
    assert days(digests(desk)[before:])[-1] == SIX + 10 * DAY
    assert len(digests(desk)) - before <= 2


def test_eight_is_eight_on_both_sides_of_summer_time(desk: Desk) -> None:
    desk.request(received_on=date(2026, 9, 1)).until("decide_assess", but=BACKGROUND)
    desk.step_to(date(2027, 3, 30))
    hours = {row.created_at.astimezone(LONDON).hour for row in rows(desk, tables.outbox, kind="digest")}
    in_utc = {row.created_at.hour for row in rows(desk, tables.outbox, kind="digest")}
    assert hours == {8}
    assert in_utc == {7, 8}


def test_a_board_is_told_on_the_first_working_day_of_a_week(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 40 * DAY)
    board = digests(desk, "operational_board@send_team")
    assert board
    assert {row.wording for row in board} == {"board_summary"}
    calendar = desk.engine.calendar(desk.authority)
    for day in days(board):
        monday = day - timedelta(days=day.weekday())
        assert day == calendar.next_working_day_from(monday)


def test_a_page_is_a_page(desk: Desk, waiting: CaseDesk) -> None:
    desk.step_to(SIX + 3 * DAY)
    body = json.loads(digests(desk)[-1].body)
    assert body["count"] == sum(group["count"] for group in body["groups"]) + body["more"]
    hearings = rows(desk, tables.metadata.tables["hearing"], channel="digest")
    assert all(row.outbox_key is not None for row in hearings if row.told_at is not None)


def readers_of(desk: Desk, since: date) -> dict[int | None, AnyRow]:
    """Whoever had a digest on a day, as the last one says."""
    morning = [row for row in rows(desk, tables.outbox, kind="digest") if row.created_at > at(since, 0)]
    return {row.membership_key: row for row in morning}


def away(desk: Desk, who: int, stand_in: int, start: date, end: date) -> None:
    with desk.engine.database.write() as connection:
        connection.execute(
            insert(tables.cover).values(
                authority=desk.authority,
                absent_key=who,
                covered_by_key=stand_in,
                from_on=start,
                to_on=end,
            )
        )


def test_whoever_covers_hears_while_it_lasts_and_the_other_again_after_it(
    desk: Desk, waiting: CaseDesk
) -> None:
    desk.step_to(SIX + 3 * DAY)
    manager, head = desk.member("service_manager").membership_key, desk.member("group_head").membership_key
    away(desk, manager, head, SIX + 4 * DAY, SIX + 7 * DAY)
    desk.step_to(SIX + 4 * DAY)
    found = readers_of(desk, SIX + 4 * DAY)
    assert (manager in found, head in found) == (False, True)
    hearings = why.explain(desk.engine, int(waiting.key), "reg5_decide_to_assess")[0].told
    assert [each.covers for each in hearings].count(desk.member("service_manager").person_name) <= 1
    desk.step_to(SIX + 8 * DAY)
    assert manager in readers_of(desk, SIX + 8 * DAY)


def test_whoever_may_no_longer_see_a_case_reads_nothing_of_it(desk: Desk, waiting: CaseDesk) -> None:
    other = desk.request()
    other.complete("register_request")
    desk.step_to(SIX + 2 * DAY)
    manager, head = desk.member("service_manager"), desk.member("group_head")
    before = [each.body for each in inbox.list_inbox(desk.engine, manager, kind="digest").items]
    assert any(f"Case {waiting.key}" in body for body in before)
    restrictions.restrict(desk.engine, head, waiting.key, [], "Known to staff.")
    after = [each.body for each in inbox.list_inbox(desk.engine, manager, kind="digest").items]
    assert len(after) == len(before)
    assert not any(f"Case {waiting.key}" in body for body in after)
    desk.step_to(SIX + 4 * DAY)
    found = readers_of(desk, SIX + 4 * DAY)
    told = {who for who, row in found.items() if f'"case":"{waiting.key}"' in row.body}
    assert told == {head.membership_key}
    assert at_risk_of(desk, waiting) == []


def at_risk_of(desk: Desk, case: CaseDesk) -> list[str]:
    """The rows of the outbox that still wait to tell somebody of a case who may not see it."""
    seeing = {each.membership_key for each in desk.all_with("group_head")} | {None}
    return [
        row.reference
        for row in rows(desk, tables.outbox, kind="alert", case_key=int(case.key))
        if row.state == "waiting" and row.membership_key not in seeing
    ]


def test_whoever_covers_hears_of_what_nears_too_once(desk: Desk, waiting: CaseDesk) -> None:
    desk.request(received_on=date(2026, 9, 1))  # whose lateness makes digests each morning
    desk.step_to(SIX - 5 * DAY)
    manager, head = desk.member("service_manager").membership_key, desk.member("group_head").membership_key
    away(desk, manager, head, SIX - 4 * DAY, SIX + 7 * DAY)
    desk.step_to(SIX - 3 * DAY, 7)
    told = [
        row.created_at.astimezone(LONDON).date()
        for row in rows(desk, tables.outbox, kind="digest")
        if row.membership_key == head
        for group in json.loads(row.body)["groups"]
        if group["title"].startswith("Coming up")
        for line in group["lines"]
        if line["case"] == waiting.key and line["dueOn"] == SIX.isoformat()
    ]
    assert told == [SIX - 4 * DAY]
