"""Small form documents for the tests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from engine.forms import Form, read_form

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
YES_NO = '=[{label: "Yes", value: true}, {label: "No", value: false}]'


def question(kind: str, key: str, **attributes: Any) -> dict[str, Any]:
    """A component with a label and an id of its own."""
    made: dict[str, Any] = {"type": kind, "id": f"Field_{key}", "key": key, "label": key.capitalize()}
    if kind in ("group", "dynamiclist"):
        made["path"] = made.pop("key")
    return {**made, **attributes}


def required(**rules: Any) -> dict[str, Any]:
    """Validation settings of a question that must be answered."""
    return {"required": True, **rules}


def document(*components: dict[str, Any], **attributes: Any) -> bytes:
    """The bytes of a form document."""
    made = {"type": "default", "id": "paper", "schemaVersion": 19, "components": list(components)}
    return json.dumps({**made, **attributes}).encode()


def form(*components: dict[str, Any]) -> Form:
    """A form of these components."""
    return read_form(document(*components), "paper.form")
