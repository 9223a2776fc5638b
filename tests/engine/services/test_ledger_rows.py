"""A step reads what still runs; what lies behind is there as soon as somebody names it or asks for everything."""

from __future__ import annotations

import pytest

from engine.services.ledger_rows import Rows

BEHIND = {("meeting", "review-1"): 1, ("notice", "review-1"): 2, ("meeting", "review-2"): 3}


@pytest.fixture
def asked() -> list[str | None]:
    return []


@pytest.fixture
def rows(asked: list[str | None]) -> Rows[int]:
    def read(occurrence, known):
        asked.append(occurrence)
        return [
            (key, value)
            for key, value in BEHIND.items()
            if key[1] not in known and occurrence in (None, key[1])
        ]

    found = Rows(read)
    found.read_at_once(("made", ""), 0)
    found.read_at_once(("meeting", "review-3"), 9)
    return found


def test_what_was_read_at_once_asks_for_nothing_more(rows, asked):
    assert rows["made", ""] == 0
    assert rows.get(("notice", "review-3")) is None
    assert ("received", "") not in rows
    assert rows.at_hand() == [0, 9]
    assert asked == []


def test_an_occurrence_that_is_named_is_read_once(rows, asked):
    assert rows["notice", "review-1"] == 2
    assert rows["meeting", "review-1"] == 1
    assert ("served", "review-1") not in rows
    assert asked == ["review-1"]


def test_one_that_was_never_there_is_asked_for_once(rows, asked):
    assert rows.get(("meeting", "review-4")) is None
    rows["meeting", "review-4"] = 7
    assert rows["meeting", "review-4"] == 7
    assert asked == ["review-4"]


def test_whoever_goes_through_all_sees_all(rows, asked):
    assert rows["meeting", "review-2"] == 3
    assert sorted(rows.values()) == [0, 1, 2, 3, 9]
    assert len(rows) == 5
    assert asked == ["review-2", None]


def test_what_has_changed_since_stays_as_it_is(rows):
    rows["meeting", "review-1"] = 11
    assert rows["meeting", "review-1"] == 11
    assert dict(rows.items())["meeting", "review-1"] == 11


def test_a_later_round_takes_the_place_of_the_one_before(rows):
    assert rows.read_at_once(("meeting", "review-3"), 10) == 9
    assert rows.at_hand() == [0, 10]
