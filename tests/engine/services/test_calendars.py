"""An administrator corrects a bank holiday, and every running limit that hangs on it moves."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import Correction
from engine.errors import BadInput
from engine.services import calendars
from engine.services.audit import Actor
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
