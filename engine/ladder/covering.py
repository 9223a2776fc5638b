"""The proof that every input finds exactly one row: gaps and overlaps, each with an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.ladder.cells import EVER
from engine.ladder.findings import LadderFinding, error
from engine.ladder.rows import TEXTS, Row
from engine.ladder.sorting import Column, chosen, columns

#: Combinations of words that may be looked at, rows in all of them, and mistakes that are told of.
_MOST_LOOKS = 100_000
_MOST_ROWS = 500_000
_MOST_FINDINGS = 20
Words = Mapping[str, str | None]


@dataclass(frozen=True)
class Place:
    """A combination of words that a table tells apart, with the rows that are left for it."""

    words: Words
    rows: tuple[Row, ...]


class TooMany(Exception):
    """There are more combinations than can be looked at."""


@dataclass
class Places:
    """Every combination of words that the rows of a table tell apart."""

    rows: Sequence[Row]
    _columns: dict[str, Column] = field(init=False)
    _looks: int = 0

    def __post_init__(self) -> None:
        self._columns = columns(self.rows)

    def __iter__(self) -> Iterator[Place]:
        """The places, one for each set of rows that some combination leaves.

        Raises:
            TooMany: as its name says.
        """
        found: dict[int, dict[str, str | None]] = {(1 << len(self.rows)) - 1: {}}
        for name in TEXTS:
            classes = self._columns[name].classes()
            narrowed: dict[int, dict[str, str | None]] = {}
            for bits, words in found.items():
                for taken, word in classes.items():
                    self._looks += 1
                    if self._looks > _MOST_LOOKS:
                        raise TooMany
                    narrowed.setdefault(bits & taken, {**words, name: word})
            found = narrowed
        if sum(bits.bit_count() for bits in found) > _MOST_ROWS:
            raise TooMany
        for bits, words in found.items():
            yield Place(words, tuple(chosen(self.rows, bits)))


def uncovered(rows: Sequence[Row]) -> list[LadderFinding]:
    """Every run of days for which a place has no row, and every two rows that a place has at once."""
    gaps: dict[tuple[int, int], LadderFinding] = {}
    overlaps: dict[tuple[int, int], LadderFinding] = {}
    try:
        for place in Places(rows):
            for first, last, left, right in _faults(place.rows):
                if right is None:
                    gaps.setdefault((first, last), _gap(place, first, last, left))
                elif left is not None:
                    pair = left.number, right.number
                    overlaps.setdefault(pair, _overlap(place, first, left, right))
            if len(gaps) + len(overlaps) >= _MOST_FINDINGS:
                break
    except TooMany:
        return [_too_many(rows)]
    return [*gaps.values(), *overlaps.values()][:_MOST_FINDINGS]


def _faults(rows: Sequence[Row]) -> Iterator[tuple[int, int, Row | None, Row | None]]:
    """Runs of days with no row (given with the row before), and with two."""
    runs = sorted((first, last, row.number, row) for row in rows for first, last in row.days.runs)
    reached, before = -EVER - 1, None
    for first, last, _, row in runs:
        if first > reached + 1:
            yield reached + 1, first - 1, before or row, None
        elif before is not None and first <= reached:
            yield first, min(last, reached), before, row
        if last > reached:
            reached, before = last, row
    if reached < EVER:
        yield reached + 1, EVER, before, None


def _gap(place: Place, first: int, last: int, beside: Row | None) -> LadderFinding:
    element = beside.places["days"] if beside is not None else ""
    near = f" {beside.called} ends or begins beside it." if beside is not None else ""
    message = (
        f"No row says who is told {days(first, last)}, for example for {example(place.words, first, last)}."
    )
    remedy = f"{near.strip()} Let a row cover these days, once for every agency, rule, kind and answer."
    return error(element, "ladder-gap", message, remedy.strip())


def _overlap(place: Place, day: int, left: Row, right: Row) -> LadderFinding:
    earlier, later = sorted((left, right), key=lambda row: row.number)
    message = f"{earlier.called} and row {later.number} both stand for {example(place.words, day, day)}."
    remedy = "Part them by a cell of one of the two: agency, rule, kind, days or answered."
    return error(later.places["days"], "ladder-overlap", message, remedy)


def _too_many(rows: Sequence[Row]) -> LadderFinding:
    message = "The ladder tells more combinations apart than can be checked."
    remedy = "Name fewer different sets of agencies, rules, kinds and answers in its cells."
    return error(rows[0].places["agency"], "ladder-too-long", message, remedy)


def days(first: int, last: int) -> str:
    """A run of days in words, seen from the last day of the limit."""
    if first == -EVER and last == EVER:
        return "on any day"
    if first == -EVER:
        return f"up to {day(last)}"
    if last == EVER:
        return f"from {day(first)} on"
    return (
        f"{'on ' if first == 0 else ''}{day(first)}" if first == last else f"from {day(first)} to {day(last)}"
    )


def day(number: int) -> str:
    """A day in words, seen from the last day of the limit."""
    if number == 0:
        return "its last day"
    plural = "" if abs(number) == 1 else "s"
    return f"{abs(number)} day{plural} {'late' if number > 0 else 'ahead'}"


def example(words: Words, first: int, last: int) -> str:
    """An input among these, as it would be tried."""
    number = last if first == -EVER else first
    told = {name: word if word is not None else _OTHER for name, word in words.items()}
    told |= {"days": "0" if number in (-EVER, EVER) else str(number)}
    return ", ".join(f"{name} {told[name]}" for name in ("agency", "rule", "kind", "days", "answered"))


_OTHER = "(any other)"
