"""Names with spaces and symbols: the longest one in scope wins."""

from __future__ import annotations

import pytest

from engine.feel import BUILTINS
from engine.feel.syntax.names import layer
from engine.feel.syntax.parser import parse
from tests.engine.feel.sexpr import shown

CASES = [
    # text, names in scope, components, tree
    ("a-b", (), (), "(<a> - <b>)"),
    ("a-b", ("a-b",), (), "<a-b>"),
    ("a - b", ("a-b",), (), "(<a> - <b>)"),
    ("a - b", ("a - b",), (), "<a - b>"),
    ("a-b-c", ("a-b",), (), "(<a-b> - <c>)"),
    ("a-b-c", ("a", "a-b", "a-b-c"), (), "<a-b-c>"),
    ("a+b*c", ("a+b",), (), "(<a+b> * <c>)"),
    ("days left < 5", (), (), "(<days left> < 5)"),
    ("days   left", ("days left",), (), "<days left>"),
    ("days left", ("days",), (), "<days left>"),
    ("total cost + 1", ("total", "cost", "total cost"), (), "(<total cost> + 1)"),
    ("Place of Birth", (), (), "<Place of Birth>"),
    ("date of birth", (), (), "<date of birth>"),
    ("date and time of visit", ("date and time of visit",), (), "<date and time of visit>"),
    ("date and time", ("date", "time"), (), "<date and time>"),
    ("some one in need", ("some one in need",), (), "<some one in need>"),
    ("in need", ("in need",), (), "<in need>"),
    ("x.a-b", (), (), "(<x>.<a> - <b>)"),
    ("x.a-b", (), ("a-b",), "<x>.<a-b>"),
    ("x.a b", (), (), "<x>.<a b>"),
    ("x.in order", (), ("in order",), "<x>.<in order>"),
    ("x.Age", ("x.Age",), (), "<x.Age>"),
    ("x.Age.y", ("x.Age",), (), "<x.Age>.<y>"),
    ("x[a-b > 1]", (), ("a-b",), "<x>[(<a-b> > 1)]"),
    ("a-b", (), ("a-b",), "(<a> - <b>)"),
    ("`due-date` < 1", (), (), "(<due-date> < 1)"),
    ("x.`due-date`", (), (), "<x>.<due-date>"),
    ("Year 6", (), (), "<Year 6>"),
    ("v1.5 x", ("v1.5 x",), (), "<v1.5 x>"),
    ("Partner's age", ("Partner's age",), (), "<Partner's age>"),
    ("a/b", ("a/b",), (), "<a/b>"),
    ("instance of mine", (), (), "<instance of mine>"),
    ("if a b then c d else e f", (), (), "(if <a b> then <c d> else <e f>)"),
    ("for a-b in c return a-b", (), (), "(for <a-b> in <c> return <a-b>)"),
    ("[{a-b: 1}][a-b = 1]", (), (), "[{<a-b>: 1}][(<a-b> = 1)]"),
    ("a b instance of number", (), (), "(<a b> instance of number)"),
    ("string length(a)", (), (), "<string length>(<a>)"),
    ("count(a)", ("count",), (), "<count>(<a>)"),
]


@pytest.mark.parametrize(("text", "names", "components", "expected"), CASES)
def test_names_reach_as_far_as_a_known_one(text, names, components, expected):
    assert shown(parse(text, (BUILTINS.layer, layer(names)), components)) == expected
