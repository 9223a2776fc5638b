"""What a benchmark says, and where it goes: `build/bench.json`, the table of `docs/benchmarks.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True)
class Figure:
    """One claim and what was measured.

    Attributes:
        ratio: what was measured; of bytes, kilobytes.
        aim: where it is to be; at most, or with `at_least` no less.
        unit: what follows the number in the table; empty for a ratio.
    """

    name: str
    what: str
    ratio: float
    aim: float
    at_least: bool = False
    unit: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        """Whether the aim is kept."""
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim

    def entry(self) -> dict[str, Any]:
        """As `bench.json` holds it."""
        return {"ratio": round(self.ratio, 4), "aim": self.aim, "met": self.met, "detail": dict(self.detail)}

    def row(self) -> str:
        """As the table shows it."""
        limit = "at least" if self.at_least else "at most"
        unit = f" {self.unit}" if self.unit else ""
        measured = f"{self.ratio:.3g}{unit}"
        return f"| `{self.name}` | {self.what} | {limit} {self.aim:g}{unit} | {measured} | {_yes(self.met)} |"


def write_json(file: Path, figures: list[Figure]) -> None:
    """Write the figures; those of benchmarks that weren't run this time stay as they were."""
    known = json.loads(file.read_text()) if file.exists() else {}
    file.parent.mkdir(parents=True, exist_ok=True)
    known.update({figure.name: figure.entry() for figure in figures})
    file.write_text(json.dumps(known, indent=2) + "\n")


def write_table(document: Path, figures: list[Figure], machine: str) -> None:
    """Put the figures of a whole run into the document, between its marks."""
    text = document.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    table = "\n".join(
        [
            "| name | what | aim | measured | met |",
            "| --- | --- | --- | --- | --- |",
            *(figure.row() for figure in figures),
        ]
    )
    document.write_text(f"{before}{BEGIN}\n{machine}\n\n{table}\n{END}{after}")


def _yes(met: bool) -> str:
    return "yes" if met else "**no**"
