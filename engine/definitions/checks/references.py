"""Forms, decisions and processes that elements name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, error, nearest
from engine.spiff.elements import ElementInfo


def known_form(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The form a task asks is part of the deployment."""
    yield from _missing(element, "form", element.form_id, known.names.forms, "unknown-form")


def known_decision(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The decision a task asks is part of the deployment."""
    yield from _missing(element, "decision", element.decision_id, known.names.decisions, "unknown-decision")


def known_process(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The process an activity calls is part of the deployment."""
    yield from _missing(element, "process", element.called_process, known.names.processes, "unknown-process")


def _missing(
    element: ElementInfo, what: str, text: str, there: Mapping[str, str], rule: str
) -> Iterator[Remark]:
    ident = constant(text)
    if ident and ident not in there:
        yield error(
            rule,
            f"{called(element)} names the {what} “{ident}”, which isn't among the files.",
            nearest(ident, there, f"Add the file with that {what}, or correct the id."),
        )
