"""Variable names that a diagram declares; FEEL can read a name with spaces only if it knows it beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from engine.spiff.drawing import Drawing
from engine.spiff.names import is_bpmn, local

_DECLARING: dict[str, tuple[str, ...]] = {
    "input": ("target",),
    "output": ("target",),
    "script": ("resultVariable",),
    "calledDecision": ("resultVariable",),
    "loopCharacteristics": ("inputElement", "outputCollection"),
    "dataObject": ("name",),
    "dataObjectReference": ("name",),
    "inputDataItem": ("name",),
    "outputDataItem": ("name",),
}


def spaced_names(drawing: Drawing) -> set[str]:
    """The declared names that are more than one word."""
    return {name for element in drawing.root.iter() for name in _declared(element) if not name.isidentifier()}


def _declared(element: _Element) -> Iterator[str]:
    tag = local(element)
    for attribute in _DECLARING.get(tag, ()):
        name = element.get(attribute, "").partition(".")[0].strip()
        if name and not name.startswith("="):
            yield name
    if tag == "loopDataOutputRef" and is_bpmn(element) and element.text:
        yield element.text.strip()
