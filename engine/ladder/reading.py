"""A ladder from its file: read, proved and checked, or refused with every mistake."""

from __future__ import annotations

from engine.dmn import ModelRefused
from engine.dmn.xml import Element, children, read_root
from engine.ladder.covering import uncovered
from engine.ladder.findings import LadderFinding, LadderRefused, error
from engine.ladder.ladder import Ladder
from engine.ladder.rows import Row, rows_of
from engine.ladder.sense import out_of_order, unheard, unknown_words
from engine.ladder.words import Known

#: The file that holds a ladder, and the decision in it.
FILE = "escalation.dmn"
DECISION = "escalation_ladder"


def read_ladder(content: bytes | str, name: str = FILE, known: Known | None = None) -> Ladder:
    """The ladder of a file.

    Args:
        known: what its cells may name; without it agencies, rules, kinds and wordings are taken as they are.

    Raises:
        LadderRefused: it has mistakes; all of them are named.
    """
    rows, findings = _read(content, name, known)
    if any(finding.severity == "error" for finding in findings):
        raise LadderRefused(name, findings)
    return Ladder(rows)


def check(content: bytes | str, name: str = FILE, known: Known | None = None) -> list[LadderFinding]:
    """All that is wrong with a ladder, or worth a look; empty if there is nothing to say."""
    return _read(content, name, known)[1]


def holds_ladder(content: bytes) -> bool:
    """Whether a file has a decision of the ladder's name; False too for a file that can't be read."""
    try:
        return _decision(read_root(content, FILE)) is not None
    except ModelRefused:
        return False


def _read(content: bytes | str, name: str, known: Known | None) -> tuple[list[Row], list[LadderFinding]]:
    try:
        root = read_root(content.encode() if isinstance(content, str) else content, name)
    except ModelRefused as refused:
        wrong = [error("", "ladder-no-table", each.message, each.remedy) for each in refused.problems]
        return [], wrong
    decision = _decision(root)
    if decision is None:
        message = f"{name} has no decision {DECISION}."
        return [], [error("", "ladder-no-table", message, f"Give the ladder's decision the id {DECISION}.")]
    reading = rows_of(decision)
    rows, findings = reading.rows, [*reading.findings]
    if findings:  # what can't be read leaves gaps that are none
        return rows, [*findings, *unknown_words(rows, known)]
    findings += [*unknown_words(rows, known), *unheard(rows), *uncovered(rows)]
    if not any(finding.severity == "error" for finding in findings):
        findings += out_of_order(rows)
    return rows, findings


def _decision(root: Element) -> Element | None:
    found = (each for each in children(root, "decision") if each.get("id") == DECISION)
    return next(found, None)
