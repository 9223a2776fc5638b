"""What expressions see of a state: each list and context turns once, and only what never changes stays turned."""

from __future__ import annotations

import pytest

from engine.feel import compile_expression, freeze
from engine.spiff.variables import Thawed, View
from tests.engine.feel.evaluating import NOW


def value(text: str) -> object:
    return compile_expression(text).evaluate({}, now=NOW).value


def view(**variables: object) -> View:
    return View([{name: freeze(each) for name, each in variables.items()}], Thawed(), {"limit": [1]})


def test_what_was_looked_at_is_the_same_the_next_time():
    seen = view(days=value('[@"2026-11-02"]'), child={"age": 4})
    assert seen["days"] is seen["days"]
    assert seen["days"] == value('[@"2026-11-02"]')
    assert seen.is_settled("days")
    assert seen.is_settled("child")


@pytest.mark.parametrize("name", ["limit", "missing", "number"])
def test_what_comes_from_elsewhere_or_has_no_parts_is_turned_when_it_is_read(name):
    assert not view(number=4).is_settled(name)


def test_a_time_in_a_named_zone_takes_its_offset_on_the_day():
    frozen = {
        "open": [{"@": "10:00:00@Europe/London"}],
        "known": [{"@": "10:00:00@Europe/London", "@offset": 0}],
    }
    seen = View([frozen], Thawed())
    assert not seen.is_settled("open")
    assert seen.is_settled("known")
