"""Types as they are written after ``instance of`` and beside parameters."""

from __future__ import annotations

from engine.feel.syntax.cursor import Cursor
from engine.feel.syntax.names import layer, longest
from engine.feel.syntax.tree import TypeName

_BUILT_IN = layer(
    ["date and time", "days and time duration", "years and months duration", "day time duration"]
)


def type_here(cursor: Cursor) -> TypeName:
    """The type written here, stepped over.

    Raises:
        FeelSyntaxError: if none is written here.
    """
    cursor.enter()
    position = cursor.token.position
    generic = cursor.token.text if cursor.following.text == "<" else ""
    reader = _READERS.get(generic)
    if reader is None:
        written = TypeName(_plain_name(cursor), position)
    else:
        cursor.index += 2
        written = reader(cursor, generic, position)
    cursor.leave()
    return written


def _plain_name(cursor: Cursor) -> str:
    for known in (cursor.types, _BUILT_IN):
        count, name = longest(known, cursor.tokens, cursor.index)
        if count:
            cursor.index += count
            return name
    name = cursor.name_here() or ""
    if not name:
        raise cursor.error(f"Expected a type, found {cursor.found()}")
    while cursor.take("."):
        name += "." + (cursor.name_here() or "")
    return name


def _one_part(cursor: Cursor, name: str, position: int) -> TypeName:
    part = type_here(cursor)
    cursor.expect(">", f"the type of the {name}'s parts")
    return TypeName(name, position, (part,))


def _context(cursor: Cursor, name: str, position: int) -> TypeName:
    keys: list[str] = []
    parts: list[TypeName] = []
    while not cursor.take(">"):
        key = cursor.name_until(":")
        if key is None:
            raise cursor.error(f"Expected a name and ':' in a context's type, found {cursor.found()}")
        cursor.expect(":", "a name in a context's type")
        keys.append(key)
        parts.append(type_here(cursor))
        if not cursor.take(",") and not cursor.at(">"):
            raise cursor.error(f"Expected ',' or '>' in a context's type, found {cursor.found()}")
    return TypeName(name, position, tuple(parts), tuple(keys))


def _function(cursor: Cursor, name: str, position: int) -> TypeName:
    parts: list[TypeName] = []
    while not cursor.take(">"):
        parts.append(type_here(cursor))
        if not cursor.take(",") and not cursor.at(">"):
            raise cursor.error(f"Expected ',' or '>' in a function's type, found {cursor.found()}")
    cursor.expect("->", "the parameters of a function's type")
    return TypeName(name, position, tuple(parts), result=type_here(cursor))


_READERS = {"list": _one_part, "range": _one_part, "context": _context, "function": _function}
