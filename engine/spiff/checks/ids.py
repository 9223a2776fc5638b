"""Every element that means something has an id, and no id is used twice."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from engine.spiff.drawing import Drawing
from engine.spiff.findings import Report
from engine.spiff.names import FLOW_NODES, MADE, is_bpmn, local

_NAMED = FLOW_NODES | {"process", "message", "signal", "error", "escalation"}
_REFERRED = _NAMED | {"sequenceFlow", "dataObject", "dataObjectReference", "lane"}


def check_ids(drawing: Drawing, report: Report) -> None:
    """Check that there is a process, and that ids are there, drawable and unique."""
    if not drawing.processes:
        report.error(
            "", "no-process", "The diagram holds no process.", "Draw a process, or put one into the pool."
        )
    for process in drawing.left_out:
        report.warn(
            process.get("id", ""),
            "not-executable",
            f"The process '{process.get('name') or process.get('id')}' is not executable and left out.",
            "Mark it as executable if it should run.",
        )
    seen: dict[str, str] = {}
    for element in _elements(drawing):
        _check_id(element, seen, report)


def _check_id(element: _Element, seen: dict[str, str], report: Report) -> None:
    tag, element_id = local(element), element.get("id", "")
    if not element_id:
        if tag in _NAMED:
            report.error(
                "",
                "no-id",
                f"A {tag} (line {element.sourceline}) has no id, so nothing can refer to it.",
                "Save the diagram with a modeller that gives ids.",
            )
    elif element_id in seen:
        report.error(
            element_id,
            "id-twice",
            f"The id is used twice, by a {seen[element_id]} and a {tag}.",
            "Give one of them another id.",
        )
    elif MADE in element_id and tag != "sequenceFlow":
        report.error(
            element_id, "id-colon", "The id holds a colon, which XML ids may not.", "Give it another id."
        )
    else:
        seen[element_id] = tag


def _elements(drawing: Drawing) -> Iterator[_Element]:
    return (element for element in drawing.root.iter() if is_bpmn(element) and local(element) in _REFERRED)
