"""FEEL as Python: what the twin's conditions and scripts become, and what is refused."""

from __future__ import annotations

import pytest

from benchmarks.python_source import UntranslatableError, function_of, python_of

ALIKE = [
    ("=declined = true", {"declined": True}, True),
    ("=declined = true", {"declined": None}, False),
    ("assess != null", {"assess": False}, True),
    ("agreed = true and days left < 5", {"agreed": True, "days_left": 5}, False),
    ("a = 1 or b = 2", {"a": 0, "b": 2}, True),
    ("[{urn: asked}]", {"asked": "103001"}, [{"urn": "103001"}]),
    ('if ok = true then "can" else "cannot"', {"ok": False}, "cannot"),
    ('concatenate(["a"], if urn = null then [] else ["urn:" + urn])', {"urn": "7"}, ["a", "urn:7"]),
    ("setting.urn", {"setting": {"urn": "103001"}}, "103001"),
]


@pytest.mark.parametrize(("expression", "variables", "value"), ALIKE)
def test_it_says_the_same_in_python(expression, variables, value):
    assert function_of(expression, tuple(variables))(**variables) == value


@pytest.mark.parametrize(
    "expression", ["today()", "a[b = 1]", "some x in a satisfies x", "a between 1 and 2", "1.5", "due-date"]
)
def test_what_it_cannot_say_it_refuses(expression):
    with pytest.raises(UntranslatableError):
        python_of(expression)
