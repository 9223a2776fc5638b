"""Whatever is sent: the check answers, and what it accepts fits the schema and is accepted again unchanged."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from engine.forms import Form, read_form
from tests.engine.forms.papers import NOW
from tests.engine.forms.test_shipped_forms import FOLDER, NAMES

VARIABLES = {"nationalCurriculumYear": 10, "ageOnRequest": 15}
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-23", "123456", "seek", "rely", "camhs"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "decision", "need", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@cache
def shipped(name: str) -> Form:
    return read_form((FOLDER / f"{name}.form").read_bytes(), name)


@cache
def schema_of(name: str) -> Draft202012Validator:
    return Draft202012Validator(shipped(name).schema(NOW, VARIABLES), format_checker=FormatChecker())


@cache
def example_of(name: str) -> dict[str, Any]:
    return shipped(name).example(NOW, VARIABLES)


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, Any]:
    """A form and its example with some answers replaced, in lists as well; or something else altogether."""
    name = draw(st.sampled_from(NAMES))
    if draw(st.integers(0, 9)) == 0:
        return name, draw(JSON)
    changed = deepcopy(example_of(name))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = changed
        key = draw(st.sampled_from([each.path[0] for each in shipped(name).fields]))
        inner = place.get(key)
        if (
            isinstance(inner, list)
            and inner
            and isinstance(inner[0], dict)
            and inner[0]
            and draw(st.booleans())
        ):
            place, key = inner[0], draw(st.sampled_from(sorted(inner[0])))
        place[key] = draw(JSON)
    return name, changed


@settings(max_examples=150, deadline=None)
@given(answers())
def test_what_is_accepted_fits_the_schema_and_is_accepted_again(sent: tuple[str, Any]) -> None:
    name, answer = sent
    form = shipped(name)
    checked = form.check(answer, NOW, VARIABLES)
    if checked.problems:
        assert all(each.message.endswith((".", "?")) or " " in each.message for each in checked.problems)
        return
    assert form.check(checked.answers, NOW, VARIABLES) == checked
    assert list(schema_of(name).iter_errors(checked.answers)) == []
    form.process_variables(checked.answers)
    assert form.visible_to(checked.answers, set()) == {}
