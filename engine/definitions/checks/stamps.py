"""The days that letters and records leave in the case: limits count from them, so none may go missing."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.checks.tasks import NOTICE, RECORD
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, constants, warning
from engine.spiff.elements import ElementInfo


def stamps_are_given(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A letter from which limits count writes down the day it was sent or served."""
    notice = constant(element.properties.get("ehc:notice", "")) or ""
    given = constants(_input(element, "stamps"))
    if element.task_type != NOTICE or given is None:
        return
    missing = [fact for fact in known.words.stamped_by.get(notice, ()) if fact not in given]
    if missing:
        yield warning(
            "stamp-missing",
            f"{called(element)} doesn't write down {' and '.join(missing)}, from which limits count: they "
            "would never run.",
            "Add to its input stamps: " + ", ".join(missing) + ".",
        )


def occurrence_is_given(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Where a case has several of something, what is written down belongs to one of them."""
    if _input(element, "occurrence") or not _belongs_to_one(element, known):
        return
    yield warning(
        "occurrence-not-given",
        f"{called(element)} doesn't say to which of several its days and changes belong: the limits of that "
        "one would not see them.",
        "Give it the input occurrence, with the value that the other elements have.",
    )


def _belongs_to_one(element: ElementInfo, known: Known) -> bool:
    if element.task_type in ("ehc:plan", NOTICE) and element.occurrence:
        return True
    if element.process_id not in known.of_several:
        return False
    stamps = element.task_type == NOTICE and _input(element, "stamps") != ""
    records = element.task_type == RECORD and constant(_input(element, "fact")) not in (None, "case_status")
    return stamps or records


def _input(element: ElementInfo, name: str) -> str:
    return next((each.source for each in element.inputs if each.target == name), "")
