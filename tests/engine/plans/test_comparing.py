"""What differs between two versions: nothing of either is lost, and nothing is made up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plans.comparing import compare
from engine.plans.sections import NUMBER, REFERENCES, SHAPE, TITLES, YES_OR_NO, Entries, lines_of
from engine.plans.writing import tidy
from tests.engine.plans.papers import plan

WORDS = st.text(st.sampled_from("ab \n"), min_size=1, max_size=12)


def _value(shape: Any) -> st.SearchStrategy[Any]:
    if isinstance(shape, Entries):
        entry = st.fixed_dictionaries(
            {shape.parts[0].name: WORDS}, optional={part.name: _value(part) for part in shape.parts[1:]}
        )
        return st.lists(entry, max_size=3)
    kinds = {
        YES_OR_NO: st.booleans(),
        NUMBER: st.integers(0, 168),
        REFERENCES: st.lists(st.sampled_from(["B1", "B2", "C"]), unique=True),
    }
    return kinds.get(shape.longest, WORDS)


PLANS = st.fixed_dictionaries(
    {},
    optional={
        letter: st.fixed_dictionaries({}, optional={each.name: _value(each) for each in shape})
        for letter, shape in SHAPE.items()
    },
).map(tidy)


@given(PLANS)
def test_a_version_is_the_same_as_itself(sections):
    assert {each.change for each in compare(sections, sections)} <= {"same"}
    assert [line for each in compare(sections, sections) for line in each.lines] == []


@given(PLANS, PLANS)
def test_the_lines_give_both_versions_back(before, after):
    for each in compare(before, after):
        if each.change != "same":
            old = [line.text for line in each.lines if line.mark != "added"]
            new = [line.text for line in each.lines if line.mark != "removed"]
            assert old == lines_of(each.letter, before.get(each.letter, {}))
            assert new == lines_of(each.letter, after.get(each.letter, {}))


@given(PLANS, PLANS)
def test_there_and_back_is_the_same_with_added_and_removed_exchanged(before, after):
    there = [(each.letter, each.change) for each in compare(before, after)]
    turned = {"added": "removed", "removed": "added"}
    back = [(each.letter, turned.get(each.change, each.change)) for each in compare(after, before)]
    assert there == back


@given(PLANS, PLANS)
def test_the_sections_that_either_holds_come_in_the_order_of_the_plan(before, after):
    letters = [each.letter for each in compare(before, after)]
    assert letters == [letter for letter in TITLES if letter in before or letter in after]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (plan(H2=None), plan(), "added"),
        (plan(), plan(H2=None), "removed"),
        (plan(), plan(H2={"provision": "Three hours."}), "changed"),
        (plan(), plan(), "same"),
    ],
)
def test_a_section_is_added_removed_changed_or_the_same(before, after, change):
    changes = {each.letter: each.change for each in compare(before, after)}
    assert changes.pop("H2") == change
    assert set(changes.values()) == {"same"}


def test_the_lines_that_differ_are_shown_among_those_that_do_not():
    changed = plan(A={"child": "I like trains.", "parents": "A place to feel\nunderstood."})
    lines = next(each.lines for each in compare(plan(), changed) if each.letter == "A")
    assert [(line.mark, line.text) for line in lines] == [
        ("same", "The child or young person: I like trains."),
        ("removed", "The parents: A place to feel safe."),
        ("added", "The parents: A place to feel"),
        ("added", "The parents: understood."),
    ]
