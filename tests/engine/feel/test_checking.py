"""Mistakes that are found without evaluating."""

from __future__ import annotations

import pytest

from engine.feel import BUILTINS, check

NAMES = ("agreed", "days left", "needs", "due-date")
FINE = [
    "agreed = true and days left < 5",
    "due-date < today()",
    "for i in needs return i",
    "for i in needs, j in i return i + j + count(partial)",
    "some a in needs satisfies a > 1",
    "needs[level > 5]",
    "needs[item > days left]",
    "{a: 1, b: a}.b",
    "{f: function(n) f(n - 1)}.f(2)",
    "(function(a) a + 1)(2)",
    "sort(needs, function(x, y) x < y)",
    'substring(string: "a", start position: 1)',
    "needs instance of list<number>",
    "needs(1)",
    "min(1, 2, 3)",
]


@pytest.mark.parametrize("text", FINE)
def test_nothing_is_said_of_what_is_right(text):
    assert check(text, NAMES) == []


WRONG = [
    ("agred", 0, "There is no variable 'agred' here."),
    ("agreed and dayz left < 5", 11, "There is no variable 'dayz left' here."),
    ("1 + cuont(needs)", 4, "There is no function 'cuont'."),
    ("i + count(for i in needs return i)", 0, "There is no variable 'i' here."),
    ("{b: a, a: 1}", 4, "There is no variable 'a' here."),
    ("{a: 1, a: 2}", 0, "A context has two entries of one name."),
    ("(function(a) b)(1)", 13, "There is no variable 'b' here."),
    ("count(1, 2)", 0, "The call has 2 arguments, but it is count(list: list)."),
    ("abs(m: 1)", 0, "The call's arguments don't fit abs(n: number|duration)."),
    ('@"2026-13-01"', 0, '@"2026-13-01" is no date, time or duration.'),
    ("needs instance of tNeed", 18, "There is no type 'tNeed'."),
    ("function(a: tNeed) a", 12, "There is no type 'tNeed'."),
    ("function(a) external {java: 1}", 0, "External functions aren't run: write the function in FEEL."),
    ("1 +", 3, "Expected a value, found the end."),
    ("for i in nobody return i", 9, "There is no variable 'nobody' here."),
    ("for i in 1..nobody return i", 12, "There is no variable 'nobody' here."),
    ("needs[item > nobody(1)]", 13, "There is no function 'nobody'."),
]


@pytest.mark.parametrize(("text", "position", "message"), WRONG)
def test_a_mistake_is_named_with_its_place(text, position, message):
    (problem,) = check(text, NAMES)
    assert (problem.position, problem.message) == (position, message)


def test_where_any_variable_may_exist_only_functions_can_be_unknown():
    assert check("anything > 5", ("*",)) == []
    assert [p.message for p in check("anything(5)", ("*",))] == ["There is no function 'anything'."]


def test_every_mistake_is_found():
    assert len(check("aa + bb(cc, dd.ee) + agreed", NAMES)) == 4


def test_our_own_functions_are_known():
    functions = BUILTINS.extended("deadline(rule: string, anchor: date)", lambda rule, anchor: anchor)
    assert check('deadline("r", today())', (), functions) == []
    assert check('deadline("r")', (), functions) != []
