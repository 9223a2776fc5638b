"""Checking what somebody answered: what is asked at all, what is missing, what doesn't fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import FieldProblem
from engine.feel import LimitExceeded
from engine.forms.fields import Field, Path, look_up, put
from engine.forms.formulas import Formula, Scope
from engine.forms.strangers import strangers

MOST_ITEMS = 200


@dataclass(frozen=True)
class Checked:
    """The outcome of a check.

    Attributes:
        answers: what is to be stored: hidden answers dropped, computed ones filled in, unanswered ones
            null, false or an empty list.
        problems: what is wrong, by dotted path; nothing may be stored while there are any.
    """

    answers: dict[str, object]
    problems: tuple[FieldProblem, ...]


def check_answers(fields: Sequence[Field], answers: object, scope: Scope) -> Checked:
    """Check the answers to a form's fields, and clean them.

    Args:
        fields: the form's fields.
        answers: what was sent.
        scope: the moment, and what the form's expressions see besides the answers.
    """
    return _check(fields, answers, scope, ())


def _check(fields: Sequence[Field], answers: object, scope: Scope, prefix: Path) -> Checked:
    if not isinstance(answers, Mapping):
        return Checked(
            {}, (FieldProblem(".".join(prefix), "Send the answers as an object of names and values."),)
        )
    problems = [FieldProblem(_dotted(prefix, at), text) for at, text in strangers(fields, answers)]
    kept: dict[str, object] = {}
    for field, inner in visible(fields, answers, scope):
        value, found = _checked_value(field, look_up(answers, field.at), inner, (*prefix, *field.at))
        put(kept, field.at, value)
        problems += found
    _compute(fields, kept, scope)
    return Checked(kept, tuple(problems))


def visible(
    fields: Sequence[Field], answers: Mapping[str, object], scope: Scope
) -> Iterator[tuple[Field, Scope]]:
    """The fields that are asked, given the answers, each with the scope of its expressions.

    A hidden field's answer counts as not given for the conditions of the fields after it.
    """
    seen = dict(answers)
    inner = scope.having(seen)
    for field in fields:
        if any(_holds(formula, inner) for formula in field.hides):
            seen = _without(seen, field.at)
            inner = scope.having(seen)
        elif field.type != "expression":
            yield field, inner


def item_scope(scope: Scope, item: object, position: int) -> Scope:
    """What the expressions of one item of a list see: ``this``, ``parent``, ``i`` and its own answers."""
    own = item if isinstance(item, Mapping) else {}
    return scope.having({**own, "this": own, "parent": dict(scope.names), "i": position})


def _holds(formula: Formula, scope: Scope) -> bool:
    try:
        return scope.holds(formula)
    except LimitExceeded:
        return False


def _without(answers: dict[str, object], at: Path) -> dict[str, object]:
    key, rest = at[0], at[1:]
    inner = answers.get(key)
    if rest and isinstance(inner, dict):
        return {**answers, key: _without(inner, rest)}
    return {name: value for name, value in answers.items() if name != key}


def _checked_value(
    field: Field, value: object, scope: Scope, prefix: Path
) -> tuple[object, Sequence[FieldProblem]]:
    if field.is_list:
        return _checked_list(field, value, scope, prefix)
    component, empty = field.component, field.kind.empty(field.component)
    if value is None or value == "" or value == []:
        value = empty
    if value == empty:
        return empty, [_problem(field, prefix, field.kind.missing(component))] if field.required else []
    try:
        fault = field.kind.fault(component, value, scope)
    except LimitExceeded:
        fault = f"“{field.label}” could not be checked: the form's expression takes too long. Tell its owner."
    return value, [_problem(field, prefix, fault)] if fault else []


def _problem(field: Field, path: Path, message: str) -> FieldProblem:
    return FieldProblem(".".join(path), field.component.own("error") or message)


def _checked_list(
    field: Field, value: object, scope: Scope, prefix: Path
) -> tuple[object, Sequence[FieldProblem]]:
    items = [] if value is None else value
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        return [], [_problem(field, prefix, f"“{field.label}” must be a list of up to {MOST_ITEMS} entries.")]
    if len(items) < (least := field.component.at_least):
        words = "at least one entry" if least == 1 else f"at least {least} entries"
        return items, [_problem(field, prefix, f"Add {words} to “{field.label}”.")]
    checked = [
        _check(field.items, item, item_scope(scope, item, position), (*prefix, str(position - 1)))
        for position, item in enumerate(items, start=1)
    ]
    return [each.answers for each in checked], [problem for each in checked for problem in each.problems]


def _compute(fields: Sequence[Field], kept: dict[str, object], scope: Scope) -> None:
    for field in fields:
        if field.type != "expression":
            continue
        inner = scope.having(kept)
        if not any(_holds(formula, inner) for formula in field.hides):
            put(kept, field.at, _computed(field, inner))


def _computed(field: Field, scope: Scope) -> object:
    try:
        return Formula(str(field.component.attributes.get("expression", "null"))).value(scope)
    except LimitExceeded:
        return None


def _dotted(prefix: Path, at: Path) -> str:
    return ".".join((*prefix, *at))
