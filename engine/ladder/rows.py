"""The rows of a ladder's table, read from its XML; every cell that can't be used is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from engine.dmn.xml import Element, child, children, name_of, place_of, text_of
from engine.feel import FeelSyntaxError, LimitExceeded
from engine.feel.expression import Vocabulary
from engine.feel.syntax.tree import ListNode, Literal, Node
from engine.ladder.cells import ANY_DAY, ANY_WORD, CellRefused, Days, Words, days_in, words_in
from engine.ladder.findings import LadderFinding, error
from engine.ladder.rung import Rung
from engine.ladder.words import NOBODY

#: The columns of conditions, and of conclusions.
INPUTS = ("agency", "rule", "kind", "days", "answered")
TEXTS = ("agency", "rule", "kind", "answered")
OUTPUTS = ("level", "role", "channel", "wording")
#: Rows that a ladder may have, and characters of a row's id.
MOST_ROWS = 1_000
LONGEST_ID = 200
_Read = TypeVar("_Read")
_PLAIN = Vocabulary()


@dataclass(frozen=True)
class Row:
    """A row whose cells could be read. `places` are the ids of its cells by column.

    `rung` is None where nobody is told yet.
    """

    id: str
    number: int
    words: dict[str, Words]
    days: Days
    rung: Rung | None
    description: str
    places: dict[str, str]

    @property
    def called(self) -> str:
        """The row in a sentence."""
        return f"Row {self.number} (“{self.description}”)" if self.description else f"Row {self.number}"


@dataclass
class Reading:
    """Rows while they are read, and what is wrong with them."""

    rows: list[Row] = field(default_factory=list)
    findings: list[LadderFinding] = field(default_factory=list)

    def note(self, element: str, rule: str, message: str, remedy: str) -> None:
        """Note a mistake."""
        self.findings.append(error(element, rule, message, remedy))


def rows_of(decision: Element) -> Reading:
    """The rows of a decision's table."""
    reading = Reading()
    table = child(decision, "decisionTable")
    place = place_of(decision)
    if table is None:
        reading.note(place, "ladder-no-table", "The ladder isn't a decision table.", "Make it one.")
        return reading
    inputs, outputs = _columns(table, reading)
    rows = list(children(table, "rule"))
    if len(rows) > MOST_ROWS:
        message = f"The ladder has {len(rows)} rows; it may have {MOST_ROWS}."
        reading.note(place, "ladder-too-long", message, "Put rows together: a cell may name several.")
    if reading.findings:
        return reading
    known: set[str] = set()
    for number, row in enumerate(rows, 1):
        _RowReader(row, number, reading).read(inputs, outputs, known)
    if not rows:
        reading.note(place, "ladder-no-table", "The ladder has no rows.", "Say who is told when.")
    return reading


def _columns(table: Element, reading: Reading) -> tuple[list[str], list[str]]:
    """The names of the columns, in their order."""
    if (table.get("hitPolicy") or "UNIQUE").upper() != "UNIQUE":
        message = "The ladder's hit policy isn't UNIQUE."
        reading.note(
            place_of(table), "ladder-hit-policy", message, "Set it to Unique: one row for each case."
        )
    inputs = [_input(column, reading) for column in children(table, "input")]
    outputs = [_output(column, reading) for column in children(table, "output")]
    for names, wanted, sort in ((inputs, INPUTS, "input"), (outputs, OUTPUTS, "output")):
        if sorted(names) != sorted(wanted):
            message = f"The ladder's {sort}s are {', '.join(names) or 'none'}, not {', '.join(wanted)}."
            remedy = "Have each of them once, in any order."
            reading.note(place_of(table), "ladder-columns", message, remedy)
    return inputs, outputs


def _input(column: Element, reading: Reading) -> str:
    if text_of(child(column, "inputValues")) not in ("", "-"):
        message = f"The column {text_of(child(column, 'inputExpression'))} has a list of allowed values."
        reading.note(place_of(column), "ladder-columns", message, "Take the list away: a ladder needs none.")
    return text_of(child(column, "inputExpression"))


def _output(column: Element, reading: Reading) -> str:
    if child(column, "defaultOutputEntry") is not None:
        message = f"The column {name_of(column)} has a default."
        remedy = "Take it away: every case has a row of its own."
        reading.note(place_of(column), "ladder-columns", message, remedy)
    return name_of(column)


