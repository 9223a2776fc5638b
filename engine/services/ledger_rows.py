"""Rows of a case, read when they're asked for: a step in a plan's tenth year doesn't read the nine before.

A case's facts and limits belong to occurrences: an adviser, a setting, a review. What belongs to none is read
at once, and so is all of an occurrence in which a limit still runs; what lies behind is read when somebody
names it, or asks for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import TypeVar

Value = TypeVar("Value")
#: Name (of a fact or a rule) and occurrence.
Key = tuple[str, str]


class Rows(MutableMapping[Key, Value]):
    """What a case has by name and occurrence: to its users it's a dictionary of everything.

    Args:
        read: gives what was left out of one occurrence, or with None of all that aren't known yet.
    """

    def __init__(self, read: Callable[[str | None, frozenset[str]], Iterable[tuple[Key, Value]]]) -> None:
        self._read = read
        self._rows: dict[Key, Value] = {}
        self._known: set[str] = {""}
        self._is_whole = False

    def read_at_once(self, key: Key, value: Value) -> Value | None:
        """Take a row that the first reading gave; gives the one whose place it takes."""
        before = self._rows.pop(key, None)
        self._rows[key] = value
        self._known.add(key[1])
        return before

    def at_hand(self) -> list[Value]:
        """The rows that have been read so far: all that still run are among them."""
        return list(self._rows.values())

    def read_all(self) -> None:
        """Read what was left out."""
        if not self._is_whole:
            self._is_whole = True
            self._take(None)

    def __getitem__(self, key: Key) -> Value:
        if key not in self._rows and not self._is_whole and key[1] not in self._known:
            self._take(key[1])
        return self._rows[key]

    def __setitem__(self, key: Key, value: Value) -> None:
        if key[1] not in self._known and not self._is_whole:
            self._take(key[1])
        self._rows[key] = value

    def __delitem__(self, key: Key) -> None:
        del self._rows[key]

    def __iter__(self) -> Iterator[Key]:
        self.read_all()
        return iter(self._rows)

    def __len__(self) -> int:
        self.read_all()
        return len(self._rows)

    def _take(self, occurrence: str | None) -> None:
        known = frozenset(self._known)
        if occurrence is not None:
            self._known.add(occurrence)
        for key, value in self._read(occurrence, known):
            self._rows.setdefault(key, value)
