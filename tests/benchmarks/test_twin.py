"""The twin is our diagram, runs to the same point in a bare library, and nothing of it is harder there."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from benchmarks.bare import Bare, complete, open_tasks
from benchmarks.busiest import STEP, Busiest, bare_at_busiest, twin_of
from benchmarks.step_engine import step_of_ours
from benchmarks.twin import BPMN, Twin, make_twin
from engine.config import ROOT

#: What the twin leaves out of request-to-plan: a bare library refuses or misreads it.
LEFT_OUT = {
    "early_information_decided",
    "family_not_awaited",
    "family_views_request_decided",
    "final_plan_overdue",
    "final_plan_overdue_due",
    "final_plan_overdue_escalated",
    "information_not_awaited",
    "plan_decided",
    "plan_decision_due",
    "plan_decision_escalated",
    "plan_decision_made",
    "plan_decision_overdue",
}


@pytest.fixture(scope="module")
def twin(busiest: Busiest) -> Twin:
    return twin_of(busiest)


@pytest.fixture(scope="module")
def bare(twin: Twin) -> Bare:
    return Bare(twin)


def nodes(diagram: bytes) -> set[str]:
    kinds = ("Event", "Task", "Gateway", "Activity", "Process")
    found = etree.fromstring(diagram).iter(f"{{{BPMN}}}*")
    return {node.get("id") for node in found if node.get("id") and node.tag.endswith(kinds)}


def test_the_twin_has_the_same_nodes_but_for_what_a_bare_library_refuses(twin):
    ours = nodes((ROOT / "bpmn" / "request_to_plan.bpmn").read_bytes())
    assert ours - nodes(twin.diagrams["request_to_plan"]) == LEFT_OUT
    assert nodes(twin.diagrams["request_to_plan"]) <= ours


def test_the_twin_has_all_that_is_called(twin):
    assert set(twin.diagrams) == {
        "request_to_plan",
        "advice",
        "draft_plan",
        "consult_setting",
        "finalise_plan",
    }


def test_nothing_of_ours_is_left_in_the_twin(twin):
    everything = [
        element for content in twin.diagrams.values() for element in etree.fromstring(content).iter()
    ]
    assert {etree.QName(element).namespace for element in everything} == {BPMN}


def test_the_bare_library_reaches_the_same_busiest_point(bare, busiest):
    state = bare_at_busiest(bare, busiest)
    assert open_tasks(bare.restore(state)).count(STEP) == 6


def test_a_step_there_does_what_ours_does(bare, busiest):
    workflow = bare.restore(bare_at_busiest(bare, busiest))
    complete(workflow, STEP, busiest.seen_by_process())
    assert (open_tasks(workflow).count(STEP), open_tasks(workflow).count("check_advice")) == (5, 1)
    ours = json.loads(step_of_ours(busiest)())
    assert sum(token.get("el") == "check_advice" for scope in ours["inner"] for token in scope["tokens"]) == 1


def test_a_process_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="nowhere"):
        make_twin({}, "nowhere", variables={}, decided={}, calls={})