class _RowReader:
    """Reads one row, cell by cell."""

    def __init__(self, row: Element, number: int, reading: Reading) -> None:
        self._row = row
        self._number = number
        self._reading = reading
        self._before = len(reading.findings)

    def read(self, inputs: Sequence[str], outputs: Sequence[str], known: set[str]) -> None:
        """Add the row to what is read, unless something in it can't be used."""
        conditions = dict(zip(inputs, children(self._row, "inputEntry"), strict=False))
        conclusions = dict(zip(outputs, children(self._row, "outputEntry"), strict=False))
        if len(conditions) != len(INPUTS) or len(conclusions) != len(OUTPUTS):
            message = f"Row {self._number} has not as many cells as there are columns."
            self._reading.note(place_of(self._row), "ladder-cell", message, "Fill in the row.")
            return
        ident = self._id(known)
        words = {name: self._cell(name, conditions[name], words_in, ANY_WORD) for name in TEXTS}
        days = self._cell("days", conditions["days"], days_in, ANY_DAY)
        about = " ".join(text_of(child(self._row, "description")).split())
        rung = self._rung(ident, about, conclusions)
        if len(self._reading.findings) == self._before:
            places = {name: place_of(cell) for name, cell in (conditions | conclusions).items()}
            self._reading.rows.append(Row(ident, self._number, words, days, rung, about, places))

    def _id(self, known: set[str]) -> str:
        ident = self._row.get("id") or ""
        if not ident or ident in known or len(ident) > LONGEST_ID:
            message = f"Row {self._number} has no id of its own of at most {LONGEST_ID} characters."
            remedy = "Give it one: threads quote the row that moved them."
            self._reading.note(place_of(self._row), "ladder-row-id", message, remedy)
        known.add(ident)
        return ident

    def _cell(self, column: str, cell: Element, read: Callable[[str], _Read], otherwise: _Read) -> _Read:
        try:
            return read(text_of(cell))
        except CellRefused as refused:
            self._refuse(column, cell, str(refused))
            return otherwise

    def _refuse(self, column: str, cell: Element, remedy: str) -> None:
        text = " ".join(text_of(cell).split())
        shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
        message = f"Row {self._number}, column {column}, says “{shown}”."
        self._reading.note(place_of(cell), "ladder-cell", message, remedy)

    # --- conclusions -----------------------------------------------------------------------

    def _rung(self, ident: str, about: str, cells: dict[str, Element]) -> Rung | None:
        level, channel, wording = (self._word(name, cells[name]) for name in ("level", "channel", "wording"))
        roles = self._roles(cells["role"])
        if level == NOBODY:
            for name in ("role", "channel", "wording"):
                if text_of(cells[name]) not in ("", "-", "null"):
                    self._refuse(
                        name, cells[name], f"By a row of level {NOBODY} nobody is told: leave it empty."
                    )
            return None
        for name, value in (("level", level), ("role", roles), ("channel", channel), ("wording", wording)):
            if not value:
                self._refuse(name, cells[name], _WANTED[name])
        return Rung(level or "", roles, channel or "", wording or "", ident, self._number, about)

    def _word(self, column: str, cell: Element) -> str | None:
        words = self._words(column, cell)
        if len(words) > 1:
            self._refuse(column, cell, "Write one word in quotes.")
        return words[0] if words else None

    def _roles(self, cell: Element) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._words("role", cell)))

    def _words(self, column: str, cell: Element) -> list[str]:
        """The words of a conclusion: one in quotes, a list of them, or none."""
        text = text_of(cell)
        if text in ("", "-"):
            return []
        try:
            words = list(_literals(_PLAIN.tree(text)))
        except (FeelSyntaxError, LimitExceeded, CellRefused):
            self._refuse(column, cell, _WANTED[column])
            return [""]
        return words


def _literals(node: Node) -> Iterator[str]:
    if isinstance(node, ListNode):
        for item in node.items:
            yield from _literals(item)
    elif isinstance(node, Literal) and isinstance(node.value, str):
        yield node.value
    elif not (isinstance(node, Literal) and node.value is None):
        raise CellRefused


_SHOWN = 80
_WANTED = {
    "level": 'Write a level in quotes, such as "service_manager"; "none" where nobody is told yet.',
    "role": 'Write one role in quotes, or several: ["service_manager", "task_holder"].',
    "channel": 'Write a channel in quotes, such as "digest".',
    "wording": 'Write the name of a message\'s template in quotes, such as "nearing".',
}
