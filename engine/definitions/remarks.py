"""What a check says about an element, before the file's name is put to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from engine.spiff.elements import ElementInfo
from engine.spiff.findings import Finding, Severity


@dataclass(frozen=True)
class Remark:
    """One thing a check found: ``rule`` is its stable name, ``message`` what, ``remedy`` what to do."""

    severity: Severity
    rule: str
    message: str
    remedy: str

    def at(self, file: str, element: str) -> Finding:
        """The finding for an element of a file."""
        return Finding(file, element, self.severity, self.rule, self.message, self.remedy)


def error(rule: str, message: str, remedy: str) -> Remark:
    """A remark that refuses the deployment."""
    return Remark("error", rule, message, remedy)


def warning(rule: str, message: str, remedy: str) -> Remark:
    """A remark that the process owner should look at, and may leave."""
    return Remark("warning", rule, message, remedy)


def called(element: ElementInfo) -> str:
    """An element as its owner knows it: its name, or where it has none its id."""
    return f"“{element.name}”" if element.name else f"“{element.id}”"


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """A sentence with the known words that look most like one that isn't known."""
    near = get_close_matches(word, sorted(known), n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


def constant(text: str) -> str | None:
    """The text a mapping or property stands for, if fixed: without ``=``, or one quoted word of FEEL."""
    stripped = text.strip()
    if not stripped.startswith("="):
        return stripped
    inner = stripped[1:].strip()
    quoted = len(inner) >= 2 and inner[0] == inner[-1] == '"' and '"' not in inner[1:-1]
    return inner[1:-1] if quoted else None


def constants(text: str) -> list[str] | None:
    """The words of a list of quoted words, or one word; None if an expression has to be worked out."""
    inner = text.strip().removeprefix("=").strip()
    if not (inner.startswith("[") and inner.endswith("]")):
        one = constant(text)
        return None if one is None else [one]
    parts = [part.strip() for part in inner[1:-1].split(",")] if inner[1:-1].strip() else []
    found = [constant(f"={part}") for part in parts]
    return None if None in found else [word for word in found if word is not None]
