"""Answers to questions that the form doesn't ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from engine.forms.fields import Field, Path


def strangers(fields: Sequence[Field], answers: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Each answer that belongs to no field, with the path where it stands and a sentence about it."""
    yield from _strangers({field.at for field in fields}, answers, ())


def _strangers(known: set[Path], answers: Mapping[str, object], at: Path) -> Iterator[tuple[Path, str]]:
    depth = len(at)
    expected = {path[depth] for path in known if path[:depth] == at and len(path) > depth}
    for name, value in answers.items():
        here = (*at, str(name))
        if name not in expected:
            yield here, _sentence(str(name), expected)
        elif here not in known and isinstance(value, Mapping):
            yield from _strangers(known, value, here)
        elif here not in known and value is not None:
            yield here, f"“{name}” holds several answers. Send it as an object of names and values."


def _sentence(name: str, expected: set[str]) -> str:
    near = get_close_matches(name, sorted(expected), n=1)
    hint = f"Did you mean “{near[0]}”?" if near else "Leave it out."
    return f"This form has no question called “{name[:80]}”. {hint}"
