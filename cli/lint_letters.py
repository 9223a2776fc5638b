"""What `ehc lint` says of the templates of letters: what would stop a letter on the day it is to be sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from engine.definitions import vocabulary
from engine.letters import LetterRefused, Letters
from engine.letters.templates import SAMPLE
from engine.spiff.findings import Finding

#: The folder beside the diagrams that holds templates, and how their names end.
FOLDER, SUFFIX = "notices", ".html"
#: Templates whose name begins so are parts of others, and are tried with them.
_SHARED = "_"


def templates_of(folder: Path) -> list[Path]:
    """The templates that belong to a folder of diagrams."""
    return sorted((folder / FOLDER).glob(f"*{SUFFIX}"))


def lint_letters(paths: Sequence[Path]) -> Iterator[Finding]:
    """Try each template with sample values, and hold what can be appealed to the whole appeal pack."""
    for path in paths:
        kind = path.stem
        if kind.startswith(_SHARED):
            continue
        letter = vocabulary().letters.get(kind)
        if letter is None:
            yield _finding(path, "unknown-letter", f"No notice is called \u201c{kind}\u201d.", _nearest(kind))
            continue
        try:
            Letters(path.parent).write(kind, SAMPLE, appealable=letter.appeal is not None)
        except LetterRefused as refused:
            yield _finding(path, "letter-cant-be-sent", str(refused), "Correct it before the server starts.")


def _nearest(kind: str) -> str:
    near = get_close_matches(kind, vocabulary().letters, n=1)
    return f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(vocabulary().letters)}."


def _finding(path: Path, rule: str, message: str, remedy: str) -> Finding:
    return Finding(file=str(path), element="", severity="error", rule=rule, message=message, remedy=remedy)
