"""Runs migrations on the connection that `engine.store.migrate` hands over, or on a URL of its own."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from engine.store.tables import metadata
from engine.store.types import Instant, JsonText, PackedText


def _render(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Own types are written by name, so that a migration reads as the tables do."""
    if kind == "type" and isinstance(value, Instant):
        return "Instant()"
    if kind == "type" and isinstance(value, JsonText):
        return "JsonText()"
    if kind == "type" and isinstance(value, PackedText):
        return "PackedText()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
