"""Extension properties whose name begins with ``ehc:``."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error, nearest
from engine.spiff.elements import ElementInfo


def known_names(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A misspelt property would silently do nothing, so every name must be one of ours."""
    for name, value in element.properties.items():
        yield from unknown_name(called(element), name, known)
        if name in known.words.properties and not value.strip():
            yield error(
                "empty-property",
                f"{called(element)} has the property {name} without a value.",
                "Fill it in, or remove the property.",
            )


def unknown_name(owner: str, name: str, known: Known) -> Iterator[Remark]:
    """The remark on a property of an element or process that looks like ours and isn't."""
    if name in known.words.properties or not _looks_like_ours(name, known):
        return
    listed = f"Use one of: {', '.join(known.words.properties)}."
    yield error(
        "unknown-property",
        f"{owner} has the property {name}, which doesn't exist: it would have no effect.",
        nearest(name, known.words.properties, listed),
    )


def _looks_like_ours(name: str, known: Known) -> bool:
    """It begins like ours, or has one of our words behind another prefix."""
    prefix, _, word = name.partition(":")
    close = get_close_matches(prefix.lower(), ["ehc"], cutoff=0.6)
    return name.lower().replace("_", ":").startswith("ehc") or bool(
        close and f"ehc:{word}" in known.words.properties
    )
