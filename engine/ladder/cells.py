"""Cells of conditions, read into sets: of words, or of days. What can't be counted out is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import FeelSyntaxError, LimitExceeded
from engine.feel.expression import Vocabulary
from engine.feel.syntax.tree import Interval, Literal, Node, OneSided, Tests

#: Days before all others and after them.
EVER = 1_000_000
#: The furthest day that a cell may name.
FURTHEST = 10_000
_PLAIN = Vocabulary()


class CellRefused(ValueError):
    """A cell says something that a ladder can't be checked for; the message says what it may say."""


@dataclass(frozen=True)
class Words:
    """A set of words: those named, or all but those. ``-`` is all but none."""

    named: frozenset[str]
    all_but: bool

    def __contains__(self, word: str) -> bool:
        return (word in self.named) != self.all_but


@dataclass(frozen=True)
class Days:
    """A set of whole days, as runs of days that don't touch: first and last, from the earliest."""

    runs: tuple[tuple[int, int], ...]

    def __contains__(self, day: int) -> bool:
        return any(first <= day <= last for first, last in self.runs)


ANY_WORD = Words(frozenset(), all_but=True)
ANY_DAY = Days(((-EVER, EVER),))


def words_in(text: str) -> Words:
    """The set of words of a cell: ``-``, ``"a", "b"`` or ``not("a", "b")``.

    Raises:
        CellRefused: it says something else.
    """
    tests = _tests(text)
    if tests is None:
        return ANY_WORD
    words = [test.value for test in tests.tests if isinstance(test, Literal) and isinstance(test.value, str)]
    if len(words) != len(tests.tests) or not words:
        raise CellRefused('A cell here says -, words in quotes such as "camhs", "icb", or not("camhs").')
    return Words(frozenset(words), tests.negated)


def days_in(text: str) -> Days:
    """The set of days of a cell: ``-``, ``3``, ``< -14``, ``[1..2]``, several of them, or ``not(...)``.

    Raises:
        CellRefused: it says something else, or no day.
    """
    tests = _tests(text)
    if tests is None:
        return ANY_DAY
    runs = _joined(_run(test) for test in tests.tests)
    found = _others(runs) if tests.negated else runs
    if not found:
        raise CellRefused("No day lies in it: write the earlier day first.")
    return Days(found)


def _tests(text: str) -> Tests | None:
    """The tests of a cell; None where anything matches."""
    if text in ("", "-"):
        return None
    try:
        tree = _PLAIN.tree_of_tests(text)
    except (FeelSyntaxError, LimitExceeded) as refused:
        raise CellRefused(f"It can't be read: {refused}") from refused
    assert isinstance(tree, Tests)
    return tree if tree.tests else None


def _run(test: Node) -> tuple[int, int]:
    if isinstance(test, Literal):
        day = _day(test)
        return day, day
    if isinstance(test, Interval):
        return _day(test.low) + (not test.low_closed), _day(test.high) - (not test.high_closed)
    if isinstance(test, OneSided) and test.operator in _ENDS:
        return _ENDS[test.operator](_day(test.end))
    raise CellRefused(_DAYS)


_ENDS: Mapping[str, Callable[[int], tuple[int, int]]] = {
    "<": lambda day: (-EVER, day - 1),
    "<=": lambda day: (-EVER, day),
    ">": lambda day: (day + 1, EVER),
    ">=": lambda day: (day, EVER),
    "=": lambda day: (day, day),
}
_DAYS = "A cell here says -, whole days such as 3 or [1..2] or [-7..-3], or < -14, <=, >, >=, or not(...)."


def _day(node: Node) -> int:
    value = node.value if isinstance(node, Literal) else None
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise CellRefused(_DAYS)
    if abs(value) > FURTHEST:
        raise CellRefused(f"A day lies within {FURTHEST} days of the limit.")
    return int(value)


def _joined(runs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The same days, in runs that don't touch."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(run for run in runs if run[0] <= run[1]):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return tuple(joined)


def _others(runs: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """All days but these."""
    begin, found = -EVER, []
    for first, last in runs:
        if begin < first:
            found.append((begin, first - 1))
        begin = last + 1
    return (*found, (begin, EVER)) if begin <= EVER else tuple(found)
