"""Forms that elements name. Missing decisions and called processes are found when the diagram is read."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, constant, error, nearest
from engine.spiff.elements import ElementInfo


def known_form(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """The form a task asks is part of the deployment."""
    ident = constant(element.form_id)
    if ident and ident not in known.names.forms:
        yield error(
            "unknown-form",
            f"{called(element)} asks the form “{ident}”, which isn't among the files.",
            nearest(ident, known.names.forms, "Add the file with that form, or correct the id."),
        )
