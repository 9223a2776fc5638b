"""Built-ins on strings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from time import thread_time
from typing import Any

from engine.feel.errors import LimitExceeded, NoValue
from engine.feel.evaluation import LONGEST_STRING, Evaluation, joined
from engine.feel.functions import family
from engine.feel.patterns import compiled
from engine.feel.values import Value

PATTERN_SECONDS = 0.1
PATTERN_STEPS = 5
EMPTY = ""


def _length(text: str) -> Decimal:
    return Decimal(len(text))


def _substring(text: str, start: int, length: int | None = None) -> str:
    if start == 0 or abs(start) > len(text):
        raise NoValue(f"there is no position {start} in a string of {len(text)}")
    if length is not None and length < 1:
        raise NoValue("the length must be at least 1")
    first = start - 1 if start > 0 else len(text) + start
    return text[first:] if length is None else text[first : first + length]


def _before(text: str, match: str) -> str:
    return text.partition(match)[0] if match and match in text else EMPTY


def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


def _contains(text: str, match: str) -> bool:
    return match in text


def _join(items: list[Value], delimiter: str | None = None, *, evaluation: Evaluation) -> str:
    if any(item is not None and type(item) is not str for item in items):
        raise NoValue("all items are strings")
    return joined([item for item in items if item is not None], evaluation, delimiter or EMPTY)


@contextmanager
def _limited(evaluation: Evaluation) -> Iterator[float]:
    """The seconds a pattern may take; what it takes counts against those of the whole evaluation."""
    evaluation.spend(PATTERN_STEPS)
    began = thread_time()
    try:
        yield PATTERN_SECONDS
    except TimeoutError:
        raise LimitExceeded(
            "A pattern takes too long. Write it so that it can't match in many ways."
        ) from None
    # The search itself ends after that time; what is above it was the collector's, not the pattern's.
    evaluation.pattern_seconds -= min(thread_time() - began, PATTERN_SECONDS)
    if evaluation.pattern_seconds < 0:
        raise LimitExceeded("The patterns of the expression take too long. Use fewer or simpler ones.")


def _matches(text: str, pattern: str, flags: str | None = None, *, evaluation: Evaluation) -> bool:
    with _limited(evaluation) as seconds:
        found = compiled(pattern, flags or EMPTY).search(text, timeout=seconds)
    return found is not None


def _replace(
    text: str, pattern: str, replacement: str, flags: str | None = None, *, evaluation: Evaluation
) -> str:
    with _limited(evaluation) as seconds:
        expression = compiled(pattern, flags or EMPTY)
        if expression.match(EMPTY, timeout=seconds):
            raise NoValue("the pattern matches the empty string")
        parts = _literal(replacement) if "q" in (flags or EMPTY) else _parts(replacement, expression.groups)
        return str(expression.sub(_filler(parts), text, timeout=seconds))


def _literal(replacement: str) -> list[str | int]:
    return [replacement]


def _filler(parts: list[str | int]) -> Callable[[Any], str]:
    """Fills in the groups of each match, and stops before the result becomes too long."""
    written = 0

    def fill(match: Any) -> str:
        nonlocal written
        text = EMPTY.join(part if isinstance(part, str) else match[part] or EMPTY for part in parts)
        written += len(text)
        if written > LONGEST_STRING:
            raise LimitExceeded(f"A string has more than {LONGEST_STRING} characters. Replace less.")
        return text

    return fill


def _parts(replacement: str, groups: int) -> list[str | int]:
    """A replacement as literal text and numbers of groups: ``$1``, ``\\$`` and ``\\\\``."""
    parts: list[str | int] = []
    at = 0
    while at < len(replacement):
        char, following = replacement[at], replacement[at + 1 : at + 2]
        at += 1
        if char == "\\":
            if following not in ("\\", "$"):
                raise NoValue("in a replacement '\\' stands before '$' or '\\' only")
            parts.append(following)
            at += 1
        elif char == "$":
            number, at = _group_number(replacement, at, groups)
            parts.append(number if number <= groups else EMPTY)
        else:
            parts.append(char)
    return parts


def _group_number(replacement: str, at: int, groups: int) -> tuple[int, int]:
    if not ("0" <= replacement[at : at + 1] <= "9"):
        raise NoValue("in a replacement '$' stands before the number of a group")
    number = int(replacement[at])
    at += 1
    while "0" <= replacement[at : at + 1] <= "9" and number * 10 + int(replacement[at]) <= groups:
        number = number * 10 + int(replacement[at])
        at += 1
    return number, at


def _split(text: str, delimiter: str, *, evaluation: Evaluation) -> list[str]:
    with _limited(evaluation) as seconds:
        expression = compiled(delimiter, EMPTY)
        if expression.match(EMPTY, timeout=seconds):
            raise NoValue("the delimiter matches the empty string")
        pieces, start = [], 0
        for match in expression.finditer(text, timeout=seconds):
            pieces.append(text[start : match.start()])
            start = match.end()
    return [*pieces, text[start:]]


TEXT = family(
    [
        ("substring(string: string, start position: whole part, length: whole part?) -> string", _substring),
        ("string length(string: string) -> number", _length),
        ("upper case(string: string) -> string", str.upper),
        ("lower case(string: string) -> string", str.lower),
        ("substring before(string: string, match: string) -> string", _before),
        ("substring after(string: string, match: string) -> string", _after),
        ("contains(string: string, match: string) -> boolean", _contains),
        ("starts with(string: string, match: string) -> boolean", str.startswith),
        ("ends with(string: string, match: string) -> boolean", str.endswith),
        ("matches(input: string, pattern: string, flags: string|null?) -> boolean", _matches),
        (
            "replace(input: string, pattern: string, replacement: string, flags: string|null?) -> string",
            _replace,
        ),
        ("split(string: string, delimiter: string) -> list", _split),
        ("string join(list: list, delimiter: string|null?) -> string", _join),
    ]
)
