"""Values as text, the way ``string()`` shows them."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.feel.interchange import range_text
from engine.feel.numbers import to_text
from engine.feel.syntax.names import normal, spelling
from engine.feel.syntax.tokens import NAME_SYMBOLS, Token
from engine.feel.values import Range, Value

_NEEDS_ESCAPE = re.compile(r'["\\]')


def as_text(value: Value) -> str:
    """A value as text; strings inside lists and contexts are quoted, a string itself isn't."""
    return value if isinstance(value, str) else _shown(value)


def _shown(value: Value) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + _NEEDS_ESCAPE.sub(r"\\\g<0>", value) + '"'
    if isinstance(value, Decimal):
        return to_text(value)
    if isinstance(value, list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_shown(item)}" for key, item in value.items()) + "}"
    return range_text(value, _shown) if isinstance(value, Range) else str(value)


def _key(key: str) -> str:
    """A context's key, quoted unless it can be written as a name."""
    tokens = spelling(key) if key == normal(key) else ()
    writable = bool(tokens) and tokens[0].kind == "word" and all(map(_in_a_name, tokens))
    return key if writable else _shown(key)


def _in_a_name(token: Token) -> bool:
    return token.kind in ("word", "number") or token.text in NAME_SYMBOLS
