"""An administrator corrects a bank holiday, and every running limit that hangs on it moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from benchmarks.statements import counted
from engine.calendar import Correction
from engine.errors import BadInput
from engine.services.audit.audit import Actor
from engine.services.deadlines import calendars
from engine.services.incidents import guarded
from tests.support.desk import opened_desk


def test_a_proclaimed_holiday_moves_what_is_counted_in_working_days(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        case.correct("move_known_on", date(2026, 11, 2))
        # A limit of fifteen working days that runs in this case, as a move's process would open it.
        guarded(
            desk.engine,
            int(case.key),
            "open the transfer's limit",
            Actor.clock(),
            lambda step: step.ledger.open("reg15_2_transfer_15wd"),
        )
        before = case.deadline("reg15_2_transfer_15wd").due_on
        assert before == date(2026, 11, 20)
        proclaimed = Correction(date(2026, 11, 13), True, "A day of mourning")
        moved = calendars.correct(desk.engine, desk.authority, proclaimed)
        assert [(item.rule, item.after) for item in moved] == [("reg15_2_transfer_15wd", date(2026, 11, 23))]
        assert case.deadline("reg15_2_transfer_15wd").due_on == date(2026, 11, 23)
        assert calendars.corrections(desk.engine, desk.authority) == [proclaimed]


def test_a_correction_that_changes_nothing_is_refused(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk, pytest.raises(BadInput, match="bank holiday"):
        calendars.correct(desk.engine, desk.authority, Correction(date(2026, 12, 25), True, "Christmas"))


def test_steps_that_share_a_transaction_read_the_calendar_once(sqlite_url: str) -> None:
    def readings() -> int:
        with counted() as sent:
            for _ in range(3):
                desk.clock.advance(timedelta(days=1))
                desk.engine.calendar(desk.authority)
        return sum("calendar_correction" in text for text in sent.texts)

    with opened_desk(sqlite_url) as desk:
        assert readings() == 3
        with desk.engine.database.joined():
            assert readings() == 1
        assert readings() == 3


def test_a_correction_is_followed_in_the_transaction_that_makes_it(sqlite_url: str) -> None:
    day = date(2026, 11, 13)
    with opened_desk(sqlite_url) as desk, desk.engine.database.joined():
        assert desk.engine.calendar(desk.authority).is_working_day(day)
        calendars.correct(desk.engine, desk.authority, Correction(day, True, "A day of mourning"))
        assert not desk.engine.calendar(desk.authority).is_working_day(day)
