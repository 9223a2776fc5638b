"""Keys in addresses."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter

from api.fields import KEY_PATTERN


class KeyConverter(BaseConverter):
    """A key as addresses hold it: 1 to 18 ASCII digits, so that it fits every database."""

    regex = KEY_PATTERN.strip("^$")


def key_schema(_: KeyConverter) -> dict[str, Any]:
    """How the document describes a key."""
    return {"type": "string", "pattern": KEY_PATTERN, "examples": ["1024"]}
