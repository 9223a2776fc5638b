"""Answers that are picked: a tick, one of several, several of several."""

from __future__ import annotations

from engine.forms.document import Component
from engine.forms.formulas import Scope
from engine.forms.kinds.kind import Schema, as_json, nullable
from engine.forms.options import options_of

_SCALAR = ["string", "number", "boolean"]


class Checkbox:
    """One box to tick. Where it is required it has to be ticked."""

    def empty(self, component: Component) -> object:
        """False."""
        return False

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A boolean; exactly true where it is required."""
        return {"const": True} if component.required else {"type": ["boolean", "null"]}

    def missing(self, component: Component) -> str:
        """Ask for the tick."""
        return f"Tick “{component.title}” to go on."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """True or false, nothing else."""
        return None if isinstance(value, bool) else f"“{component.title}” must be true or false."

    def example(self, component: Component, text: str) -> object:
        """``true`` or ``false``."""
        return as_json(text)


class OneChoice:
    """One of several choices."""

    def empty(self, component: Component) -> object:
        """Null."""
        return None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """An enumeration of the values, or any plain value while the choices aren't known."""
        options = options_of(component, scope)
        if options is None:
            return {"type": _SCALAR if component.required else [*_SCALAR, "null"]}
        return nullable({"enum": [option.value for option in options]}, component)

    def missing(self, component: Component) -> str:
        """Ask for the choice."""
        return f"Select an answer to “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """One of the values on offer."""
        return _choice_fault(component, value, scope)

    def example(self, component: Component, text: str) -> object:
        """The text where it is one of the values, else what it stands for as JSON (``true``, ``3``)."""
        return text if text in _constant_values(component) else as_json(text)


class ManyChoices:
    """Any number of several choices."""

    def empty(self, component: Component) -> object:
        """An empty list."""
        return []

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A list without repetition; at least one where it is required."""
        options = options_of(component, scope)
        items: Schema = {"type": _SCALAR} if options is None else {"enum": [each.value for each in options]}
        schema: Schema = {"type": "array", "items": items, "uniqueItems": True}
        return {**schema, "minItems": 1} if component.required else nullable(schema, component)

    def missing(self, component: Component) -> str:
        """Ask for at least one."""
        return f"Select at least one answer to “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """A list of values on offer, each at most once."""
        if not isinstance(value, list):
            return f"“{component.title}” must be a list of choices."
        if any(value.count(item) > 1 for item in value[:200]) or len(value) > 200:
            return f"“{component.title}” names a choice twice. Name each choice once."
        faults = (_choice_fault(component, item, scope) for item in value)
        return next((fault for fault in faults if fault), None)

    def example(self, component: Component, text: str) -> object:
        """A JSON list."""
        return as_json(text)


def _constant_values(component: Component) -> list[object]:
    values = component.attributes.get("values")
    listed = values if isinstance(values, list) else []
    return [each.get("value") if isinstance(each, dict) else each for each in listed]


def _choice_fault(component: Component, value: object, scope: Scope) -> str | None:
    options = options_of(component, scope)
    if options is None:
        return (
            f"There is nothing to choose from for “{component.title}” at present. Ask the process owner to "
            "look at where the form takes its choices from."
        )
    if any(option.value == value and type(option.value) is type(value) for option in options):
        return None
    offered = "; ".join(f"{option.value!r} ({option.label})" for option in options[:12])
    return f"Select one of the choices for “{component.title}”: {offered}."
