"""What `ehc lint` says of the templates of letters: what would stop a letter on the day it is to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.config import ROOT
from engine.definitions.checks.letters import letters_stand
from engine.letters import SUFFIX, read_folder
from engine.services.notices.letter_templates import NOTICES
from engine.spiff.findings import Finding


def templates_of(folder: Path) -> list[Path]:
    """The templates that belong to a folder of diagrams."""
    return sorted((folder / NOTICES).glob(f"*{SUFFIX}"))


def lint_letters(paths: Sequence[Path]) -> Iterator[Finding]:
    """Try each template with sample values, and hold what can be appealed to the whole appeal pack.

    What a template shares is looked for beside it, and then among the parts that ship: as a deployment does.
    """
    product = read_folder(ROOT / "bpmn" / NOTICES)
    for folder in dict.fromkeys(path.parent for path in paths):
        given = {str(path): path.read_bytes() for path in paths if path.parent == folder}
        beside = {path.name: path.read_bytes().decode(errors="replace") for path in folder.glob(f"*{SUFFIX}")}
        yield from letters_stand(given, {**product, **beside})
