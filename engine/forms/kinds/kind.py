"""What every kind of question has to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from engine.forms.document import Component
from engine.forms.formulas import Formula, Scope, is_formula

Schema = dict[str, Any]


class Kind(Protocol):
    """The rules for the answers of one kind of question."""

    def empty(self, component: Component) -> object:
        """The answer that stands for "not answered": null, false or an empty list."""
        ...

    def schema(self, component: Component, scope: Scope) -> Schema:
        """JSON Schema 2020-12 of the answer."""
        ...

    def missing(self, component: Component) -> str:
        """What to tell somebody who left a required question out."""
        ...

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """What is wrong with an answer that was given, and what to do; None if it is fine."""
        ...

    def example(self, component: Component, text: str) -> object:
        """Read an example written as a constant in ``ehc:example``."""
        ...


def nullable(schema: Schema, component: Component) -> Schema:
    """The schema, widened by null unless the question has to be answered."""
    if component.required:
        return schema
    if isinstance(schema.get("type"), str) and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {"anyOf": [schema, {"type": "null"}]}


def as_json(text: str) -> object:
    """The value a text stands for as JSON; the text itself where it is no JSON."""
    try:
        value: object = json.loads(text)
    except ValueError:
        return text
    return value


def bound(component: Component, name: str, scope: Scope) -> object:
    """A validation setting that may be a constant or an expression."""
    value = component.rules.get(name)
    return Formula(value).value(scope) if isinstance(value, str) and is_formula(value) else value


def constant_rules(component: Component, names: Mapping[str, str]) -> Schema:
    """Schema keywords for those validation settings that are plain numbers."""
    rules = component.rules
    return {
        keyword: rules[name]
        for name, keyword in names.items()
        if isinstance(rules.get(name), int | float) and not isinstance(rules[name], bool)
    }
