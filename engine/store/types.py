"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Integer, LargeBinary, Row, Select, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

#: Keys: 64 bits; on SQLite INTEGER, the only type that numbers itself.
Key = BigInteger().with_variant(Integer(), "sqlite")

#: A query of one instant, the earliest of its kind: its row is null or missing where there is none.
Soonest = Select[tuple[datetime]] | Select[tuple[datetime | None]]
#: A row of any query.
AnyRow = Row[*tuple[Any, ...]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. Naive values are refused; SQLite holds whole microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL has a type for it; SQLite's text would lose the offset."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Aware moments only."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset; use the engine's clock")
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // _MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Always aware, always UTC: on PostgreSQL, whose sessions of ours are in UTC, it comes like that."""
        return None if dialect.name == "postgresql" else _instant


def _instant(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


class JsonText(TypeDecorator[Any]):
    """A small JSON value kept as the text that we wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact and in a fixed order, so that equal values are equal text."""
        return None if value is None else to_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Parsed back, without a call in between: every list has columns of these."""
        return _parsed


def _parsed(text: str | None) -> Any:
    if text == "[]":  # most lists are empty, and every step reads a dozen of them
        return []
    if text is None:
        return None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:  # half a surrogate pair, say: not what we write, but what somebody may have
        return json.loads(text)


class PackedText(TypeDecorator[str]):
    """Long text that nobody searches, kept small: PostgreSQL packs it by itself, SQLite gets it packed.

    To read one in SQLite's own shell: `sqlar_uncompress(state, 1000000)`.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Bytes on SQLite."""
        return dialect.type_descriptor(LargeBinary() if dialect.name == "sqlite" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:
        """Packed where the database doesn't do it."""
        return zlib.compress(value.encode()) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """The text as it was written; what was spoiled meanwhile, as it stands, for its reader to refuse."""
        if not isinstance(value, bytes):
            return None if value is None else str(value)
        try:
            return zlib.decompress(value).decode()
        except (zlib.error, UnicodeDecodeError):
            return value.decode(errors="replace")


def to_text(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no NaN, UTF-8 letters as they are."""
    return _CANONICAL.encode(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
