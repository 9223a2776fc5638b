"""Two ladders beside each other, in words."""

from __future__ import annotations

from engine.ladder import differences, read_ladder
from tests.engine.ladder.shipped import TEXT, another, kept_longer


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(each.id, each.text) for each in differences(read_ladder(before), read_ladder(after))]


def test_the_same_ladder_has_no_differences() -> None:
    assert told(TEXT, TEXT) == []


def test_whoever_is_told_later_is_a_loss_with_an_example() -> None:
    first = told(TEXT, kept_longer())[0]
    assert first[0] == "ladder:group_head:3:5"
    assert first[1].startswith(
        "The role group_head is told of what is late later: from 5 days late on, not 3 days late."
        " For example: agency camhs, rule det_reg8_advice_6w, kind statutory, answered none."
    )


def test_whoever_is_told_earlier_is_none() -> None:
    found = told(kept_longer(), TEXT)
    assert not [ident for ident, _ in found if ident]
    assert any("told of what is late earlier: from 3 days late on" in text for _, text in found)


def test_whoever_is_no_longer_told_is_a_loss() -> None:
    text = another(TEXT, '["strategic_board", "operational_board", "group_head"]', '["operational_board"]')
    losses = {ident: words for ident, words in told(TEXT, text) if ident}
    assert list(losses) == ["ladder:strategic_board:29:never"]
    assert "no longer told of what is late; it was from 29 days late on" in next(iter(losses.values()))


def test_other_words_and_ways_are_told_row_by_row() -> None:
    text = another(TEXT, '"urgent"', '"nearing"')
    assert told(TEXT, text) == [
        ("", "Row 7 (“Two days ahead, at once (prealert_2d)”): wording was urgent, is nearing."),
        ("", "Row 8 (“Two days ahead, owed by a setting, at once”): wording was urgent, is nearing."),
    ]
    text = another(TEXT, "[-2..0]", "[-3..0]")
    text = another(text, "[-7..-3]", "[-7..-4]")
    assert (
        "",
        "Row 7 (“Two days ahead, at once (prealert_2d)”): days was from 2 days ahead to its last day,"
        " is from 3 days ahead to its last day.",
    ) in told(TEXT, text)
