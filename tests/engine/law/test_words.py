"""Days, numbers and lengths in the words that people read and write."""

from datetime import date

import pytest

from engine.law.lengths import read_length
from engine.law.words import counted, in_words, joined, month_number, number_in_words, ordinal, sentence


def test_a_day_in_words():
    assert in_words(date(2026, 11, 2)) == "Monday 2 November 2026"
    assert in_words(date(2028, 2, 29)) == "Tuesday 29 February 2028"


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (6, "weeks", "six weeks"),
        (1, "months", "one month"),
        (15, "working_days", "15 working days"),
        (1, "working_days", "one working day"),
        (10, "tribunal_working_days", "ten tribunal working days"),
        (11, "days", "11 days"),
    ],
)
def test_a_length_in_words(number, unit, words):
    assert counted(number, unit) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (12, "12th"), (13, "13th"), (15, "15th"),
     (20, "20th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (30, "30th"), (111, "111th")],
)  # fmt: skip
def test_a_place_in_a_row(number, words):
    assert ordinal(number) == words


def test_numbers_lists_and_sentences():
    assert [number_in_words(number) for number in (1, 10, 11, -1)] == ["one", "ten", "11", "-1"]
    assert [joined(["a", "b", "c"][:size]) for size in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert joined(["a", "b"], "or") == "a or b"
    assert sentence("six weeks.") == "Six weeks."
    assert (month_number("February"), month_number("Feb")) == (2, None)


@pytest.mark.parametrize(
    ("text", "unit", "number", "earliest"),
    [
        ("6 weeks", "weeks", 6, None),
        ("1 week", "weeks", 1, None),
        ("15 working days", "working_days", 15, None),
        ("30 tribunal working days", "tribunal_working_days", 30, None),
        ("3 to 6 months", "months", 6, 3),
        ("the date", "date", None, None),
        ("immediate", "immediate", None, None),
        ("as soon as practicable", "asap", None, None),
        ("reasonable notice", "reasonable_notice", None, None),
        ("as regulation 44", "as_reg44", None, None),
        ("none", "none", None, None),
    ],
)
def test_a_length_is_read(text, unit, number, earliest):
    length = read_length(text)
    assert (length.unit, length.number, length.earliest, length.text) == (unit, number, earliest, text)


def test_a_date_of_the_year_is_read():
    length = read_length("31 March")
    assert (length.unit, length.month, length.day) == ("date", 3, 31)


@pytest.mark.parametrize(
    "text",
    ["", "six weeks", "0 days", "-1 days", "6 fortnights", "6", 6, None, "6 to 3 months", "3 to 3 months", "31 April",
     "29 February", "0 March", "12 Marz", "6 weeks ", "6 Weeks"],
)  # fmt: skip
def test_what_is_no_length_is_not_read(text):
    assert read_length(text) is None
