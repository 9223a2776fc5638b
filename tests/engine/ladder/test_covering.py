"""The proof agrees with whoever tries every input one by one, on tables made at random."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ladder.cells import ANY_WORD, EVER, Days, Words
from engine.ladder.covering import uncovered
from engine.ladder.ladder import Ladder
from engine.ladder.rows import Row
from engine.ladder.rung import Rung

DAYS = range(-4, 5)
WORDS = ("a", "b", "c")
_CUTS = st.integers(-3, 3)


@st.composite
def cells(draw: st.DrawFn) -> Words:
    if draw(st.booleans()):
        return ANY_WORD
    return Words(frozenset(draw(st.sets(st.sampled_from("ab"), min_size=1))), draw(st.booleans()))


@st.composite
def runs(draw: st.DrawFn) -> Days:
    cut = draw(_CUTS)
    sort = draw(st.sampled_from(["all", "to", "from", "on"]))
    ends = {"all": (-EVER, EVER), "to": (-EVER, cut), "from": (cut + 1, EVER), "on": (cut, cut)}
    return Days((ends[sort],))


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    def row(number: int) -> Row:
        words = {"agency": draw(cells()), "rule": draw(cells()), "kind": ANY_WORD, "answered": ANY_WORD}
        rung = Rung("task_holder", ("task_holder",), "digest", "reminder", f"row_{number}", number, "")
        places = dict.fromkeys(("agency", "rule", "kind", "days", "answered"), f"row_{number}")
        return Row(f"row_{number}", number, words, draw(runs()), rung, "", places)

    return [row(number) for number in range(1, draw(st.integers(1, 5)) + 1)]


def matching(table: list[Row], agency: str, rule: str, day: int) -> list[Row]:
    return [
        row
        for row in table
        if agency in row.words["agency"] and rule in row.words["rule"] and day in row.days
    ]


@given(rows())
@settings(max_examples=150, deadline=None)
def test_a_table_is_found_whole_exactly_if_every_input_has_one_row(table: list[Row]) -> None:
    counts = {len(matching(table, *given)) for given in product(WORDS, WORDS, DAYS)}
    rules = {finding.rule for finding in uncovered(table)}
    assert ("ladder-gap" in rules) == (0 in counts)
    assert ("ladder-overlap" in rules) == bool(counts - {0, 1})


@given(rows())
@settings(max_examples=150, deadline=None)
def test_a_whole_table_answers_with_the_row_that_matches(table: list[Row]) -> None:
    if uncovered(table):
        return
    ladder = Ladder(table)
    for agency, rule, day in product(WORDS, WORDS, DAYS):
        rung = ladder.decide(agency=agency, rule=rule, kind="k", days=day)
        assert rung == matching(table, agency, rule, day)[0].rung
        after = ladder.next_change(agency=agency, rule=rule, kind="k", after=day)
        later = [
            other
            for other in range(day + 1, 6)
            if ladder.decide(agency=agency, rule=rule, kind="k", days=other) != rung
        ]
        assert after == (later[0] if later else None)
