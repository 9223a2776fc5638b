"""Whether sections that somebody sends have the shape of a plan's sections at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from engine.errors import FieldProblem
from engine.plans.sections import (
    HOW_ADVICE_CAME,
    KINDS_OF_OUTCOME,
    NUMBER,
    REFERENCES,
    SHAPE,
    TITLES,
    YES_OR_NO,
    Entries,
    Part,
)

_MOST_ENTRIES = 200
_DAYS = frozenset({"agreedOn", "startOn", "on"})
_CODES: Mapping[str, tuple[str, ...]] = {"E.kind": KINDS_OF_OUTCOME, "K.how": HOW_ADVICE_CAME}


def problems_of(sections: object, where: str = "sections") -> list[FieldProblem]:
    """What is wrong with the shape of sections, each with its dotted path; none if they can be kept."""
    if not isinstance(sections, Mapping):
        return [FieldProblem(where, "Send the sections by letter, as an object.")]
    return [
        problem for letter, section in sections.items() for problem in _section(str(letter), section, where)
    ]


def _section(letter: str, section: object, where: str) -> Iterator[FieldProblem]:
    path = f"{where}.{letter}"
    if letter not in SHAPE:
        yield FieldProblem(path, f"A plan has the sections {', '.join(TITLES)} (regulation 12(1)).")
        return
    if not isinstance(section, Mapping):
        yield FieldProblem(path, "A section is an object.")
        return
    yield from _parts(letter, SHAPE[letter], section, path)


def _parts(
    letter: str, shape: tuple[Part | Entries, ...], section: Mapping[str, Any], path: str
) -> Iterator[FieldProblem]:
    known = {each.name: each for each in shape}
    for name, value in section.items():
        if name not in known:
            yield FieldProblem(f"{path}.{name}", f"This holds only: {', '.join(known)}.")
        elif value is None:
            continue
        elif isinstance(each := known[name], Entries):
            yield from _entries(letter, each, value, f"{path}.{name}")
        elif message := _wrong(letter, each, value):
            yield FieldProblem(f"{path}.{name}", message)


def _entries(letter: str, shape: Entries, value: object, path: str) -> Iterator[FieldProblem]:
    if not isinstance(value, list) or len(value) > _MOST_ENTRIES:
        yield FieldProblem(path, f"This is a list of at most {_MOST_ENTRIES} entries.")
        return
    first = shape.parts[0].name
    for number, entry in enumerate(value):
        where = f"{path}[{number}]"
        if not isinstance(entry, Mapping):
            yield FieldProblem(where, "An entry is an object.")
            continue
        if not entry.get(first):
            yield FieldProblem(f"{where}.{first}", "Every entry needs this.")
        yield from _parts(letter, shape.parts, entry, where)


def _wrong(letter: str, part: Part, value: object) -> str:
    """Why a value can't stand in a part; empty if it can."""
    if part.longest == YES_OR_NO:
        return "" if isinstance(value, bool) else "This must be true or false."
    if part.longest == NUMBER:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number and 0 <= float(str(value)) <= 168 else "This must be a number from 0 to 168."
    if part.longest == REFERENCES:
        texts = isinstance(value, list) and all(isinstance(word, str) and len(word) <= 8 for word in value)
        return "" if texts else 'This is a list of needs, for example ["B1", "C"].'
    if not isinstance(value, str) or len(value) > part.longest:
        return f"This must be a text of at most {part.longest} letters."
    return _wrong_text(letter, part, value)


def _wrong_text(letter: str, part: Part, value: str) -> str:
    if value and part.name in _DAYS:
        return "" if _is_day(value) else "This must be a day such as 2026-11-02 that exists."
    words = _CODES.get(f"{letter}.{part.name}")
    if words and value not in words:
        return f"This must be one of: {', '.join(words)}."
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in value):
        return "This holds letters that can't be shown."
    return ""


def _is_day(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == 10
