"""Names as JSON writes them."""

from __future__ import annotations


def camel(name: str) -> str:
    """`due_date` as `dueDate`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
