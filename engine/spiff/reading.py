"""From bytes to a tree of elements, trusting nobody: no entities, no network, no outsize files."""

from __future__ import annotations

from lxml import etree

from engine.spiff.findings import Report
from engine.spiff.names import BPMN, local

LARGEST_FILE = 5_000_000
"""Bytes; the largest diagrams that people draw stay below a fifth of it."""


def read_xml(content: bytes, report: Report) -> etree._Element | None:
    """The root element of a BPMN file, or ``None`` with the reason in the report."""
    if len(content) > LARGEST_FILE:
        report.error(
            "",
            "file-too-large",
            f"The file has {len(content) / 1e6:.0f} MB; a diagram may have {LARGEST_FILE / 1e6:.0f}.",
            "Remove embedded pictures, or split the diagram into processes that call each other.",
        )
        return None
    root = _parse(content, report)
    if root is None or not _is_safe(root, report) or not _is_bpmn(root, report):
        return None
    return root


def _parse(content: bytes, report: Report) -> etree._Element | None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        _refuse_doctype(report)
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        report.error(
            "",
            "not-xml",
            f"The file is not readable as XML ({error}).",
            "Export the diagram again from the modeller as BPMN 2.0 XML.",
        )
        return None


def _is_safe(root: etree._Element, report: Report) -> bool:
    if root.getroottree().docinfo.internalDTD is None:
        return True
    _refuse_doctype(report)
    return False


def _refuse_doctype(report: Report) -> None:
    report.error(
        "",
        "doctype",
        "The file declares a document type or entities, which a diagram never needs.",
        "Export the diagram again from the modeller, without a DOCTYPE.",
    )


def _is_bpmn(root: etree._Element, report: Report) -> bool:
    if root.tag == f"{{{BPMN}}}definitions":
        return True
    report.error(
        "",
        "not-bpmn",
        f"The file is XML, but no BPMN 2.0 diagram: its outermost element is '{local(root)}'.",
        "Export the diagram from the modeller as BPMN 2.0 XML.",
    )
    return False
