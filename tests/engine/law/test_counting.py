"""Every way of counting with every unit it goes with, one sum each, used by a rule or not."""

from datetime import date

import pytest

from engine.calendar import england
from engine.law.counting import WAYS, add_months, last_day
from engine.law.lengths import read_length
from engine.law.rules import Limb

SUMS = [
    ("15 days", "EXCL", date(2026, 11, 2), date(2026, 11, 17)),
    ("15 days", "INCL", date(2026, 11, 2), date(2026, 11, 16)),
    ("15 days", "BACK", date(2026, 11, 17), date(2026, 11, 2)),
    ("6 weeks", "EXCL", date(2026, 11, 2), date(2026, 12, 14)),
    ("6 weeks", "INCL", date(2026, 11, 2), date(2026, 12, 13)),
    ("6 weeks", "BACK", date(2026, 12, 14), date(2026, 11, 2)),
    ("1 month", "EXCL", date(2027, 1, 31), date(2027, 2, 28)),
    ("12 months", "PERIOD_INCL", date(2026, 11, 2), date(2027, 11, 1)),
    ("5 months", "BACK", date(2027, 7, 31), date(2027, 2, 28)),
    ("3 working days", "EXCL", date(2026, 12, 23), date(2026, 12, 30)),
    ("3 working days", "INCL", date(2026, 12, 23), date(2026, 12, 29)),
    ("3 working days", "BACK", date(2026, 12, 30), date(2026, 12, 23)),
    ("3 tribunal working days", "EXCL", date(2026, 12, 23), date(2027, 1, 5)),
]


@pytest.mark.parametrize(("length", "counting", "event", "last"), SUMS)
def test_a_sum(length, counting, event, last):
    limb = Limb(("meeting_date",), "earliest", read_length(length), counting)
    assert last_day(limb, event, england()) == last


def test_every_way_has_a_sum():
    assert {(read_length(length).unit, counting) for length, counting, _, _ in SUMS} == set(WAYS)


@pytest.mark.parametrize(
    ("day", "number", "moved"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2028, 2, 29), 48, date(2032, 2, 29)),
        (date(2028, 2, 29), -12, date(2027, 2, 28)),
        (date(2027, 1, 29), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months(day, number, moved):
    assert add_months(day, number) == moved
