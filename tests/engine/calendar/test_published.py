"""Calendar data is read strictly: what is wrong is named, with the form it should take."""

from datetime import date

import pytest

from engine.calendar import CalendarRefused, Correction, read_calendar, read_corrections

RIGHT = {
    "division": "England and Wales",
    "source": "https://www.gov.uk/bank-holidays",
    "checked_on": "2026-11-23",
    "published_from": "2026-01-01",
    "published_to": "2026-12-31",
    "proclaimed": {},
    "days": {"2026-12-25": "Christmas Day"},
}


def test_a_calendar_of_your_own():
    calendar = read_calendar(RIGHT, "own.yaml")
    assert calendar.bank_holiday(date(2026, 12, 25)) == "Christmas Day"
    assert calendar.bank_holiday(date(2026, 4, 3)) is None, "published years aren't computed"
    assert calendar.bank_holiday(date(2027, 3, 26)) == "Good Friday"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": {"2027-01-01": "New Year's Day"}}, "2027-01-01: it lies outside 2026-01-01 to 2026-12-31"),
        ({"days": {"Christmas": "25 December"}}, "days: 'Christmas' is no date. Write it as YYYY-MM-DD"),
        ({"days": ["2026-12-25"]}, "days: it is no table"),
        ({"checked_on": "yesterday"}, "checked_on: 'yesterday' is no date"),
        ({"bunting": True}, "missing or unknown: bunting"),
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused(change, words):
    with pytest.raises(CalendarRefused, match=words) as refusal:
        read_calendar(RIGHT | change, "own.yaml")
    assert str(refusal.value).startswith("own.yaml: ")


def test_a_calendar_with_a_key_missing_is_refused():
    with pytest.raises(CalendarRefused, match="missing or unknown: source"):
        read_calendar({key: value for key, value in RIGHT.items() if key != "source"}, "own.yaml")
    with pytest.raises(CalendarRefused, match="no table of keys"):
        read_calendar(["2026-12-25"], "own.yaml")


def test_corrections_are_read():
    entry = {"day": date(2031, 3, 12), "is_holiday": True, "reason": "State funeral"}
    assert read_corrections([entry], "own.yaml") == (Correction(date(2031, 3, 12), True, "State funeral"),)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "it is no list"),
        (["2031-03-12"], "entry 1: it is no table"),
        ([{"day": "2031-03-12", "is_holiday": True}], "missing or unknown: reason"),
        ([{"day": "2031-03-12", "is_holiday": "moved", "reason": "x"}], "Write true or false"),
        ([{"day": "2031-03-12", "is_holiday": True, "reason": ""}], "no reason is given"),
        ([{"day": "12/3/31", "is_holiday": True, "reason": "x"}], "entry 1: '12/3/31' is no date"),
    ],
)
def test_corrections_that_cannot_be_right_are_refused(data, words):
    with pytest.raises(CalendarRefused, match=words):
        read_corrections(data, "own.yaml")
