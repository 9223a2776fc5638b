"""Answers nobody gives: the server computes them from the others."""

from __future__ import annotations

from engine.forms.document import Component
from engine.forms.formulas import Scope
from engine.forms.kinds.kind import Schema, as_json


class Computed:
    """The value of an expression. Whatever is sent for it is replaced."""

    def empty(self, component: Component) -> object:
        """Null until it is computed."""
        return None

    def schema(self, component: Component, scope: Scope) -> Schema:
        """Anything, marked as not to be written."""
        return {"readOnly": True}

    def missing(self, component: Component) -> str:
        """Never asked for; said only if a form marks a computed value as required."""
        return f"“{component.title}” could not be computed. Check the answers it is made from."

    def fault(self, component: Component, value: object, scope: Scope) -> str | None:
        """Nothing to find fault with: what was sent is not used."""
        return None

    def example(self, component: Component, text: str) -> object:
        """The JSON value."""
        return as_json(text)
