"""Diagrams are drawn so that they can be read, and the checker sees when they aren't."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.bpmn.diagrams import DIAGRAMS, FOLDER
from tests.bpmn.layout import findings


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.name)
def test_a_diagram_is_well_drawn(path):
    assert findings(path) == []


def _redrawn(tmp_path, element: str, part: str, changes: dict[str, str]) -> list[str]:
    """What is said about consult_setting when a part of one element's drawing is changed."""
    document = etree.parse(FOLDER / "consult_setting.bpmn")
    drawn = document.find(f".//*[@bpmnElement='{element}']/{part}")
    assert drawn is not None
    drawn.attrib.update(changes)
    copy = tmp_path / "consult_setting.bpmn"
    document.write(copy)
    return [finding.removeprefix("consult_setting.bpmn: ") for finding in findings(copy)]


BOUNDS, LABEL = "{*}Bounds", "{*}BPMNLabel/{*}Bounds"
SPOILT = [
    ("take_reply", BOUNDS, {"x": "420"}, "send_consultation and take_reply overlap"),
    ("send_consultation", BOUNDS, {"x": "620"}, "no_reply__note_silence runs through send_consultation"),
    (
        "setting_silent",
        LABEL,
        {"x": "840", "y": "445"},
        "note_silence__setting_silent runs through the label of",
    ),
    ("setting_replied", LABEL, {"x": "740"}, "the label of setting_replied lies on take_reply"),
    (
        "setting_replied",
        LABEL,
        {"x": "900", "y": "450"},
        "the labels of setting_replied and setting_silent overlap",
    ),
    ("note_silence", BOUNDS, {"y": "110"}, "note_silence is drawn outside its lane lane_casework"),
    ("note_silence", BOUNDS, {"x": "733"}, "the centre of note_silence is off the 10 px grid"),
    (
        "no_reply__note_silence",
        "{*}waypoint",
        {"x": "860"},
        "take_reply__setting_replied and no_reply__note_silence cross",
    ),
]


@pytest.mark.parametrize(("element", "part", "changes", "expected"), SPOILT)
def test_the_checker_sees(element, part, changes, expected, tmp_path):
    said = _redrawn(tmp_path, element, part, changes)
    assert any(finding.startswith(expected) for finding in said), said


def test_the_checker_sees_an_element_that_is_in_no_lane(tmp_path):
    document = etree.parse(FOLDER / "consult_setting.bpmn")
    reference = next(node for node in document.iterfind(".//{*}flowNodeRef") if node.text == "take_reply")
    parent = reference.getparent()
    assert parent is not None
    parent.remove(reference)
    copy = tmp_path / "consult_setting.bpmn"
    document.write(copy)
    assert findings(copy) == ["consult_setting.bpmn: take_reply is in 0 lanes"]
