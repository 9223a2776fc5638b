"""The CSV files that COLLECT exports of a SEN2 return ("Blade"): read, bounded and joined by their ids.

One file a module, with lower-case column names. A row names itself by ``<module>tableid`` and its parent by
the parent's. What can't be read is reported by file, row and column, in words that say what to do.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

#: Module -> its parent module, in the order in which a return nests them.
MODULES: Mapping[str, str] = {
    "person": "",
    "requests": "person",
    "assessment": "requests",
    "namedplan": "assessment",
    "plandetail": "namedplan",
    "activeplans": "requests",
}
#: Modules that an export has and of which nothing is taken over.
IGNORED = ("sen2", "placementdetail", "senneed")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "person": ("surname", "forename", "personbirthdate"),
    "requests": ("requestoutcome", "receiveddate"),
}
#: Letters of one value; names and settings are shorter.
_LONGEST = 400
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class RowProblem:
    """What is wrong, where, and what to do: `row` counts as a spreadsheet does, the header being 1."""

    module: str
    row: int
    column: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Row:
    """One row of a module, with the rows under it by module."""

    module: str
    number: int
    values: Mapping[str, str]
    children: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its own id in the export."""
        return self.values.get(f"{self.module}tableid", "")

    def text(self, column: str) -> str:
        """A value without white space around it; empty where there is none."""
        return self.values.get(column, "").strip()

    def only(self, module: str) -> Row | None:
        """The first row under it of a module."""
        return next(iter(self.children.get(module, ())), None)

    def problem(self, column: str, message: str, remedy: str) -> RowProblem:
        """A problem with one of its values."""
        return RowProblem(self.module, self.number, column, message, remedy)

    def day(self, column: str) -> date | None:
        """A day, as COLLECT or a spreadsheet writes it; None where there is none.

        Raises:
            ValueError: it is none that exists.
        """
        text = self.text(column)
        return as_day(text) if text else None


def as_day(text: str) -> date:
    """Read ``2022-Sep-28 00:00:00``, ``2022-09-28`` or ``28/09/2022``.

    Raises:
        ValueError: it is none of these, or doesn't exist.
    """
    day = text.partition(" ")[0].partition("T")[0]
    parts = day.split("-")
    if len(parts) == 3 and parts[1].lower() in _MONTHS:
        return date(int(parts[0]), _MONTHS.index(parts[1].lower()) + 1, int(parts[2]))
    if "/" in day:
        return datetime.strptime(day, "%d/%m/%Y").date()  # noqa: DTZ007 -- a date has no zone
    return date.fromisoformat(day)


def read_files(files: Mapping[str, str], most_rows: int) -> tuple[list[Row], list[RowProblem]]:
    """The persons of an export with all that hangs on them, and what couldn't be read."""
    problems: list[RowProblem] = []
    rows: dict[str, dict[str, Row]] = {}
    for module in MODULES:
        read = list(_rows(module, files.get(module, ""), most_rows, problems))
        rows[module] = {row.id: row for row in read}
        if len(rows[module]) < len(read):
            problems.append(
                RowProblem(
                    module,
                    1,
                    f"{module}tableid",
                    "Two rows have the same id.",
                    "Export the files again: each row has an id of its own.",
                )
            )
    for module, parent in MODULES.items():
        if parent:
            problems += _hang(rows[module], rows[parent], module, parent)
    return list(rows["person"].values()), problems


def _rows(module: str, text: str, most: int, problems: list[RowProblem]) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        needed = (f"{module}tableid", *_NEEDED.get(module, ()))
        needed += (f"{MODULES[module]}tableid",) if MODULES[module] else ()
        for name in needed if header else ():
            if name not in header:
                problems.append(
                    RowProblem(
                        module, 1, name, "The column is missing.", "Export the file again, with all columns."
                    )
                )
                return
        for number, values in enumerate(reader, start=2):
            if number > most + 1:
                problems.append(
                    RowProblem(
                        module, number, "", f"There are more than {most:,} rows.", "Send the rest apart."
                    )
                )
                return
            if any(values):
                yield Row(module, number, {k: v[:_LONGEST] for k, v in zip(header, values, strict=False)})
    except csv.Error as problem:
        problems.append(
            RowProblem(
                module, reader.line_num, "", f"The file breaks off: {problem}.", "Save it as CSV again."
            )
        )


def _hang(
    rows: Mapping[str, Row], parents: Mapping[str, Row], module: str, parent: str
) -> Iterator[RowProblem]:
    for row in rows.values():
        above = parents.get(row.values.get(f"{parent}tableid", ""))
        if above is None:
            yield row.problem(
                f"{parent}tableid",
                f"No row of {parent} has this id.",
                f"Send the file {parent} of the same export with it.",
            )
        else:
            above.children.setdefault(module, []).append(row)
