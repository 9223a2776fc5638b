"""Timeliness: what is counted, when, and as what."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert

from engine.services.deadlines.timeliness import (
    Period,
    Tally,
    advice_by_agency,
    cases_by_status,
    limits_of_requests,
    quarters,
)
from engine.store import tables
from tests.support.desk import MONDAY, Desk, opened_desk

YEAR = Period(MONDAY - timedelta(days=364), MONDAY)
LAST_WEEK = MONDAY - timedelta(days=7)


@pytest.fixture
def desk(database_url):
    with opened_desk(database_url) as desk:
        yield desk


def case(desk: Desk, received_on: date = LAST_WEEK, status: str = "assessing") -> int:
    """A case without a process: only its rows are counted."""
    now = desk.clock.now()
    child = {"given_name": "A", "family_name": "B", "search_name": "a b", "date_of_birth": date(2016, 1, 1)}
    row = {"status": status, "requested_by": "parent", "requester_name": "P", "received_on": received_on}
    with desk.engine.database.write() as connection:
        query = insert(tables.child).values(authority=desk.authority, **child).returning(tables.child.c.key)
        child_key = connection.execute(query).scalar_one()
        query = (
            insert(tables.ehc_case)
            .values(authority=desk.authority, child_key=child_key, opened_at=now, version=0)
            .values(audit_sequence=0, audit_hash="0" * 64, **row)
            .returning(tables.ehc_case.c.key)
        )
        return int(connection.execute(query).scalar_one())


def limit(desk: Desk, case_key: int, rule: str, status: str, due_on: date = LAST_WEEK, **values: Any) -> None:
    row = {"occurrence": "", "organisation": "send_team", **values}
    with desk.engine.database.write() as connection:
        connection.execute(
            insert(tables.deadline).values(
                authority=desk.authority,
                case_key=case_key,
                rule=rule,
                round=1,
                kind="statutory",
                nature="deadline",
                due_on=due_on,
                status=status,
                exceptions=[],
                opened_at=desk.clock.now(),
                **row,
            )
        )


def advice(desk: Desk, organisation: str, status: str, due_on: date = LAST_WEEK) -> None:
    limit(desk, case(desk), "reg8_advice_6w", status, due_on, organisation=organisation, occurrence="x")


def tallies(desk: Desk, *periods: Period) -> dict[str, tuple[Tally, ...]]:
    found = advice_by_agency(desk.engine, desk.authority, periods or (YEAR,))
    return {each.organisation: each.tallies for each in found}


@pytest.mark.parametrize(
    ("status", "tally"),
    [
        ("on_time", Tally(on_time=1)),
        ("late", Tally(late=1)),
        ("late_excused", Tally(excused=1)),
        ("running", Tally(open_late=1)),
    ],
)
def test_advice_that_was_due_counts(desk, status, tally):
    advice(desk, "camhs", status)
    assert tallies(desk) == {"camhs": (tally,)}


@pytest.mark.parametrize("status", ["superseded", "withdrawn"])
def test_advice_that_is_no_longer_owed_doesnt_count(desk, status):
    advice(desk, "camhs", status)
    assert tallies(desk) == {}


@pytest.mark.parametrize("status", ["running", "on_time"])
def test_advice_isnt_judged_before_its_last_day_is_over(desk, status):
    advice(desk, "camhs", status, due_on=MONDAY)
    assert tallies(desk) == {}
    desk.clock.advance(timedelta(days=1))
    assert set(tallies(desk)) == {"camhs"}


def test_advice_counts_in_the_quarter_in_which_it_was_due(desk):
    of_year = quarters(MONDAY)
    for period in of_year:
        advice(desk, "camhs", "on_time", due_on=period.first)
        advice(desk, "camhs", "late", due_on=min(period.last, MONDAY - timedelta(days=1)))
    assert tallies(desk, *of_year) == {"camhs": (Tally(on_time=1, late=1),) * 4}


def test_settings_are_counted_together(desk):
    for urn in ("103001", "103002"):
        advice(desk, f"urn:{urn}", "on_time")
    assert tallies(desk) == {"settings": (Tally(on_time=2),)}


def test_agencies_stand_in_the_order_of_their_names(desk):
    for organisation in ("social_care", "camhs", "urn:103001"):
        advice(desk, organisation, "late")
    found = advice_by_agency(desk.engine, desk.authority, [YEAR])
    assert [each.name for each in found] == ["CAMHS", "Children's social care", "Schools and other settings"]


def test_limits_of_the_request_count_by_the_day_of_receipt(desk):
    inside = case(desk, received_on=YEAR.first)
    outside = case(desk, received_on=YEAR.first - timedelta(days=1))
    for case_key in (inside, outside):
        limit(desk, case_key, "reg13_2_final_20w", "late")
    limit(desk, inside, "reg5_decide_to_assess", "on_time")
    found = {each.rule: each for each in limits_of_requests(desk.engine, desk.authority, YEAR)}
    assert [each.weeks for each in found.values()] == [6, 16, 16, 20]
    assert found["reg13_2_final_20w"].tally == Tally(late=1)
    assert found["reg5_decide_to_assess"].tally == Tally(on_time=1)
    assert found["reg10_decide_no_plan"].tally == Tally()


def test_a_limit_that_has_time_left_isnt_counted(desk):
    limit(desk, case(desk), "reg13_2_final_20w", "running", MONDAY)
    found = {each.rule: each.tally for each in limits_of_requests(desk.engine, desk.authority, YEAR)}
    assert found["reg13_2_final_20w"] == Tally()


def test_statuses_are_counted_the_most_frequent_first(desk):
    for status in ("assessing", "refused", "refused"):
        case(desk, status=status)
    assert list(cases_by_status(desk.engine, desk.authority).items()) == [("refused", 2), ("assessing", 1)]


def test_another_authoritys_cases_arent_counted(desk):
    advice(desk, "camhs", "late")
    assert advice_by_agency(desk.engine, "334", [YEAR]) == []
    assert cases_by_status(desk.engine, "334") == {}


def test_shares():
    tally = Tally(on_time=5, late=2, excused=3, open_late=10)
    assert (tally.ended, tally.due) == (10, 20)
    assert tally.share_of_due == 0.25
    assert tally.share_with_exceptions == 0.5
    assert tally.share_without_exceptions == pytest.approx(5 / 7)
    assert Tally(excused=1).share_without_exceptions is None
    assert Tally().share_of_due is None


def test_quarters_have_thirteen_weeks_and_no_gap():
    periods = quarters(MONDAY, 365)
    lengths = [(period.last - period.first).days + 1 for period in periods]
    assert lengths == [92, 91, 91, 91]
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(periods))
    assert periods[-1].last == MONDAY
    assert [(period.last - period.first).days + 1 for period in quarters(MONDAY)] == [91] * 4
