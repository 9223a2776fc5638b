"""The process owner's folder as the tests of it see it: files, elements and their properties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lxml import etree

from tests.support.sources import ROOT

FOLDER = ROOT / "bpmn"
DIAGRAMS = sorted(FOLDER.glob("*.bpmn"))
TABLES = sorted(FOLDER.glob("*.dmn"))
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
}
_TEMPLATE = f"{{{NS['zeebe']}}}modelerTemplate"


@dataclass(frozen=True)
class Element:
    """One element of a diagram with the extension properties that are its own."""

    file: str
    node: etree._Element

    @property
    def id(self) -> str:
        return self.node.get("id", "")

    @property
    def place(self) -> str:
        return f"{self.file}#{self.id}"

    @property
    def kind(self) -> str:
        return etree.QName(self.node).localname

    @property
    def template(self) -> str | None:
        return self.node.get(_TEMPLATE)

    @property
    def properties(self) -> dict[str, str]:
        found = self.node.iterfind("bpmn:extensionElements/zeebe:properties/zeebe:property", NS)
        return {each.get("name", ""): each.get("value", "") for each in found}

    def extension(self, name: str) -> etree._Element | None:
        return self.node.find(f"bpmn:extensionElements/zeebe:{name}", NS)

    def text(self, path: str) -> str | None:
        return self.node.findtext(path, None, NS)


@cache
def root(path: Path) -> etree._Element:
    return etree.parse(path).getroot()


def elements(*kinds: str) -> Iterator[Element]:
    """All elements with an id of all diagrams, or those of some BPMN tags alone."""
    for path in DIAGRAMS:
        for node in root(path).iterfind(".//bpmn:*[@id]", NS):
            if not kinds or etree.QName(node).localname in kinds:
                yield Element(path.name, node)


def with_property(name: str) -> Iterator[Element]:
    return (element for element in elements() if name in element.properties)


def timers() -> Iterator[tuple[Element, str]]:
    """Every timer event with the text of its time."""
    for element in elements("startEvent", "boundaryEvent", "intermediateCatchEvent"):
        definition = element.node.find("bpmn:timerEventDefinition", NS)
        if definition is not None:
            yield element, "".join(text.strip() for text in definition.itertext())


def form_ids() -> set[str]:
    return {json.loads(path.read_text("utf-8"))["id"] for path in FOLDER.glob("*.form")}


def process_ids() -> set[str]:
    return {element.id for element in elements("process")}


def decision_ids() -> set[str]:
    return {node.get("id", "") for path in TABLES for node in root(path).iterfind("dmn:decision", NS)}
