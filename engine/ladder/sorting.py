"""Which rows can stand for an input: rows as bits of a number, words as the rows that take them.

A word that no cell of a column names is taken by the rows that say ``-`` or ``not(...)``: so every column is
open, and agencies, rules and answers that come later find their row too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.ladder.cells import Words
from engine.ladder.rows import TEXTS, Row


@dataclass(frozen=True)
class Column:
    """A column of words: the rows that take each word it names, and those that take any other word."""

    taken_by: dict[str, int]
    others: int

    def rows(self, word: str) -> int:
        """The rows that take a word, as bits."""
        return self.taken_by.get(word, self.others)

    def classes(self) -> dict[int, str | None]:
        """Sets of rows that some word leaves, each with the first such word; None: one that isn't named."""
        found: dict[int, str | None] = {self.others: None}
        for word, rows in self.taken_by.items():
            found.setdefault(rows, word)
        return found


def columns(rows: Sequence[Row]) -> dict[str, Column]:
    """The columns of words of a table."""
    return {name: _column([row.words[name] for row in rows]) for name in TEXTS}


def _column(cells: Sequence[Words]) -> Column:
    named: dict[str, int] = {}
    barred: dict[str, int] = {}
    others = 0
    for index, cell in enumerate(cells):
        where = barred if cell.all_but else named
        others |= (1 << index) if cell.all_but else 0
        for word in cell.named:
            where[word] = where.get(word, 0) | 1 << index
    words = sorted({*named, *barred})
    return Column({word: named.get(word, 0) | (others & ~barred.get(word, 0)) for word in words}, others)


def chosen(rows: Sequence[Row], bits: int) -> list[Row]:
    """The rows of some bits, in their order."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(rows[lowest.bit_length() - 1])
        bits ^= lowest
    return found
