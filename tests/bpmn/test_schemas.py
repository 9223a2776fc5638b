"""The files are valid by the schemas of the standards, so that any tool can read them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from tests.bpmn.diagrams import DIAGRAMS, TABLES
from tests.support.sources import ROOT


def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


@pytest.fixture(scope="module")
def bpmn_schema() -> etree.XMLSchema:
    package = find_spec("SpiffWorkflow")
    assert package is not None
    assert package.origin is not None
    return _schema(Path(package.origin).parent / "bpmn/parser/schema/BPMN20.xsd")


@pytest.fixture(scope="module")
def dmn_schema() -> etree.XMLSchema:
    return _schema(ROOT / "node_modules/dmn-moddle/resources/dmn/xsd/DMN13.xsd")


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.name)
def test_a_diagram_is_valid_bpmn(path, bpmn_schema):
    assert bpmn_schema.validate(etree.parse(path)), bpmn_schema.error_log


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_table_is_valid_dmn(path, dmn_schema):
    assert dmn_schema.validate(etree.parse(path)), dmn_schema.error_log


def test_the_schema_refuses_what_is_no_bpmn(bpmn_schema):
    document = etree.parse(DIAGRAMS[0])
    task = document.find(".//{*}userTask")
    assert task is not None
    task.tag = task.tag.replace("userTask", "usedTask")
    assert not bpmn_schema.validate(document)


def test_every_table_can_be_opened_by_the_editor():
    """dmn-js reads DMN 1.3 alone."""
    for path in TABLES:
        assert etree.parse(path).getroot().tag == "{https://www.omg.org/spec/DMN/20191111/MODEL/}definitions"
