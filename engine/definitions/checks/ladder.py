"""The ladder of escalations: its table covers every case once, and names what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache
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
            yield from _of_ladder(name, bytes(content), _fixed(wordings), _fixed(answers))
        elif holds_ladder(content):
            message = f"The decision {DECISION} stands in {name}; only {FILE} is read as the ladder."
            remedy = f"Move it to {FILE}, or give it another id."
            yield Finding(name, DECISION, "error", "ladder-elsewhere", message, remedy)


def _fixed(names: Set[str] | None) -> frozenset[str] | None:
    return None if names is None else frozenset(names)


@lru_cache(maxsize=16)  # a deployment proves the same table as its dry run, while others wait for it
def _of_ladder(
    name: str, content: bytes, wordings: frozenset[str] | None, answers: frozenset[str] | None
) -> tuple[Finding, ...]:
    if not _is_model(name, content):  # said where it is read to run
        return ()
    rules = statute().rules
    known = Known(
        agencies=vocabulary().agencies.keys(),
        rules=rules.keys(),
        kinds=frozenset(get_args(Kind)),
        untold=frozenset(rule for rule in rules if statute().rule(rule).nature != _TIMED),
        wordings=wordings,
        answers=answers,
    )
    return tuple(
        Finding(name, each.element, each.severity, each.rule, each.message, each.remedy)
        for each in check(content, name, known)
    )


def _is_model(name: str, content: bytes) -> bool:
    try:
        read_model(content, name)
    except ModelRefused:
        return False
    return True
