"""The names that the files of one folder or deployment offer: forms, processes and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


@dataclass(frozen=True)
class Names:
    """What can be called by name, each with words for people; in the order of the ids."""

    forms: Mapping[str, str]
    processes: Mapping[str, str]
    decisions: Mapping[str, str]


def names_in(files: Mapping[str, bytes]) -> Names:
    """The names that files offer. A file that can't be read offers none: its own reading says why."""
    forms: dict[str, str] = {}
    processes: dict[str, str] = {}
    decisions: dict[str, str] = {}
    for file, content in files.items():
        if file.endswith(".form"):
            forms.update(_form(content))
        elif file.endswith(".bpmn"):
            processes.update(_named(content, "process"))
        elif file.endswith(".dmn"):
            decisions.update(_named(content, "decision", "decisionService"))
    return Names(_sorted(forms), _sorted(processes), _sorted(decisions))


def root_of(content: bytes) -> etree._Element | None:
    """The root element of an XML file, read without entities or network; None if it can't be read."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _sorted(found: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(found.items()))


def _form(content: bytes) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return
    if isinstance(document, dict) and document.get("id"):
        ident = str(document["id"])
        yield ident, ident.replace("_", " ").capitalize()


def _named(content: bytes, *tags: str) -> Iterator[tuple[str, str]]:
    root = root_of(content)
    if root is None:
        return
    for element in root.iter():
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if tag in tags and element.get("id"):
            ident = str(element.get("id"))
            yield ident, element.get("name") or ident
