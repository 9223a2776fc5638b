"""A form as JSON Schema 2020-12 of its answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine.forms.answering import MOST_ITEMS
from engine.forms.document import Component
from engine.forms.fields import Field, Path
from engine.forms.formulas import Scope

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def answer_schema(fields: Sequence[Field], scope: Scope) -> Schema:
    """The schema of an object that holds the answers to the fields.

    What conditions ask can't be said in a schema: a question that may be hidden isn't required in it, and
    carries its conditions as ``x-ehc-hidden-when``. The check of the form itself knows both.
    """
    return _object(fields, (), scope)


def _object(fields: Sequence[Field], at: Path, scope: Scope) -> Schema:
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for name, members in _by_first_key(fields, at):
        properties[name] = _member(members, (*at, name), scope)
        if any(_must_be_there(field) for field in members):
            required.append(name)
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _by_first_key(fields: Sequence[Field], at: Path) -> Iterator[tuple[str, list[Field]]]:
    groups: dict[str, list[Field]] = {}
    for field in fields:
        groups.setdefault(field.at[len(at)], []).append(field)
    yield from groups.items()


def _must_be_there(field: Field) -> bool:
    wanted = field.required or (field.is_list and field.component.at_least > 0)
    return wanted and not field.hides and field.type != "expression"


def _member(members: Sequence[Field], at: Path, scope: Scope) -> Schema:
    first = members[0]
    if first.at != at:
        return _object(members, at, scope)
    return {**_described(first), **(_list(first, scope) if first.is_list else _question(first, scope))}


def _list(field: Field, scope: Scope) -> Schema:
    schema: Schema = {"items": _object(field.items, (), scope), "maxItems": MOST_ITEMS}
    if least := field.component.at_least:
        return {"type": "array", **schema, "minItems": least}
    return {"type": ["array", "null"], **schema}


def _question(field: Field, scope: Scope) -> Schema:
    return field.kind.schema(field.component, scope)


def _described(field: Field) -> Schema:
    component = field.component
    notes: Schema = {"title": field.label}
    if description := component.attributes.get("description"):
        notes["description"] = str(description)
    if field.hides:
        notes["x-ehc-hidden-when"] = [formula.text for formula in field.hides]
        notes |= _required_when_shown(component)
    notes["x-ehc-audience"] = sorted(field.audience)
    notes["x-ehc-process"] = field.process
    return notes


def _required_when_shown(component: Component) -> Schema:
    return {"x-ehc-required-when-shown": True} if component.required else {}
