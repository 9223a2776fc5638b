"""The diagrams and tables are clean in the tools that process owners use."""

from __future__ import annotations

import pytest

from cli import modelling_tools
from tests.bpmn.conftest import Findings
from tests.bpmn.diagrams import DIAGRAMS, FOLDER, TABLES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("kind", ["reading", "bpmnlint", "modeler", "importing", "saving"])
@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.name)
def test_a_diagram_is_clean(path, kind, stock_findings: Findings):
    assert stock_findings[str(path)][kind] == []


@pytest.mark.parametrize("kind", ["reading", "saving"])
@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_decision_table_is_clean(path, kind, stock_findings: Findings):
    assert stock_findings[str(path)][kind] == []


SPOILT = {
    "reading": ("<zeebe:userTask />", "<zeebe:usrTask />", "unknown type <zeebe:UsrTask>"),
    "bpmnlint": (' default="plan_outcome__record_drafting"', "", "plan_outcome__record_drafting"),
    "modeler": ("=limit.broken<", "whenever<", "Time"),
    "importing": ('targetRef="collate_evidence"', 'targetRef="nobody"', "unresolved reference <nobody>"),
    "saving": ('isExecutable="true"', "  isExecutable='true'", "would write this file differently"),
}


@pytest.fixture(scope="module")
def spoilt_findings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spoilt")
    source = (FOLDER / "request_to_plan.bpmn").read_text("utf-8")
    for kind, (good, bad, _) in SPOILT.items():
        assert good in source
        (folder / f"{kind}.bpmn").write_text(source.replace(good, bad), "utf-8")
    found = modelling_tools.answers("check.mjs", FOLDER, *sorted(folder.iterdir()))[0]
    return {kind: found[str(folder / f"{kind}.bpmn")] for kind in SPOILT}


@pytest.mark.parametrize("kind", SPOILT)
def test_each_of_the_tools_notices_what_is_wrong(kind, spoilt_findings):
    assert any(SPOILT[kind][2] in finding for finding in spoilt_findings[kind][kind]), spoilt_findings[kind]


def test_a_template_that_is_not_shipped_is_noticed(tmp_path):
    path = tmp_path / "request_to_plan.bpmn"
    source = (FOLDER / path.name).read_text("utf-8")
    path.write_text(
        source.replace('zeebe:modelerTemplateVersion="1"', 'zeebe:modelerTemplateVersion="9"'), "utf-8"
    )
    found = modelling_tools.answers("check.mjs", FOLDER, path)[0][str(path)]["modeler"]
    assert any("'ehc.task' (version: 9) not found" in finding for finding in found)
