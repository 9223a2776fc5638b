"""A form document as its editor wrote it: a tree of components."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

CONTAINERS = frozenset({"group", "dynamiclist"})
ANSWERED = frozenset(
    {
        "textfield",
        "textarea",
        "number",
        "datetime",
        "checkbox",
        "radio",
        "select",
        "checklist",
        "taglist",
        "filepicker",
        "expression",
    }
)
SHOWN = frozenset({"text", "image", "table", "separator", "spacer", "button", "documentPreview"})
REFUSED = frozenset({"html", "iframe"})

OWN_PROPERTIES = (
    "ehc:audience",
    "ehc:process",
    "ehc:example",
    "ehc:error",
    "ehc:autocomplete",
    "ehc:at-least",
)


@dataclass(frozen=True)
class Component:
    """One component of a form: a question, a group, a list of repeated questions, or something shown."""

    id: str
    type: str
    attributes: Mapping[str, Any]
    children: tuple[Component, ...] = ()

    @property
    def key(self) -> str:
        """Where its answer goes: the key of a question, the path of a group or list; may be empty."""
        name = "path" if self.type in CONTAINERS else "key"
        return str(self.attributes.get(name) or "")

    @property
    def label(self) -> str:
        """The words people see. A date's or time's own label stands in attributes of its own."""
        names = ("label", "dateLabel", "timeLabel")
        return next((str(self.attributes[name]) for name in names if self.attributes.get(name)), "")

    @property
    def title(self) -> str:
        """The label, or where there is none its key or id: something to call it by."""
        return self.label or self.key or self.id

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The editor's validation settings: required, lengths, pattern, bounds."""
        return _mapping(self.attributes.get("validate"))

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        """The custom properties, where everything of ours is kept."""
        return _mapping(self.attributes.get("properties"))

    @cached_property
    def required(self) -> bool:
        """Whether it has to be answered while it is shown."""
        return self.rules.get("required") is True

    @cached_property
    def at_least(self) -> int:
        """How many entries a list of repeated questions must have (``ehc:at-least``); 0 if it doesn't say."""
        text = self.own("at-least") or ""
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def hide(self) -> str | None:
        """The condition under which it isn't shown, as FEEL text."""
        text = _mapping(self.attributes.get("conditional")).get("hide")
        return str(text) if text else None

    def own(self, name: str) -> str | None:
        """The value of one of our custom properties, without the prefix ``ehc:``."""
        value = self.properties.get(f"ehc:{name}")
        return None if value is None else str(value)

    def walk(self) -> Iterator[Component]:
        """This component and all inside it, in the order of the form."""
        yield self
        for child in self.children:
            yield from child.walk()


def components(raw: object) -> tuple[Component, ...]:
    """Build the tree from the ``components`` member of a document; what isn't an object is left out."""
    if not isinstance(raw, list):
        return ()
    return tuple(_component(item) for item in raw if isinstance(item, dict))


def _component(raw: Mapping[str, Any]) -> Component:
    return Component(
        id=str(raw.get("id") or ""),
        type=str(raw.get("type") or ""),
        attributes=raw,
        children=components(raw.get("components")),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
