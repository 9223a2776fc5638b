"""Answers that are uploaded documents, named by the ids they got when they were uploaded."""

from __future__ import annotations

from engine.forms.document import Component
from engine.forms.formulas import Formula, Scope, is_formula
from engine.forms.kinds.kind import Schema, as_json, nullable

_MOST = 50


class Files:
    """One upload id, or several where the form allows it."""

    def empty(self, component: Component) -> object:
        """Null, or an empty list where several are allowed by a constant."""
        return [] if component.attributes.get("multiple") is True else None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """A string, or a list of strings."""
        one: Schema = {"type": "string", "minLength": 1}
        if not _several(component, scope):
            return nullable(one, component)
        many: Schema = {"type": "array", "items": one, "uniqueItems": True, "maxItems": _MOST}
        return {**many, "minItems": 1} if component.required else nullable(many, component)

    def missing(self, component: Component) -> str:
        """Ask for the upload."""
        return f"Upload a document for “{component.title}”."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """Ids of uploads, as many as are allowed."""
        several = _several(component, scope)
        if several and isinstance(value, list):
            sound = len(value) <= _MOST and all(_is_id(each) for each in value)
            sound = sound and len(set(value)) == len(value)
        else:
            sound = not several and _is_id(value)
        if sound:
            return None
        wanted = f"a list of up to {_MOST} upload ids" if several else "the id of one upload"
        return f"“{component.title}” must be {wanted}. Upload the documents first and send the ids you get."

    def example(self, component: Component, text: str) -> object:
        """An upload id, or a JSON list of them."""
        value = as_json(text)
        return value if isinstance(value, list) else text


def _is_id(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _several(component: Component, scope: Scope) -> bool:
    value = component.attributes.get("multiple")
    return scope.holds(Formula(str(value))) if is_formula(value) else value is True
