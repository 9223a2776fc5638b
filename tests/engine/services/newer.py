"""Newer versions of the shipped diagrams, as a process owner might draw them while cases are under way."""

from __future__ import annotations

import re
from dataclasses import replace

from engine.services.processes.definitions import Definition, deploy, latest
from engine.services.processes.migration_plans import Plan, generate
from engine.services.processes.migrations import Migration
from tests.engine.services.edited import shipped
from tests.support.desk import Desk

REQUEST = "request_to_plan.bpmn"
_REFERENCES = ("id", "sourceRef", "targetRef", "bpmnElement", "attachedToRef")


def renamed(content: bytes, before: str, after: str) -> bytes:
    """A diagram in which an element has another id; its name and all else stay."""
    text = content.decode()
    for reference in _REFERENCES:
        text = text.replace(f'{reference}="{before}"', f'{reference}="{after}"')
    text = text.replace(f"<bpmn:flowNodeRef>{before}<", f"<bpmn:flowNodeRef>{after}<")
    assert text.encode() != content
    return text.encode()


def relabelled(content: bytes, before: str, after: str) -> bytes:
    """A diagram in which an element has another name."""
    changed = content.replace(f'name="{before}"'.encode(), f'name="{after}"'.encode())
    assert changed != content
    return changed


def without_element(content: bytes, element: str) -> bytes:
    """A diagram without a task that has one way in and one way out: the ways are joined."""
    text = content.decode()
    (out,) = re.findall(
        rf'<bpmn:sequenceFlow id="([^"]+)"[^>]* sourceRef="{element}" targetRef="[^"]+"', text
    )
    target = re.search(rf'sourceRef="{element}" targetRef="([^"]+)"', text)[1]
    text = re.sub(rf'<bpmn:userTask id="{element}".*?</bpmn:userTask>', "", text, flags=re.S)
    text = re.sub(rf'<bpmn:sequenceFlow id="{out}".*?(/>|</bpmn:sequenceFlow>)', "", text, flags=re.S)
    text = re.sub(rf'<bpmndi:BPMNEdge [^>]*bpmnElement="{out}".*?</bpmndi:BPMNEdge>', "", text, flags=re.S)
    text = re.sub(
        rf'<bpmndi:BPMNShape [^>]*bpmnElement="{element}".*?</bpmndi:BPMNShape>', "", text, flags=re.S
    )
    text = text.replace(f"<bpmn:incoming>{out}</bpmn:incoming>", "")
    text = text.replace(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>", "")
    text = text.replace(f'targetRef="{element}"', f'targetRef="{target}"')
    incoming = re.search(rf'<bpmn:sequenceFlow id="([^"]+)"[^>]*targetRef="{target}"', text)[1]
    text = re.sub(
        rf'(<bpmn:\w+ id="{target}".*?)(<bpmn:outgoing>)',
        rf"\1<bpmn:incoming>{incoming}</bpmn:incoming>\2",
        text,
        count=1,
        flags=re.S,
    )
    return text.encode()


def newer_request() -> bytes:
    """The request's process with other ids and names at every kind of wait."""
    content = shipped(REQUEST)
    for element in (
        "register_request",
        "collate_evidence",
        "early_information",
        "early_information_decided",
        "gather_advice",
        "consult_settings",
        "decide_setting",
        "prepare_draft",
        "prepare_draft_overdue",
        "assessment_complete",
        "plan_decision_due",
    ):
        content = renamed(content, element, f"{element}_anew")
    return relabelled(content, "Give views and evidence", "Say what matters")


def definition(desk: Desk, process_id: str) -> Definition:
    """The newest version of a process."""
    with desk.engine.database.read() as connection:
        return desk.engine.definitions.get(connection, latest(connection, desk.authority, process_id))


def deployed(desk: Desk, **contents: bytes) -> None:
    """Make diagrams the newest version: file name without its end, and what it holds."""
    deploy(
        desk.engine,
        desk.authority,
        {f"{name}.bpmn": content for name, content in contents.items()},
        by="a test",
    )


def by_hand(plan: Plan, **targets: str) -> Plan:
    """A plan with some lines changed by hand."""
    steps = (
        replace(step, target=targets[step.source], how="hand") if step.source in targets else step
        for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))


def newer_plan(desk: Desk) -> Migration:
    """Deploy the newer version of the request's process; how to get there."""
    old = definition(desk, "request_to_plan")
    deployed(desk, request_to_plan=newer_request())
    plan = generate(old, definition(desk, "request_to_plan"))
    return Migration(by_hand(plan, assessment_complete="assessment_complete_anew"))
