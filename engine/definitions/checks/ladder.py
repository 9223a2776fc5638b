"""The ladder of escalations: its table covers every case once, and names what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from pathlib import PurePath
from typing import get_args

from engine.definitions.vocabulary import vocabulary
from engine.dmn import ModelRefused, read_model
from engine.ladder import DECISION, FILE, Known, check, holds_ladder
from engine.law import statute
from engine.law.rules import Kind
from engine.spiff.findings import Finding

#: What nobody can be late by, and so is never escalated.
_TIMED = "deadline"


def ladder_stands(
    files: Mapping[str, bytes], wordings: Set[str] | None = None, answers: Set[str] | None = None
) -> Iterator[Finding]:
    """What is wrong with the ladder among some files.

    Args:
        wordings: the templates of messages that a row may name; None: any.
        answers: the coded reasons for lateness; None: any.
    """
    for name, content in files.items():
        if not name.endswith(".dmn"):
            continue
        if PurePath(name).name == FILE:
            yield from _of_ladder(name, content, wordings, answers)
        elif holds_ladder(content):
            message = f"The decision {DECISION} stands in {name}; only {FILE} is read as the ladder."
            remedy = f"Move it to {FILE}, or give it another id."
            yield Finding(name, DECISION, "error", "ladder-elsewhere", message, remedy)


def _of_ladder(
    name: str, content: bytes, wordings: Set[str] | None, answers: Set[str] | None
) -> Iterator[Finding]:
    if not _is_model(name, content):  # said where it is read to run
        return
    rules = statute().rules
    known = Known(
        agencies=vocabulary().agencies.keys(),
        rules=rules.keys(),
        kinds=frozenset(get_args(Kind)),
        untold=frozenset(rule for rule in rules if statute().rule(rule).nature != _TIMED),
        wordings=wordings,
        answers=answers,
    )
    for each in check(content, name, known):
        yield Finding(name, each.element, each.severity, each.rule, each.message, each.remedy)


def _is_model(name: str, content: bytes) -> bool:
    try:
        read_model(content, name)
    except ModelRefused:
        return False
    return True
