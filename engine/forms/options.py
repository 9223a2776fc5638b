"""The choices a radio, select, checklist or tag list offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.forms.document import Component
from engine.forms.formulas import Formula, Scope

MANY = frozenset({"checklist", "taglist"})
CHOICE_TYPES = MANY | {"radio", "select"}


@dataclass(frozen=True)
class Option:
    """One choice: the words people see and the value that is stored."""

    label: str
    value: str | bool | int | float


def options_of(component: Component, scope: Scope) -> Sequence[Option] | None:
    """The choices of a component now, or None where they can't be known from what is in scope."""
    found = _listed(component, scope)
    if not isinstance(found, list):
        return None
    return [option for item in found if (option := _option(item)) is not None]


def _listed(component: Component, scope: Scope) -> object:
    attributes = component.attributes
    if text := attributes.get("valuesExpression"):
        return Formula(str(text)).value(scope)
    if key := attributes.get("valuesKey"):
        return scope.names.get(str(key))
    return attributes.get("values")


def _option(item: object) -> Option | None:
    if isinstance(item, str | bool | int | float):
        return Option(str(item), item)
    if not isinstance(item, dict):
        return None
    value = item.get("value", item.get("label"))
    if not isinstance(value, str | bool | int | float):
        return None
    return Option(str(item.get("label") or value), value)
