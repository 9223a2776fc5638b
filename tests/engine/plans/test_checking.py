"""What isn't a plan's section is refused, and where it's wrong is said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plans.checking import problems_of
from engine.plans.sections import SHAPE
from engine.plans.settings import SETTING_TYPES, kind_of, type_of
from tests.engine.plans.papers import COMPLETE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_a_complete_plan_has_the_shape_of_one():
    assert problems_of(COMPLETE) == []


@pytest.mark.parametrize(
    ("sections", "field"),
    [
        ([], "sections"),
        ({"L": {}}, "sections.L"),
        ({"A": "views"}, "sections.A"),
        ({"A": {"views": "x"}}, "sections.A.views"),
        ({"A": {"child": 7}}, "sections.A.child"),
        ({"A": {"child": "x" * 20_001}}, "sections.A.child"),
        ({"A": {"child": "a\u0000b"}}, "sections.A.child"),
        ({"A": {"childQuoted": "yes"}}, "sections.A.childQuoted"),
        ({"B": {"needs": "x"}}, "sections.B.needs"),
        ({"B": {"needs": ["x"]}}, "sections.B.needs[0]"),
        ({"B": {"needs": [{"need": "x"}, {"area": "learning"}]}}, "sections.B.needs[1].need"),
        ({"E": {"outcomes": [{"outcome": "x", "kind": "wealth"}]}}, "sections.E.outcomes[0].kind"),
        ({"E": {"outcomes": [{"outcome": "x", "needs": "B1"}]}}, "sections.E.outcomes[0].needs"),
        ({"F": {"provision": [{"what": "x", "hours": 200}]}}, "sections.F.provision[0].hours"),
        ({"F": {"provision": [{"what": "x", "hours": True}]}}, "sections.F.provision[0].hours"),
        ({"I": {"startOn": "2026-02-30"}}, "sections.I.startOn"),
        ({"K": {"advice": [{"adviser": "x", "how": "found"}]}}, "sections.K.advice[0].how"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(sections: Any, field: str):
    assert [problem.field for problem in problems_of(sections)] == [field]


@given(JSON | st.dictionaries(st.sampled_from([*SHAPE, "X"]), JSON | st.dictionaries(st.text(), JSON)))
def test_anything_at_all_gets_an_answer(sections: Any):
    for problem in problems_of(sections):
        assert problem.field.startswith("sections")
        assert problem.message


@pytest.mark.parametrize("decided", ["mainstream_school", "special_school", "further_education", None])
def test_every_decision_names_a_kind_of_setting_that_there_is(decided: str | None):
    assert type_of(decided) in SETTING_TYPES


@pytest.mark.parametrize(
    ("setting", "year", "kind"),
    [
        ("maintained_school", 4, "school"),
        ("academy", 12, "post_16"),
        ("further_education", None, "post_16"),
        ("maintained_nursery_school", -1, "early_years"),
        ("otherwise_than_in_school", 9, "none"),
    ],
)
def test_the_coarse_kind_follows_setting_and_year(setting: str, year: int | None, kind: str):
    assert kind_of(setting, year) == kind
