"""The example answer that a form carries in its ``ehc:example`` properties."""

from __future__ import annotations

from collections.abc import Sequence

from engine.forms.answering import item_scope, visible
from engine.forms.fields import Field, put
from engine.forms.formulas import Formula, Scope, is_formula
from engine.forms.kinds.kind import as_json


def example_answer(fields: Sequence[Field], scope: Scope) -> dict[str, object]:
    """A complete answer: every field that has an example and is asked, given the others' examples."""
    answers: dict[str, object] = {}
    for field in fields:
        if _has_example(field):
            put(answers, field.at, example_of(field, scope))
    shown: dict[str, object] = {}
    for field, inner in visible(fields, answers, scope):
        if _has_example(field):
            put(shown, field.at, example_of(field, inner))
    return shown


def example_of(field: Field, scope: Scope) -> object:
    """The example of one field: a constant, FEEL, or for a list its items' examples as one entry."""
    text = field.component.own("example")
    if text is None:
        return [example_answer(field.items, item_scope(scope, {}, 1))]
    if is_formula(text):
        return Formula(text).value(scope)
    return as_json(text) if field.is_list else field.kind.example(field.component, text)


def _has_example(field: Field) -> bool:
    if field.type == "expression":
        return False
    if field.component.own("example") is not None:
        return True
    return field.is_list and any(_has_example(item) for item in field.items)
