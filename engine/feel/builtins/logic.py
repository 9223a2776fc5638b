"""Built-ins on truth and sameness."""

from __future__ import annotations

from engine.feel.functions import family
from engine.feel.operators.comparison import same
from engine.feel.operators.logic import conjunction, disjunction, negation
from engine.feel.values import Value


def _same(left: Value, right: Value) -> bool:
    return same(left, right)


LOGIC = family(
    [
        ("not(negand: any) -> boolean", negation),
        ("is(value1: any, value2: any) -> boolean", _same),
        ("all(list: list) -> boolean", conjunction),
        ("all(list: any...) -> boolean", conjunction),
        ("any(list: list) -> boolean", disjunction),
        ("any(list: any...) -> boolean", disjunction),
    ]
)
